import type { Action, CheckState, LearnEvent, LearnState } from '../../learn/state.ts';

/** Returns the state with what the learner did last before each check that is not true any more changed. */
export type Causes = (state: LearnState, event: LearnEvent, before: LearnState) => LearnState;

/**
 * A check that was lost keeps its first cause in the session's state, and what is seen of it may change later by another command. Then that command is its cause.
 * It remembers the causes of the current step.
 */
export function createCauses(): Causes {
  const known = new Map<string, Action>();
  return (state, event, before) => {
    if (state.at !== before.at || state.phase === 'beginning') known.clear();
    for (const check of state.checks) {
      const was = before.checks.find(({ id }) => id === check.id);
      if (check.mark !== 'lost') known.delete(check.id);
      else if (event.kind === 'result' && was?.mark === 'lost' && seen(was) !== seen(check) && state.lastAction)
        known.set(check.id, state.lastAction);
    }
    return known.size === 0 ? state : { ...state, checks: state.checks.map((check) => withCause(check, known.get(check.id))) };
  };
}

const withCause = (check: CheckState, cause: Action | undefined): CheckState => (cause ? { ...check, cause } : check);

const seen = ({ verdict }: CheckState): string => (verdict?.outcome === 'failed' ? verdict.actual.en : '');
