import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Lab } from '../../lab/tutorial.ts';
import type { Rubric, RubricCheck } from '../rubric/rubric.ts';
import type { Deduction, Grade, GradedCheck, Remark, SourcePlace } from '../types.ts';
import { headline } from './causes.ts';
import { type CheckFinding, type Fault, findingsOf, type StepDone } from './check-results.ts';
import { capByGoals } from './goals.ts';
import { rounded, totalOf } from './points.ts';

export type { Fault, StepDone } from './check-results.ts';

/**
 * Grades a submission whose steps were performed. A check has its points if it holds or does not apply to this stack. A check
 * that failed because of a mistake that already cost points (`after` in the rubric) also has them, provided that the rubric's
 * foundation holds or is that mistake itself. If a stack stopped, the first check that was not reached loses its points, and the
 * others what the rubric defines (`notShown`). With goals, what their checks and deductions cost is capped. If a check could not be
 * determined, or a step failed only because of what the grader lacks, the grade needs review and has no points. `placesOf` names the submission's files
 * in which a mistake can be. `durationMs` is 0.
 */
export function score(
  rubric: Rubric,
  lab: Lab,
  steps: readonly StepDone[],
  notes: readonly Remark[],
  placesOf: (fault: Fault) => readonly SourcePlace[] = () => [],
): Grade {
  const found = findingsOf(lab, steps);
  const taken = deductionsFor(rubric, notes);
  const { rootOf } = excuses(rubric, found, new Set(taken.keys()));
  const holds = foundationPassed(rubric, found);
  const excusedBy: Excuse = (id) => {
    const root = rootOf(id);
    return root !== undefined && (holds || rubric.foundation.includes(root)) ? root : undefined;
  };
  const causes = causesOf(rubric, lab, found, rootOf);
  const unreached = unreachedIn(rubric, found, excusedBy);
  const all = found.map((one) => gradedCheck(one, ruleOf(rubric, one.id), excusedBy(one.id), causes(one.id), placesOf));
  const checks = all.map((one) => (unreached.has(one.id) ? withShare(one, rubric) : one));
  const goals =
    rubric.goals && Object.entries(rubric.goals).map(([id, { title, points }]) => ({ id, title, points, max: points }));
  const parts = capByGoals({ checks, deductions: [...taken.values()], ...(goals ? { goals } : {}) });
  const open = found.filter(({ status }) => status === 'undetermined');
  const review =
    steps.find(({ limited }) => limited)?.limited ??
    (open.length > 0 ? reviewOf(open) : rubric.notShown === 'review' ? notShownReview(found, unreached) : undefined);
  const decided = { max: rubric.max, ...parts, notes, refusals: [], durationMs: 0 };
  return review
    ? { status: 'review', points: null, ...decided, review }
    : { status: 'graded', points: totalOf(parts.checks, parts.deductions, parts.goals), ...decided };
}

/** The checks that keep a share of their points: not reached, but for the first of them, which stands for what stopped the stack. */
function unreachedIn(rubric: Rubric, found: readonly CheckFinding[], excusedBy: Excuse): ReadonlySet<string> {
  if (rubric.notShown === 0) return new Set();
  const all = found.filter(
    ({ id, status }) => status === 'stopped' && ruleOf(rubric, id).points > 0 && excusedBy(id) === undefined,
  );
  return new Set(all.slice(1).map(({ id }) => id));
}

/** A check that was not reached: with the share of its points that it keeps. */
function withShare(check: GradedCheck, { notShown }: Rubric): GradedCheck {
  const share = notShown === 'review' ? 0 : notShown;
  return { ...check, points: rounded(check.max * share), notShown: share };
}

function notShownReview(found: readonly CheckFinding[], unreached: ReadonlySet<string>): Text | undefined {
  const because = found.find(({ status }) => status === 'stopped')?.texts.because;
  if (unreached.size === 0 || !because) return undefined;
  const why = headline(because);
  const many = unreached.size === 1 ? '1 check was' : `${unreached.size} checks were`;
  return text(
    `the stack stopped, and ${many} not reached: ${why.en}`,
    `服務停止，有 ${unreached.size} 項檢查沒有執行：${why['zh-TW']}`,
  );
}

/**
 * Which of the following checks need no long wait: those that fail because of a mistake that already cost points, and all of them
 * if the foundation does not hold, because what does not run by now will not start.
 */
export function settledBy(rubric: Rubric, lab: Lab, done: readonly StepDone[]): (id: string) => boolean {
  if (done.length === 0) return () => false;
  const found = findingsOf(lab, done);
  if (!foundationPassed(rubric, found)) return () => true;
  const { baseOf } = excuses(rubric, found, new Set());
  return (id) => baseOf(id) !== undefined;
}

const foundationPassed = ({ foundation }: Rubric, found: readonly CheckFinding[]): boolean =>
  foundation.every((id) => found.some((one) => one.id === id && one.status === 'earned'));

function ruleOf(rubric: Rubric, id: string): RubricCheck {
  const rule = rubric.checks[id];
  if (!rule) throw new TypeError(`the rubric ${rubric.path} does not list ${id}`);
  return rule;
}

function gradedCheck(
  found: CheckFinding,
  { points: max, visible, goal }: RubricCheck,
  excusedBy: string | undefined,
  cause: string | undefined,
  placesOf: (fault: Fault) => readonly SourcePlace[],
): GradedCheck {
  const { id, claim, outcome, texts, status, fault } = found;
  const places = fault && excusedBy === undefined && cause === undefined ? placesOf(fault) : [];
  const points = status === 'earned' || excusedBy !== undefined ? max : 0;
  const because = excusedBy === undefined ? (cause === undefined ? {} : { follows: cause }) : { excusedBy };
  return {
    id,
    claim,
    outcome,
    max,
    points,
    visible,
    ...(goal === undefined ? {} : { goal }),
    ...texts,
    ...(places.length > 0 ? { places } : {}),
    ...because,
  };
}

type Excuse = (id: string) => string | undefined;

/**
 * For a check that failed (`rootOf`), or for any check as if it had failed (`baseOf`): the failed check that causes it and costs
 * points, or the deduction (`taken`) for the same mistake; undefined: there is none. A check that was not reached is excused like
 * one that failed if the rubric prices what is not shown.
 */
function excuses(
  rubric: Rubric,
  found: readonly CheckFinding[],
  taken: ReadonlySet<string>,
): { readonly rootOf: Excuse; readonly baseOf: Excuse } {
  const statuses = new Map(found.map(({ id, status }) => [id, status]));
  const lost = ['failed', 'blocked', ...(rubric.notShown === 0 ? [] : ['stopped'])];
  const rootOf: Excuse = (id) => (lost.includes(statuses.get(id) ?? '') ? baseOf(id) : undefined);
  const baseOf: Excuse = (id) => {
    for (const base of ruleOf(rubric, id).after) {
      const root = rootOf(base) ?? (statuses.get(base) === 'failed' || taken.has(base) ? base : undefined);
      if (root !== undefined) return root;
    }
    return undefined;
  };
  return { rootOf, baseOf };
}

/**
 * The check that caused a check's failure, whether or not the rubric excuses it: the one that the rubric or the check itself needs, or a failed check
 * of the foundation in an earlier step.
 */
function causesOf({ foundation }: Rubric, lab: Lab, found: readonly CheckFinding[], rootOf: Excuse): Excuse {
  const byId = new Map(found.map((one) => [one.id, one]));
  const stepOf = (id: string) => lab.steps.findIndex((step) => id.startsWith(`${step.id}/`));
  const broken = foundation.find((id) => byId.get(id)?.status === 'failed');
  const causes: Excuse = (id) => {
    const one = byId.get(id);
    if (!one || one.status === 'earned' || one.status === 'undetermined') return undefined;
    const near = rootOf(id) ?? one.cause;
    if (near !== undefined) return causes(near) ?? near;
    return one.status === 'failed' && broken !== undefined && stepOf(broken) < stepOf(id) ? broken : undefined;
  };
  return causes;
}

/** A remark costs what the rubric defines for its code, or for its code and the service's role (the key); each only once. */
function deductionsFor({ notes: prices, services }: Rubric, notes: readonly Remark[]): ReadonlyMap<string, Deduction> {
  const taken = new Map<string, Deduction>();
  for (const remark of notes) {
    const role = Object.entries(services).find(([, name]) => name === remark.service)?.[0];
    const key = [`${remark.code}/${role}`, remark.code].find((one) => Object.hasOwn(prices, one));
    const price = key === undefined ? undefined : prices[key];
    if (key !== undefined && price && price.points > 0 && !taken.has(key)) taken.set(key, { remark, ...price });
  }
  return taken;
}

function reviewOf(open: readonly CheckFinding[]): Text {
  const parts = open.map(({ id, texts: { because } }) => text(`${id} (${because?.en})`, `${id}（${because?.['zh-TW']}）`));
  const all = joinTexts(parts, text(', ', '、'));
  return text(`these could not be judged: ${all.en}`, `這些項目無法判定：${all['zh-TW']}`);
}
