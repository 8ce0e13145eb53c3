import type { Tutorial } from '../../src/lab/tutorial.ts';
import { rejudge } from '../../src/learn/receipt/rejudge.ts';

/** A run's report, as far as facts are in it. */
interface ReportedChecks {
  readonly labs: readonly {
    readonly id: string;
    readonly steps: readonly {
      readonly id: string;
      readonly checks: readonly { readonly id: string; readonly outcome: string; readonly evidence?: unknown }[];
    }[];
  }[];
}

/** The checks of a report whose facts, as JSON holds them, do not lead to the outcome in the report. Those without facts are left out. */
export function judgedOtherwise({ labs }: ReportedChecks, tutorial: Tutorial): string[] {
  const known = new Map(
    tutorial.labs.flatMap((lab) =>
      lab.steps.flatMap((step) => step.verify.map((check) => [`${lab.id}/${step.id} ${check.id}`, check] as const)),
    ),
  );
  const all = labs.flatMap((lab) =>
    lab.steps.flatMap((step) => step.checks.map((one) => ({ ...one, at: `${lab.id}/${step.id} ${one.id}` as const }))),
  );
  return all.flatMap(({ at, outcome, evidence }) => {
    const check = known.get(at);
    if (!check) return [`${at}: unknown`];
    if (evidence === null || evidence === undefined || outcome === 'skipped') return [];
    const { before, now } = evidence as { before?: unknown; now?: unknown };
    const verdict = rejudge(check, check.needsBaseline ? { evidence: now, before } : { evidence });
    return verdict?.outcome === outcome ? [] : [`${at}: ${outcome} became ${verdict?.outcome}`];
  });
}
