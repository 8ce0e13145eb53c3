import type { AnyCheck } from './check.ts';
import { LabError } from './error.ts';
import { type Text, text } from './text.ts';
import { didNotPass, errored, finalVerdict, type Judgement, skipped, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** What each gather function of watched checks returned before the step's work. */
export type Baseline = ReadonlyMap<AnyCheck['gather'], unknown>;

/** A check's judgement after one look, and the facts judged. */
export interface Judged {
  readonly judgement: Judgement;
  readonly evidence: unknown;
}

/** Why a check that compares with a baseline is skipped without one. */
export const needsBaseline: Text = text('it must be observed while it happens', '這一項必須全程觀察才能判斷');

/** One look for all of these checks: calls each gather function once, all in parallel. `asLabError` throws bugs. */
export async function judgeChecks(
  checks: readonly AnyCheck[],
  world: World,
  { baseline, asLabError = onlyLabErrors }: { baseline?: Baseline | undefined; asLabError?: (error: unknown) => LabError } = {},
): Promise<Map<string, Judged>> {
  const looks = new Map<AnyCheck['gather'], Promise<unknown>>();
  const judge = async (check: AnyCheck): Promise<Judged> => {
    if (check.needsBaseline && !baseline?.has(check.gather)) return { judgement: skipped(needsBaseline), evidence: null };
    const look = looks.get(check.gather) ?? check.gather(world);
    looks.set(check.gather, look);
    try {
      const facts = await look;
      const before = check.needsBaseline ? baseline?.get(check.gather) : undefined;
      return { judgement: check.judge(facts, before), evidence: check.needsBaseline ? { before, now: facts } : facts };
    } catch (error) {
      return { judgement: errored(asLabError(error)), evidence: null };
    }
  };
  return new Map(await Promise.all(checks.map(async (check) => [check.id, await judge(check)] as const)));
}

function onlyLabErrors(error: unknown): LabError {
  if (error instanceof LabError) return error;
  throw error;
}

/** The skipped verdict of a check if one of its needs did not pass. Undefined: all needs passed. */
export function skippedForNeeds(
  { needs = [] }: AnyCheck,
  results: ReadonlyMap<string, { readonly claim: Text; readonly verdict: Verdict }>,
): Verdict | undefined {
  const unmet = needs.map((need) => results.get(need)).find((needed) => needed && needed.verdict.outcome !== 'passed');
  return unmet && skipped(unmet.verdict.outcome === 'skipped' ? unmet.verdict.because : didNotPass(unmet.claim));
}

/** The verdicts on these checks after one look. Checks that compare with a baseline are skipped. */
export async function verifyOnce(checks: readonly AnyCheck[], world: World): Promise<Verdict[]> {
  const judged = await judgeChecks(checks, world);
  const results = new Map<string, { readonly claim: Text; readonly verdict: Verdict }>();
  for (const check of checks) {
    const own = judged.get(check.id);
    const verdict = skippedForNeeds(check, results) ?? (own && finalVerdict(own.judgement));
    if (verdict) results.set(check.id, { claim: check.claim, verdict });
  }
  return [...results.values()].map(({ verdict }) => verdict);
}
