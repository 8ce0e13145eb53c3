import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AnyCheck } from '../../lab/check.ts';
import { LabError } from '../../lab/error.ts';
import type { CheckResult, EngineLine } from '../../lab/event.ts';
import type { Step, Tutorial } from '../../lab/tutorial.ts';
import { version } from '../../platform/package-root.ts';
import type { LearnEvent, LearnState } from '../state.ts';
import { tutorialDigest } from './digest.ts';
import { readReceipt, saveReceipt } from './file.ts';
import { rejudge } from './rejudge.ts';
import { mostFacts, type ReceiptCheck, type ReceiptStep } from './schema.ts';

export interface RecorderOptions {
  /** The learner's folder. */
  readonly dir: string;
  readonly tutorial: Tutorial;
  readonly engine: Pick<EngineLine, 'kind' | 'version' | 'compose'>;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Keeps the facts that made each step pass, in the file of the receipt. */
export class ReceiptRecorder {
  readonly #options: RecorderOptions;
  /** The last results of the current step that passed, by ID. */
  #results = new Map<string, CheckResult>();
  #checks = new Map<string, { readonly at: string; readonly checks: readonly ReceiptCheck[] }>();
  #startedAt: string;
  #written: string | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#startedAt = options.startedAt;
  }

  /** Reads what earlier sessions recorded. A file that is no receipt, or that of another tutorial, is replaced at the next pass. */
  async open(): Promise<void> {
    const { dir, tutorial } = this.#options;
    const found = await readReceipt(dir).catch((error: unknown) => {
      if (error instanceof LabError) return undefined;
      throw error;
    });
    if (found?.tutorial.id !== tutorial.id) return;
    this.#startedAt = found.startedAt;
    for (const { key, at, checks } of found.steps) if (checks) this.#checks.set(key, { at, checks });
  }

  /** Follows a session: what each look found, and which step passed. */
  follow(event: LearnEvent, before: LearnState, state: LearnState): void {
    if (event.kind === 'began' && before.phase === 'beginning' && state.phase === 'working') {
      this.#results.clear();
      for (const result of event.results) this.#found(result);
    } else if (event.kind === 'result' && event.key === state.at) this.#found(event.result);
    const passed = state.progress[state.at];
    if (!passed || passed === before.progress[state.at]) return;
    const { verify } = stepOf(this.#options.tutorial, state.at);
    const checks = verify.flatMap((check) => {
      const result = this.#results.get(check.id);
      return result ? [recordOf(check, result)] : [];
    });
    this.#checks.set(state.at, { at: passed.at, checks });
  }

  #found(result: CheckResult): void {
    if (result.outcome === 'passed') this.#results.set(result.id, result);
  }

  /** Writes the receipt of these steps if it has changed. */
  async save(state: Pick<LearnState, 'plan' | 'progress'>): Promise<void> {
    const passed = state.plan.flatMap(({ key }) => {
      const progress = state.progress[key];
      return progress ? [this.#step(key, progress)] : [];
    });
    // progress that the learner removed starts anew
    const changed = passed.map(({ key, at }) => `${key} ${at}`).join('\n');
    if (passed.length === 0 || changed === this.#written) return;
    const { dir, tutorial, engine } = this.#options;
    const { kind, version: engineVersion, compose } = engine;
    const last = passed
      .map(({ at }) => at)
      .sort((a, b) => Date.parse(a) - Date.parse(b))
      .at(-1);
    await saveReceipt(dir, {
      version: 1,
      labwright: version,
      tutorial: { id: tutorial.id, title: tutorial.title, digest: tutorialDigest(tutorial), steps: state.plan.length },
      folder: join(basename(dirname(dir)), basename(dir)),
      startedAt: this.#startedAt,
      ...(last !== undefined && passed.length === state.plan.length ? { finishedAt: last } : {}),
      engine: { kind, version: engineVersion, compose },
      steps: passed,
    });
    this.#written = changed;
  }

  #step(key: string, { at, hints, solutionShown, performed }: NonNullable<LearnState['progress'][string]>): ReceiptStep {
    const { title } = stepOf(this.#options.tutorial, key);
    const recorded = this.#checks.get(key);
    const checks = recorded?.at === at ? { checks: [...recorded.checks] } : {};
    return { key, title, at, hints, solutionShown, performed, ...checks };
  }
}

function stepOf({ labs }: Tutorial, key: string): Step {
  const found = labs.flatMap((lab) => lab.steps.filter(({ id }) => key === `${lab.id}/${id}`))[0];
  if (!found) throw new TypeError(`no step ${key}`);
  return found;
}

/** A result as the receipt has it. Its facts are recorded only if they lead to the same outcome and words when they are read again. */
export function recordOf(check: AnyCheck, { id, claim, outcome, verdict, evidence }: CheckResult): ReceiptCheck {
  const about = { id, claim, outcome, actual: 'actual' in verdict ? verdict.actual : null };
  const { before, now } = check.needsBaseline
    ? (evidence as { before: unknown; now: unknown })
    : { before: undefined, now: evidence };
  const facts = { evidence: now, ...(check.needsBaseline ? { before } : {}) };
  const written = jsonOf(facts);
  if (written === undefined) return { ...about, unrecorded: 'not-json' };
  if (written.length > mostFacts) return { ...about, unrecorded: 'too-large' };
  const read = JSON.parse(written) as typeof facts;
  const again = rejudge(check, read);
  const isSame = again?.outcome === outcome && isDeepStrictEqual('actual' in again ? again.actual : null, about.actual);
  return isSame ? { ...about, ...read } : { ...about, unrecorded: 'not-json' };
}

/** Undefined: JSON cannot hold it, because it contains itself or a BigInt. Other values that JSON changes are found when the facts are judged again. */
function jsonOf(facts: object): string | undefined {
  try {
    return JSON.stringify(facts);
  } catch {
    return undefined;
  }
}
