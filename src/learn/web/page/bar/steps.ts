import type { LearnPageState, PageContent, RunPageState } from '../../protocol.ts';

export type StepMark = 'passed' | 'current' | 'open' | 'failed' | 'errored' | 'skipped';

/** How far a step is. The current one stays `current` until it has passed. */
export function markOf(key: string, learn: LearnPageState | undefined, run: RunPageState | undefined): StepMark {
  const outcome = run?.outcomes[key];
  if (outcome) return outcome;
  if (learn?.progress[key] && !(learn.at === key && learn.phase !== 'passed' && learn.phase !== 'finished')) return 'passed';
  return key === (learn?.at ?? run?.at) ? 'current' : 'open';
}

/** The steps that have passed, and all of them. */
export function countOf({ labs }: PageContent, learn: LearnPageState | undefined, run: RunPageState | undefined) {
  const keys = labs.flatMap(({ steps }) => steps.map(({ key }) => key));
  const passed = keys.filter((key) => (learn ? learn.progress[key] !== undefined : run?.outcomes[key] === 'passed'));
  return { passed: passed.length, steps: keys.length };
}
