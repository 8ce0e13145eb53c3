import type { CheckState } from '../../../state.ts';

/** What is known about a check apart from its mark. */
interface DetailsContext {
  /** What was seen when the step began, in English, by ID. */
  readonly first?: Readonly<Record<string, string>>;
  readonly asked: boolean;
  readonly checks: readonly CheckState[];
}

/** Whether the reason is open by itself: of a lost check; of the first open one, if the learner asked, its reason is new, or its cause is known. */
export function opensByItself(check: CheckState, { first, asked, checks }: DetailsContext): boolean {
  const { verdict, mark } = check;
  if (verdict?.outcome !== 'failed') return false;
  if (mark === 'lost') return true;
  if (checks.find((one) => one.mark === 'waiting') !== check) return false;
  const before = first?.[check.id];
  const hasChanged = before !== undefined && before !== verdict.actual.en;
  return asked || hasChanged || verdict.cause !== undefined || verdict.lasting !== undefined;
}
