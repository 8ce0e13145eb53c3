import type { RunningCommand } from '../docker/compose/running-commands.ts';
import type { Action } from './state.ts';

/** A change this long after the one before, without a running command, has another cause. */
const sameCommandMs = 2000;

/** Commands that change nothing, and may run for long. */
const observing = /^(?:docker|docker-compose)(?: compose)? (?:.* )?(?:logs|exec|events|stats|attach|top|ps|port)(?: |$)/;

interface Change {
  /** ISO 8601, of the engine's clock. */
  readonly at: string;
  readonly what: string;
}

interface Context {
  /** The commands that ran in the learner's folder when the change was reported. */
  readonly commands: readonly RunningCommand[];
  /** The line that we run for the learner; omitted: none. */
  readonly own?: string | undefined;
  /** The last action, and the time of the last change: ISO 8601. */
  readonly last?: Action | undefined;
  readonly lastChangeAt: string;
}

/** A change, with the command that caused it: one that runs, or one that ended just before. */
export function attributed({ at, what }: Change, { commands, own, last, lastChangeAt }: Context): Action {
  if (own !== undefined) return { kind: 'command', at, what: own, id: own };
  const command = commands.filter(({ line }) => !observing.test(line)).at(-1);
  if (command) return { kind: 'command', at, what: command.line, id: `${command.pid}` };
  const isRecent = last && Date.parse(at) - Date.parse(lastChangeAt) < sameCommandMs;
  return isRecent && (last.kind === 'command' || last.kind === 'engine') ? last : { kind: 'engine', at, what, id: at };
}
