import { LabError } from './error.ts';
import type { Finding } from './finding.ts';
import { verifyOnce } from './judge-checks.ts';
import type { StackSpec } from './stack.ts';
import { structureFindings } from './structure.ts';
import { text } from './text.ts';
import type { Lab, Tutorial } from './tutorial.ts';

/** A stack, typed with the roles in its `services`. */
export const defineStack = <R extends string>(spec: StackSpec<R>): StackSpec<R> => spec;

/** A lab as its author writes it. */
interface LabDefinition<R extends string> extends Omit<Lab<NoInfer<R>>, 'run' | 'verify' | 'stack'> {
  /** The stack, which restricts the roles that steps and checks can name; or its ID. */
  readonly stack: string | StackSpec<R>;
}

/** A lab from its steps; derives its `run` and `verify` from theirs. */
export function defineLab<R extends string = string>(lab: LabDefinition<R>): Lab<R> {
  return {
    ...lab,
    stack: typeof lab.stack === 'string' ? lab.stack : lab.stack.id,
    run: async (stack) => {
      for (const step of lab.steps) await step.run(stack);
    },
    verify: (world) => verifyOnce(lab.steps.at(-1)?.verify ?? [], world),
  };
}

/** A tutorial that cannot run, with every problem in it. */
export class TutorialError extends LabError {
  readonly findings: readonly Finding[];

  constructor(id: string, findings: readonly [Finding, ...Finding[]]) {
    const lines = (lang: 'en' | 'zh-TW') => findings.map((one) => `${one.where}: ${one.message[lang]}`).join('\n');
    super(
      'E_LAB_INVALID',
      text(`tutorial ${id}: ${lines('en')}`, `教學 ${id}：${lines('zh-TW')}`),
      findings.length === 1 ? findings[0].help : text('`lab lint` shows how to fix each', '`lab lint` 會逐項說明如何修正'),
    );
    this.findings = findings;
  }
}

// as for LabError: one of another copy of this module counts
Object.defineProperty(TutorialError, Symbol.hasInstance, {
  value: (value: unknown): boolean => value instanceof LabError && 'findings' in value,
});

/** A tutorial. Throws TutorialError (E_LAB_INVALID) with all its structural problems. */
export function defineTutorial(tutorial: Tutorial): Tutorial {
  const [first, ...others] = structureFindings(tutorial);
  if (first) throw new TutorialError(tutorial.id, [first, ...others]);
  return tutorial;
}
