import { createContext, Script } from 'node:vm';

const script = new Script('work()');

/**
 * The result of work that does not wait; undefined: it took longer, and was ended. A timer cannot end such work, because it runs only after it; the virtual
 * machine can, also in functions from outside of its context.
 */
export function within<Result>(ms: number, work: () => Result): Result | undefined {
  try {
    return script.runInContext(createContext({ work }), { timeout: Math.max(1, Math.ceil(ms)) }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
