import type { AnyCheck } from '../../lab/check.ts';
import type { CheckResult } from '../../lab/event.ts';
import type { Replica } from '../../lab/facts.ts';
import type { Lab, Step } from '../../lab/tutorial.ts';

/**
 * `done`: a look, or a record of an earlier time, shows that the learner did the step. `not-seen`: neither does. `errored`: the look could not determine it.
 */
export type Progress = 'done' | 'not-seen' | 'errored';

/** One step of a learner's stack. */
export interface StepState {
  readonly lab: Lab;
  readonly step: Step;
  readonly progress: Progress;
  /** It is done by an earlier record, and was not looked at. */
  readonly recorded?: true;
  /** Live mode saw that a claim of it cannot become true any more: see VerifyLabOptions. */
  readonly spoiled?: true;
  /** Its state is true, but a step before it is open: it does not count. */
  readonly early?: true;
  /** In the order of the checks; empty: it was not looked at. */
  readonly results: readonly CheckResult[];
}

/** Steps that are known to be done, as `lab/step`. */
export type Shown = ReadonlySet<string>;

export const stepId = ({ id }: Lab, step: Pick<Step, 'id'>): string => `${id}/${step.id}`;

/** Proves by itself that the learner did something: a ping, a request. */
export const isProof = ({ mode, needsBaseline }: AnyCheck): boolean => mode === 'once' && !needsBaseline;

type Times = Pick<Replica, 'createdAt' | 'startedAt' | 'finishedAt' | 'restarts'>;

/**
 * Whether one command can have started all containers as they are: `up` creates all of them before it starts the first (Compose 2). Not if one was stopped and
 * started again while another ran on.
 */
export const isOneStart = (replicas: readonly Times[]): boolean =>
  replicas.length > 0 && Math.max(...replicas.map(readyToStart)) <= Math.min(...replicas.map(started));

const started = ({ startedAt }: Times): number => Date.parse(startedAt);

/** When a container was created, or stopped before its last start. An end after which Docker itself started it again was by no command. */
function readyToStart(one: Times): number {
  const createdMs = Date.parse(one.createdAt);
  const endedMs = one.finishedAt === undefined ? createdMs : Date.parse(one.finishedAt);
  return one.restarts === 0 && endedMs < started(one) ? Math.max(createdMs, endedMs) : createdMs;
}

/**
 * What the results of one look show about a step. Checks that one look cannot make (they need a baseline, or many requests) are left out, except those
 * of the learner's own traffic: without them the step is not seen. A step that returns to the state in which its lab began is done only after the steps that
 * it needs are known to be done.
 */
export function progressOf(lab: Lab, step: Step, results: readonly CheckResult[], shown: Shown): Progress {
  const outcomes = results.map(({ outcome }) => outcome);
  if (outcomes.includes('errored')) return 'errored';
  if (outcomes.includes('failed') || !outcomes.includes('passed')) return 'not-seen';
  const unproven = step.verify.some((check) => isProof(check) && !results.some((one) => one.id === check.id && passes(one)));
  if (unproven) return 'not-seen';
  return !step.returnsToStart || needsOf(lab, step).every((need) => shown.has(stepId(lab, need))) ? 'done' : 'not-seen';
}

const passes = ({ outcome }: CheckResult): boolean => outcome === 'passed';

/** The steps that a step needs: by default the previous one. */
function needsOf({ steps }: Lab, step: Step): readonly Step[] {
  const at = steps.findIndex(({ id }) => id === step.id);
  return step.needs ? steps.filter(({ id }) => step.needs?.includes(id)) : steps.slice(Math.max(0, at - 1), at);
}

/**
 * The same states, where a record shows how far the learner is: what only this look shows counts up to the first step that is open. A later state, as that of
 * stopped containers, can be true for another reason. Without a record, all states count.
 */
export function countedInOrder(states: readonly StepState[]): StepState[] {
  const open = states.findIndex((one) => !isDone(one));
  if (open < 0 || !hasRecord(states)) return [...states];
  return states.map((one, at) =>
    at > open && isDone(one) && !one.recorded ? { ...one, progress: 'not-seen', early: true } : one,
  );
}

const hasRecord = (states: readonly StepState[]): boolean => states.some(({ recorded }) => recorded === true);

const isDone = ({ progress }: StepState): boolean => progress === 'done';

/**
 * The step to do next, of these steps in the order of the tutorial: the first open one. Without a record of earlier steps, which one look cannot show, it is
 * the one after the last that is done, in the lab in which most steps are done; labs that such a lab needs count as done. Undefined: there is none.
 */
export function nextStep(states: readonly StepState[]): StepState | undefined {
  if (hasRecord(states)) return states.find((one) => !isDone(one));
  const labs = [...new Set(states.map(({ lab }) => lab))];
  const of = (lab: Lab) => states.filter((one) => one.lab === lab);
  const count = (lab: Lab) => of(lab).filter(isDone).length;
  const begun = labs.filter((lab) => count(lab) > 0);
  const behind = new Set(begun.flatMap((lab) => neededBy(lab, labs)));
  const ahead = begun.filter(({ id }) => !behind.has(id));
  const most = Math.max(...ahead.map(count));
  const current = ahead.find((lab) => count(lab) === most);
  if (!current) return states.find((one) => !isDone(one));
  const last = states.findLastIndex((one) => one.lab === current && isDone(one));
  return states.slice(last + 1).find((one) => !isDone(one));
}

/** The IDs of the labs that a lab needs, and those need in turn. */
function neededBy({ needs = [] }: Lab, labs: readonly Lab[]): string[] {
  return needs.flatMap((id) => [id, ...labs.filter((lab) => lab.id === id).flatMap((lab) => neededBy(lab, labs))]);
}
