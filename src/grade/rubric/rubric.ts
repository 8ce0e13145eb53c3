import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { root } from '../../platform/package-root.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import { mergeLabs } from '../merge-labs.ts';
import type { PolicyRules } from '../policy/rules.ts';
import { parseRubric } from './parse-rubric.ts';
import { assertChecks, assertNotes, assertParts, assertWithout, labsOf, servicesOf } from './validate-rubric.ts';

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

export interface RubricCheck {
  readonly points: number;
  /** If one of these checks fails, this one costs no points. */
  readonly after: readonly string[];
  /** False: for the teacher only. */
  readonly visible: boolean;
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
  /** Until all of these have passed, no failure is excused. */
  readonly foundation: readonly string[];
  /** With the foundation: what holds if a stack works at all. Otherwise parts of it are replaced, to find the cause. */
  readonly works: readonly string[];
  /** Points that a part costs that is the cause: `conf`, `networks` or a role. A part that is not listed is never replaced. */
  readonly parts: Readonly<Record<string, number>>;
  /** Each check of these labs, in their order. */
  readonly checks: Readonly<Record<string, RubricCheck>>;
  /** Points that a remark costs: by its code, or by `code/role`. */
  readonly notes: Readonly<Record<string, number>>;
  readonly limits: RubricLimits;
}

/** The path of the rubric that is included with a tutorial. */
export const standardRubric = (tutorial: Tutorial): string => join(root, 'labs', tutorial.id, 'rubrics', 'rubric.yaml');

/**
 * Loads a rubric; a pipe is read until the signal. Throws LabError E_RUBRIC_INVALID, with file, line and column, for a rubric
 * that is not valid for this tutorial.
 */
export async function loadRubric(path: string, tutorial: Tutorial, signal?: AbortSignal): Promise<Rubric> {
  const loading = { code: 'E_RUBRIC_INVALID', hint: nameOne, maxBytes: 4_000_000 } as const;
  const source = await loadPlain(path, { ...loading, ...(signal ? { pipe: signal } : {}) });
  if (!source) throw new LabError('E_RUBRIC_INVALID', text(`there is no file ${path}`, `沒有檔案 ${path}`), nameOne);
  const { written, wrong } = parseRubric(source.toString(), path);
  const labs = labsOf(written, tutorial, wrong);
  const lab = mergeLabs(tutorial, labs);
  const services = servicesOf(written, lab, tutorial, wrong);
  const ids = lab.steps.flatMap((step) => step.verify.map((check) => `${step.id}/${check.id}`));
  assertChecks(written, lab, ids, wrong);
  assertNotes(written, services, wrong);
  assertWithout(written, services, wrong);
  assertParts(written, services, wrong);
  const { foundation, works, parts, limits, images, notes, without } = written;
  const checks = Object.fromEntries(ids.map((id) => [id, written.checks[id] as RubricCheck]));
  const max = Number(
    Object.values(checks)
      .reduce((sum, { points }) => sum + points, 0)
      .toFixed(2),
  );
  if (max === 0) throw wrong(['checks'], text('all checks together are worth 0 points', '所有檢查加起來是 0 分'));
  const meaning = { tutorial: tutorial.id, labs, services, without, images, foundation, works, parts, checks, notes, limits };
  const hash = createHash('sha256').update(canonical(meaning)).digest('hex');
  return { ...meaning, path, hash, max };
}

const nameOne = text(
  'name a rubric with --rubric, or leave it out for the standard one',
  '用 --rubric 指定評分標準；不指定就用內建的',
);

/** JSON with sorted keys: the same text for the same meaning. */
const canonical = (meaning: unknown): string =>
  JSON.stringify(meaning, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
