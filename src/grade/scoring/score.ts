import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Lab } from '../../lab/tutorial.ts';
import type { Rubric, RubricCheck } from '../rubric/rubric.ts';
import type { Deduction, Grade, GradedCheck, Remark } from '../types.ts';
import { type CheckFinding, findingsOf, type StepDone } from './check-results.ts';
import { totalOf } from './points.ts';

export type { StepDone } from './check-results.ts';

/**
 * Grades a submission whose steps were performed. A check has its points if it holds or does not apply to this stack. A check
 * that failed because of a mistake that already cost points (`after` in the rubric) also has them, provided that the rubric's
 * foundation holds or is that mistake itself. Checks that were not reached have no points. If a check could not be determined, or
 * a step failed only because of what the grader lacks, the grade needs review and has no points. `durationMs` is 0.
 */
export function score(rubric: Rubric, lab: Lab, steps: readonly StepDone[], notes: readonly Remark[]): Grade {
  const found = findingsOf(lab, steps);
  const { rootOf } = excuses(rubric, found);
  const holds = foundationPassed(rubric, found);
  const excusedBy: Excuse = (id) => {
    const root = rootOf(id);
    return root !== undefined && (holds || rubric.foundation.includes(root)) ? root : undefined;
  };
  const causes = causesOf(rubric, lab, found, rootOf);
  const checks = found.map((one) => gradedCheck(one, ruleOf(rubric, one.id), excusedBy(one.id), causes(one.id)));
  const deductions = deductionsFor(rubric, notes);
  const open = found.filter(({ status }) => status === 'undetermined');
  const review = steps.find(({ limited }) => limited)?.limited ?? (open.length > 0 ? reviewOf(open) : undefined);
  const decided = { max: rubric.max, checks, deductions, notes, refusals: [], durationMs: 0 };
  return review
    ? { status: 'review', points: null, ...decided, review }
    : { status: 'graded', points: totalOf(checks, deductions), ...decided };
}

/**
 * Which of the following checks need no long wait: those that fail because of a mistake that already cost points, and all of them
 * if the foundation does not hold, because what does not run by now will not start.
 */
export function settledBy(rubric: Rubric, lab: Lab, done: readonly StepDone[]): (id: string) => boolean {
  if (done.length === 0) return () => false;
  const found = findingsOf(lab, done);
  if (!foundationPassed(rubric, found)) return () => true;
  const { baseOf } = excuses(rubric, found);
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
  { points: max, visible }: RubricCheck,
  excusedBy: string | undefined,
  cause: string | undefined,
): GradedCheck {
  const { id, claim, outcome, texts, status } = found;
  const points = status === 'earned' || excusedBy !== undefined ? max : 0;
  const because = excusedBy === undefined ? (cause === undefined ? {} : { follows: cause }) : { excusedBy };
  return { id, claim, outcome, max, points, visible, ...texts, ...because };
}

type Excuse = (id: string) => string | undefined;

/**
 * For a check that failed (`rootOf`), or for any check as if it had failed (`baseOf`): the failed check that causes it and costs
 * points; undefined: there is none.
 */
function excuses(rubric: Rubric, found: readonly CheckFinding[]): { readonly rootOf: Excuse; readonly baseOf: Excuse } {
  const statuses = new Map(found.map(({ id, status }) => [id, status]));
  const rootOf: Excuse = (id) => (['failed', 'blocked'].includes(statuses.get(id) ?? '') ? baseOf(id) : undefined);
  const baseOf: Excuse = (id) => {
    for (const base of ruleOf(rubric, id).after) {
      const root = rootOf(base) ?? (statuses.get(base) === 'failed' ? base : undefined);
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

/** A remark costs what the rubric defines for its code, or for its code and the service's role; each only once. */
function deductionsFor({ notes: prices, services }: Rubric, notes: readonly Remark[]): Deduction[] {
  const paid = new Set<string>();
  return notes.flatMap((remark) => {
    const role = Object.entries(services).find(([, name]) => name === remark.service)?.[0];
    const key = [`${remark.code}/${role}`, remark.code].find((one) => Object.hasOwn(prices, one));
    const points = key === undefined ? 0 : (prices[key] ?? 0);
    if (key === undefined || points === 0 || paid.has(key)) return [];
    paid.add(key);
    return [{ remark, points }];
  });
}

function reviewOf(open: readonly CheckFinding[]): Text {
  const parts = open.map(({ id, texts: { because } }) => text(`${id} (${because?.en})`, `${id}（${because?.['zh-TW']}）`));
  const all = joinTexts(parts, text(', ', '、'));
  return text(`these could not be judged: ${all.en}`, `這些項目無法判定：${all['zh-TW']}`);
}
