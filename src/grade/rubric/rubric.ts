import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import { gradedChecks, type Tutorial } from '../../lab/tutorial.ts';
import { root } from '../../platform/package-root.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import { mergeLabs } from '../merge-labs.ts';
import type { PolicyRules } from '../policy/rules.ts';
import type { Prescribed } from '../roles/prescribed.ts';
import { rounded } from '../scoring/points.ts';
import { type TermRules, termRulesOf } from '../term/deadline.ts';
import { type Price, parseRubric } from './parse-rubric.ts';
import {
  assertChecks,
  assertGoals,
  assertNotes,
  assertParts,
  assertPrescribed,
  assertWithout,
  imagesOf,
  labsOf,
  servicesOf,
} from './validate-rubric.ts';

/**
 * Resource limits of a submission. Memory, processes and disk are per container; the seconds are for all builds, for a step, and
 * for everything.
 */
export interface RubricLimits {
  readonly memoryMb: number;
  readonly cpus: number;
  readonly pids: number;
  readonly buildSeconds: number;
  readonly stepSeconds: number;
  readonly totalSeconds: number;
  readonly diskMb: number;
}

export interface RubricCheck extends Price {
  /** If one of these checks fails, or one of these notes costs points, this one costs none. */
  readonly after: readonly string[];
  /** False: for the teacher only. */
  readonly visible: boolean;
}

/** Its checks and notes together cost at most its points. */
interface RubricGoal {
  readonly title: Text;
  readonly points: number;
}

/** How labs of one stack are graded; they are performed one after another on it. Checks are named `step/check`. */
export interface Rubric extends PolicyRules {
  /** As named by the user. */
  readonly path: string;
  /** SHA-256 of its meaning, hexadecimal: comments, order and layout do not change it. */
  readonly hash: string;
  readonly tutorial: string;
  /** In the tutorial's order. */
  readonly labs: readonly string[];
  readonly max: number;
  /** By ID, in their order. Left out: checks have points of their own, and each costs all of them. */
  readonly goals?: Readonly<Record<string, RubricGoal>>;
  /** Until all of these have passed, no failure is excused. */
  readonly foundation: readonly string[];
  /** With the foundation: what holds if a stack works at all. Otherwise parts of it are replaced, to find the cause. */
  readonly works: readonly string[];
  /** What a part costs that is the cause: `conf`, `networks` or a role. A part that is not listed is never replaced. */
  readonly parts: Readonly<Record<string, Price>>;
  /** Audits that the file does not list: they are not made, and cost nothing. A rubric of an earlier version has none. */
  readonly unlisted: readonly string[];
  /** Each check of these labs, in their order. */
  readonly checks: Readonly<Record<string, RubricCheck>>;
  /** What a remark costs: by its code, or by `code/role`. */
  readonly notes: Readonly<Record<string, Price>>;
  /** What the assignment prescribes, by role; what differs is a remark, which may cost points. */
  readonly prescribed: Readonly<Record<string, Prescribed>>;
  /** The share of their points that checks keep if a stack stopped before they were reached; `review`: a person decides. */
  readonly notShown: 'review' | number;
  /** The points of a submission without any Compose file. Left out: it is refused. */
  readonly empty?: 0;
  readonly limits: RubricLimits;
  /** The hosts that builds may download from, if their network is `packages`. */
  readonly packages: readonly string[];
  /** No part of `hash`: a deadline that moved grades nothing again. */
  readonly term: TermRules;
}

/** The path of the rubric that is included with a tutorial. */
export const standardRubric = (tutorial: Tutorial): string => join(root, 'labs', tutorial.id, 'rubrics', 'rubric.yaml');

/**
 * Loads a rubric; a pipe is read until the signal. Throws LabError E_RUBRIC_INVALID, with file, line and column, for a rubric
 * that is not valid for this tutorial.
 */
export async function loadRubric(path: string, tutorial: Tutorial, signal?: AbortSignal): Promise<Rubric> {
  return rubricOf(await readRubric(path, signal), path, tutorial);
}

/** Reads the text of a rubric, as `loadRubric` does. Throws LabError E_RUBRIC_INVALID if it can't be read. */
export async function readRubric(path: string, signal?: AbortSignal): Promise<string> {
  const loading = { code: 'E_RUBRIC_INVALID', hint: nameOne, maxBytes: 4_000_000 } as const;
  const source = await loadPlain(path, { ...loading, ...(signal ? { pipe: signal } : {}) });
  if (!source) throw new LabError('E_RUBRIC_INVALID', text(`there is no file ${path}`, `沒有檔案 ${path}`), nameOne);
  return source.toString();
}

/** The rubric that a text means; `path` is its name in messages. Throws what `loadRubric` throws. */
export function rubricOf(source: string, path: string, tutorial: Tutorial): Rubric {
  const { written, wrong } = parseRubric(source, path);
  const labs = labsOf(written, tutorial, wrong);
  const lab = mergeLabs(tutorial, labs);
  const services = servicesOf(written, lab, tutorial, wrong);
  const ids = lab.steps.flatMap((step) => gradedChecks(step).map((check) => `${step.id}/${check.id}`));
  const audits = lab.steps.flatMap(({ id, audit = [] }) => audit.map((check) => `${id}/${check.id}`));
  assertChecks(written, lab, { ids, audits }, wrong);
  assertNotes(written, services, wrong);
  assertPrescribed(written, services, wrong);
  assertGoals(written, wrong);
  assertWithout(written, services, wrong);
  assertParts(written, services, wrong);
  const images = imagesOf(written, wrong);
  const { foundation, works, parts, limits, notes, without, goals, notShown, empty, packages, prescribed } = written;
  const checks = Object.fromEntries(ids.map((id) => [id, written.checks[id] ?? worthless]));
  const max = rounded(Object.values(goals ?? checks).reduce((sum, { points }) => sum + points, 0));
  if (max === 0)
    throw goals
      ? wrong(['goals'], text('all goals together are worth 0 points', '所有目標加起來是 0 分'))
      : wrong(['checks'], text('all checks together are worth 0 points', '所有檢查加起來是 0 分'));
  const optional = { ...(goals ? { goals } : {}), ...(empty === undefined ? {} : { empty }) };
  const rest = {
    services,
    without,
    images,
    foundation,
    works,
    parts,
    checks,
    unlisted: audits.filter((id) => !written.checks[id]),
    notes,
    limits,
    packages,
    prescribed,
    notShown,
    ...optional,
  };
  const meaning = { tutorial: tutorial.id, labs, ...rest };
  return { ...meaning, path, hash: hashOfMeaning(meaning), max, term: termRulesOf(written, max, wrong) };
}

const worthless: RubricCheck = { points: 0, visible: false, after: [] };

const nameOne = text(
  'name a rubric with --rubric, or leave it out for the standard one',
  '用 --rubric 指定評分標準；不指定就用內建的',
);

/** A stack with the service names of a rubric. */
export const withNames = (stack: StackSpec, rubric: Pick<Rubric, 'services'>): StackSpec => ({
  ...stack,
  services: Object.fromEntries(
    Object.entries(stack.services).map(([role, service]) => [role, { ...service, name: rubric.services[role] ?? service.name }]),
  ),
});

/** SHA-256 of what a rubric means, hexadecimal. */
export const hashOfMeaning = (meaning: unknown): string => createHash('sha256').update(canonical(meaning)).digest('hex');

/** JSON with sorted keys: the same text for the same meaning. */
const canonical = (meaning: unknown): string =>
  JSON.stringify(meaning, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
