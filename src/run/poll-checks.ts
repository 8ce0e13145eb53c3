import { asLabError } from '../docker/api/api-error.ts';
import type { Changes } from '../docker/api/project-events.ts';
import type { AnyCheck } from '../lab/check.ts';
import { needsBaseline } from '../lab/define.ts';
import type { LabError } from '../lab/error.ts';
import type { CheckResult } from '../lab/event.ts';
import { verbatim } from '../lab/text.ts';
import { didNotPass, errored, failed, skipped, type Verdict } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import type { Clock } from './clock.ts';

/** What a project can be looked at through: a fresh look each time, and what happens to it in between. */
export interface View {
  /** Within one look, the engine is asked for the project's state once. */
  look(): World;
  watch(): Promise<Changes>;
}

/** What each gather of watched checks saw before the step's work. */
export type Before = ReadonlyMap<AnyCheck['gather'], unknown>;

export interface PollOptions {
  readonly view: View;
  readonly clock: Clock;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** How long claims that the engine is still at may take to come true. */
  readonly deadlineMs: number;
  /** Less for a check, by its ID, that is not worth the wait. */
  deadlineFor?(id: string): number;
  readonly before?: Before;
  /** All is expected to hold: the first look is for every check at once, those too whose needs are not decided yet. */
  readonly expected?: boolean;
  onResult?(result: CheckResult): void;
}

/** Without an event, how long until the next look: an app that opens its port makes none. */
const tickMs = 250;

/** Takes the look that watched checks compare with later. */
export async function gatherBaseline(checks: readonly AnyCheck[], view: View): Promise<Before> {
  const world = view.look();
  const watched = new Set(checks.filter((check) => check.needsBaseline).map((check) => check.gather));
  return new Map(await Promise.all([...watched].map(async (gather) => [gather, await gather(world)] as const)));
}

/**
 * Checks until every claim is decided: passed, or finally wrong, or still waiting at the deadline, which is reported as
 * failed with what was seen last. Results are in the order of the checks; `onResult` hears each as it is decided.
 */
export async function pollChecks(checks: readonly AnyCheck[], settling: PollOptions): Promise<CheckResult[]> {
  const { view, clock, signal, deadlineMs } = settling;
  const startedMs = clock.now();
  const results = new Map<string, CheckResult>();
  const stray = checks.flatMap((check) => check.needs ?? []).find((need) => !checks.some((check) => check.id === need));
  if (stray !== undefined) throw new TypeError(`no check ${stray} among those to settle, though one needs it`);
  let changes: Changes | undefined;
  try {
    for (let looks = 1; ; looks++) {
      signal.throwIfAborted();
      const sinceMs = clock.now() - startedMs;
      const decidedBefore = results.size;
      const due = looks === 1 && settling.expected ? checks : worthALook(checks, results);
      const seen = await unlessAborted(lookOnce(due, settling), signal);
      for (const check of checks) {
        if (results.has(check.id)) continue;
        const last = sinceMs >= (settling.deadlineFor?.(check.id) ?? deadlineMs);
        const { verdict, evidence } = decide(check, seen, results, last) ?? {};
        if (!verdict) continue;
        const outcome = verdict.outcome === 'waiting' ? 'failed' : verdict.outcome;
        const durationMs = Math.round(clock.now() - startedMs);
        const result = { id: check.id, claim: check.claim, outcome, verdict, evidence, looks, durationMs } satisfies CheckResult;
        results.set(check.id, result);
        settling.onResult?.(result);
      }
      if (results.size === checks.length) break;
      // What was decided may be what others need.
      if (results.size > decidedBefore) continue;
      // Subscribed before the next look, so that no change falls between.
      if (changes) await changes.next(tickMs, signal);
      else changes = await view.watch();
    }
  } finally {
    await changes?.close();
  }
  return checks.map((check) => results.get(check.id)).filter((result) => result !== undefined);
}

interface Seen {
  readonly verdict: Verdict;
  readonly evidence: unknown;
}

/** The open checks whose needs are decided, and those that share a look with one of them. */
function worthALook(checks: readonly AnyCheck[], results: ReadonlyMap<string, CheckResult>): AnyCheck[] {
  const open = checks.filter((check) => !results.has(check.id));
  const gathers = new Set(
    open.filter((check) => (check.needs ?? []).every((need) => results.has(need))).map((check) => check.gather),
  );
  return open.filter((check) => gathers.has(check.gather));
}

/** One look for all the checks that are open: each gather once, all at the same time. */
async function lookOnce(open: readonly AnyCheck[], { view, before }: PollOptions): Promise<Map<string, Seen>> {
  const world = view.look();
  const looks = new Map<AnyCheck['gather'], Promise<unknown>>();
  const seen = await Promise.all(
    open.map(async (check): Promise<[string, Seen]> => {
      if (check.needsBaseline && !before?.has(check.gather)) {
        return [check.id, { verdict: skipped(needsBaseline), evidence: null }];
      }
      const look = looks.get(check.gather) ?? check.gather(world);
      looks.set(check.gather, look);
      try {
        const facts = await look;
        const was = check.needsBaseline ? before?.get(check.gather) : undefined;
        return [
          check.id,
          { verdict: check.judge(facts, was), evidence: check.needsBaseline ? { before: was, now: facts } : facts },
        ];
      } catch (error) {
        return [check.id, { verdict: errored(asLabError(error)), evidence: null }];
      }
    }),
  );
  return new Map(seen);
}

/** A check says nothing where one that it needs did not pass; undefined: it does. */
export function lackOf({ needs = [] }: AnyCheck, results: ReadonlyMap<string, CheckResult>): Verdict | undefined {
  const lacking = needs.map((need) => results.get(need)).find((needed) => needed && needed.outcome !== 'passed');
  return lacking && skipped(lacking.verdict.outcome === 'skipped' ? lacking.verdict.because : didNotPass(lacking.claim));
}

/** What a look says of a check for good; undefined: look again. */
function decide(
  check: AnyCheck,
  seen: ReadonlyMap<string, Seen>,
  results: ReadonlyMap<string, CheckResult>,
  last: boolean,
): Seen | undefined {
  const found = seen.get(check.id);
  if (!found) return undefined;
  if (check.needs?.some((need) => !results.has(need))) return undefined;
  const because = lackOf(check, results);
  if (because) return { verdict: because, evidence: found.evidence };
  if (found.verdict.outcome !== 'waiting') return found;
  if (!last) return undefined;
  const { outcome: _, ...mismatch } = found.verdict;
  return { verdict: failed(mismatch), evidence: found.evidence };
}

/** An error as what a step is told with when it could not be performed. */
export const reasonOf = (error: LabError) => ({
  message: { en: `${error.code}: ${error.text.en}`, 'zh-TW': `${error.code}：${error.text['zh-TW']}` },
  hint: error.hint ?? verbatim(''),
});
