import { asLabError } from '../docker/api/api-error.ts';
import type { Changes } from '../docker/api/project-events.ts';
import type { AnyCheck } from '../lab/check.ts';
import type { CheckResult } from '../lab/event.ts';
import { type Baseline, type Judged, judgeChecks, skippedForNeeds } from '../lab/judge-checks.ts';
import { finalVerdict, type Verdict, withCause } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import type { Clock } from './clock.ts';

/** Observes a project: a new look each time, and the changes between looks. */
export interface View {
  /** Within one look, the engine is queried for the project's state once. */
  look(): World;
  watch(): Promise<Changes>;
}

export interface PollOptions {
  readonly view: View;
  readonly clock: Clock;
  /** Stops checking immediately. */
  readonly signal: AbortSignal;
  /** How long claims may take to become true while the engine is still working. */
  readonly deadlineMs: number;
  /** A shorter deadline for a check, by its ID, that is not worth the wait. */
  deadlineFor?(id: string): number;
  /** While the stack is busy, for example with its start on a slow machine, claims have this long instead of `deadlineMs`. */
  readonly busyDeadlineMs?: number;
  /** Whether the stack is busy, or a wait is worth it for another reason. Called only between `deadlineMs` and `busyDeadlineMs`, while a check is waiting. */
  busy?(verdictOf: VerdictOf): Promise<boolean>;
  readonly baseline?: Baseline | undefined;
  /** All claims are expected to hold: the first look covers every check, even those whose needs are not decided. */
  readonly expected?: boolean;
  /** Checks of which a need did not pass are skipped without a look. Omitted: they are looked at too, for the evidence in a report. */
  readonly sparing?: boolean;
  /** Looks for the cause of each failed check. */
  readonly explains?: boolean;
  onResult?(result: CheckResult): void;
  /**
   * Receives what would be reported of a check that still waits, where that shows why it is not true: it is evident (see Waiting), or `deadlineMs` is over and
   * its cause is known. Again when the reason has changed. Checks for which it is evident have until `busyDeadlineMs`. Omitted: a check is reported once.
   */
  onReason?(result: CheckResult): void;
}

/** The verdict on a check, by its ID, if this look were the last; with its cause, as it would be reported. */
export type VerdictOf = (id: string) => Promise<Verdict | undefined>;

/** The interval between looks without an event: an app that opens its port emits none. */
const tickMs = 250;

/** Gathers the facts that watched checks compare with later. */
export async function gatherBaseline(checks: readonly AnyCheck[], view: View): Promise<Baseline> {
  const world = view.look();
  const watched = new Set(checks.filter((check) => check.needsBaseline).map((check) => check.gather));
  return new Map(await Promise.all([...watched].map(async (gather) => [gather, await gather(world)] as const)));
}

/**
 * Checks until every claim is decided: passed, failed, or still waiting at the deadline, which is reported as failed with what
 * was last seen. Returns results in the order of the checks; calls `onResult` for each as it is decided.
 */
export async function pollChecks(checks: readonly AnyCheck[], options: PollOptions): Promise<CheckResult[]> {
  const { view, clock, signal, deadlineMs } = options;
  const startedMs = clock.now();
  const results = new Map<string, CheckResult>();
  const reasons: Reasons = new Map();
  const stray = checks.flatMap((check) => check.needs ?? []).find((need) => !checks.some((check) => check.id === need));
  if (stray !== undefined) throw new TypeError(`no check ${stray} among those to settle, though one needs it`);
  let changes: Changes | undefined;
  try {
    for (let looks = 1; ; looks++) {
      signal.throwIfAborted();
      const sinceMs = clock.now() - startedMs;
      const decidedBefore = results.size;
      const due = looks === 1 && options.expected ? checks : worthALook(checks, results, options.sparing);
      const world = view.look();
      const judging = judgeChecks(due, world, { baseline: options.baseline, asLabError });
      const seen = await unlessAborted(judging, signal);
      const look: Look = { checks, options, world, seen, results, resultOf: resultOf(clock, startedMs, looks) };
      const mayGoOn = await mayLookOn(look, sinceMs);
      for (const check of checks) {
        if (results.has(check.id)) continue;
        const limitMs = limitOf(check, options);
        const last = sinceMs >= limitMs && !(mayGoOn && limitMs === deadlineMs);
        const { verdict: bare, evidence } = decide(check, seen, results, last, options.sparing) ?? {};
        if (!bare) continue;
        const verdict = options.explains ? await unlessAborted(explained(check, bare, world, evidence), signal) : bare;
        const result = look.resultOf(check, verdict, evidence);
        results.set(check.id, result);
        options.onResult?.(result);
      }
      if (results.size === checks.length) break;
      // Other checks may need the ones just decided.
      if (results.size > decidedBefore) continue;
      await unlessAborted(reportReasons(look, reasons, sinceMs >= deadlineMs), signal);
      // Subscribes before the next look, so that no change is missed.
      if (changes) await changes.next(tickMs, signal);
      else changes = await view.watch();
    }
  } finally {
    await changes?.close();
  }
  return checks.map((check) => results.get(check.id)).filter((result) => result !== undefined);
}

/** One look, and what is decided so far. */
interface Look {
  readonly checks: readonly AnyCheck[];
  readonly options: PollOptions;
  readonly world: World;
  readonly seen: ReadonlyMap<string, Judged>;
  readonly results: ReadonlyMap<string, CheckResult>;
  readonly resultOf: (check: AnyCheck, verdict: Verdict, evidence: unknown) => CheckResult;
}

const resultOf =
  (clock: Clock, startedMs: number, looks: number): Look['resultOf'] =>
  ({ id, claim }, verdict, evidence) => {
    const durationMs = Math.round(clock.now() - startedMs);
    return { id, claim, outcome: verdict.outcome, verdict, evidence, looks, durationMs };
  };

const limitOf = ({ id }: AnyCheck, { deadlineMs, deadlineFor }: PollOptions): number => deadlineFor?.(id) ?? deadlineMs;

/** Whether claims that wait at the deadline have until the later one. */
async function mayLookOn(look: Look, sinceMs: number): Promise<boolean> {
  const { checks, options, seen, results } = look;
  const { deadlineMs, busyDeadlineMs = deadlineMs, signal } = options;
  if (sinceMs < deadlineMs || sinceMs >= busyDeadlineMs) return false;
  const waits = checks.flatMap((check) => {
    const judgement = limitOf(check, options) === deadlineMs ? seen.get(check.id)?.judgement : undefined;
    return judgement?.outcome === 'waiting' ? [judgement] : [];
  });
  if (waits.length === 0) return false;
  if (options.onReason && waits.some(({ evident }) => evident)) return true;
  const verdictNow: VerdictOf = async (id) => {
    const check = checks.find((one) => one.id === id);
    return results.get(id)?.verdict ?? (check && (await reportedNow(look, check))?.verdict);
  };
  return (await unlessAborted(Promise.resolve(options.busy?.(verdictNow)), signal)) === true;
}

/** What would be reported of a check that is not decided, if this look were the last; undefined: nothing. */
async function reportedNow({ options, world, seen, results }: Look, check: AnyCheck): Promise<Decided | undefined> {
  const last = decide(check, seen, results, true, options.sparing);
  if (!last || !options.explains) return last;
  return { ...last, verdict: await explained(check, last.verdict, world, last.evidence) };
}

/** What was reported of checks that still wait, and when a reason was last looked for; by ID. */
type Reasons = Map<string, { readonly reason: string | undefined; readonly atMs: number }>;

/** A cause is looked for again after this time: that reads logs and files, and the stack is starting meanwhile. */
const reasonMs = 1000;

/** Reports why checks that still wait are not true. `late`: their deadline is over. */
async function reportReasons(look: Look, reasons: Reasons, late: boolean): Promise<void> {
  const { checks, options, seen, results, resultOf } = look;
  if (!options.onReason) return;
  for (const check of checks) {
    const judgement = seen.get(check.id)?.judgement;
    if (results.has(check.id) || judgement?.outcome !== 'waiting' || !(late || judgement.evident)) continue;
    const nowMs = options.clock.now();
    const before = reasons.get(check.id);
    if (before && nowMs - before.atMs < reasonMs) continue;
    const { verdict, evidence } = (await reportedNow(look, check)) ?? {};
    const shows = verdict?.outcome === 'failed' && (judgement.evident || verdict.cause);
    const reason = shows ? `${verdict.actual.en}\n${verdict.help.en}` : before?.reason;
    reasons.set(check.id, { reason, atMs: nowMs });
    if (shows && reason !== before?.reason) options.onReason(resultOf(check, verdict, evidence));
  }
}

/** The open checks whose needs are decided (`sparing`: those that passed), and those that share a look with one of them. */
function worthALook(checks: readonly AnyCheck[], results: ReadonlyMap<string, CheckResult>, sparing = false): AnyCheck[] {
  const open = checks.filter((check) => !results.has(check.id));
  const gathers = new Set(
    open
      .filter((check) => (check.needs ?? []).every((need) => results.has(need)) && !(sparing && skippedForNeeds(check, results)))
      .map((check) => check.gather),
  );
  return open.filter((check) => gathers.has(check.gather));
}

interface Decided {
  readonly verdict: Verdict;
  readonly evidence: unknown;
}

/** The verdict on a failed check with its cause, if a known one shows. `evidence`: as `judgeChecks` returns it. Throws errors that are bugs. */
export async function explained(check: AnyCheck, verdict: Verdict, world: World, evidence: unknown): Promise<Verdict> {
  if (verdict.outcome !== 'failed' || !check.explain) return verdict;
  const facts = check.needsBaseline ? (evidence as { readonly now: unknown }).now : evidence;
  try {
    const cause = await check.explain(world, facts);
    return cause ? withCause(verdict, cause) : verdict;
  } catch (error) {
    // The check has failed all the same: a cause that cannot be determined is not reported. Anything else is a bug, and is thrown.
    asLabError(error);
    return verdict;
  }
}

/** The final verdict on a check after a look; undefined: look again. */
function decide(
  check: AnyCheck,
  seen: ReadonlyMap<string, Judged>,
  results: ReadonlyMap<string, CheckResult>,
  last: boolean,
  sparing = false,
): Decided | undefined {
  const judged = seen.get(check.id);
  if ((!judged && !sparing) || check.needs?.some((need) => !results.has(need))) return undefined;
  const unmet = skippedForNeeds(check, results);
  if (unmet) return { verdict: unmet, evidence: judged?.evidence ?? null };
  if (!judged || (judged.judgement.outcome === 'waiting' && !last)) return undefined;
  return { verdict: finalVerdict(judged.judgement), evidence: judged.evidence };
}
