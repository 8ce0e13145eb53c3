import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Fault, FileEdit } from '../../lab/fault.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';

/** A practice folder: a stack with one fault, and the learner's progress on it. */

/** The file with the progress of the practice folder `dir`. */
export const progressFile = (dir: string): string => join(dir, '.labwright', 'break.json');

const maxBytes = 100_000;

const progress = z.strictObject({
  tutorial: z.string(),
  /** Of the fault, in the list of the tutorial's faults. Its ID would name it. */
  number: z.int().positive(),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  /** How many hints were shown. */
  hints: z.int().min(0).max(3),
  /** How often the repair was checked. */
  checks: z.int().min(0),
  solvedAt: z.iso.datetime().optional(),
});

export type Progress = z.infer<typeof progress>;

/** A solution is worth 100 points; each hint takes 20. */
export const scoreOf = ({ hints }: Progress): number => 100 - 20 * hints;

/** The progress after one hint more. */
export const hinted = (progress: Progress): Progress => ({ ...progress, hints: Math.min(3, progress.hints + 1) });

/** The progress after a check of the repair. `now`: ISO 8601. */
export const checked = (progress: Progress, { outcome }: { readonly outcome: Outcome }, now: string): Progress => ({
  ...progress,
  checks: progress.checks + 1,
  ...(outcome === 'passed' && progress.solvedAt === undefined ? { solvedAt: now } : {}),
});

/** How a fault was repaired, in a sentence. `points`: not in an exam. */
export function solvedIn(progress: Progress, { points = true } = {}): Text {
  const seconds = Math.round((Date.parse(progress.solvedAt ?? progress.startedAt) - Date.parse(progress.startedAt)) / 1000);
  const minutes = Math.round(seconds / 60);
  const time = seconds < 90 ? text(`${seconds} s`, `${seconds} 秒`) : text(`${minutes} min`, `${minutes} 分鐘`);
  const score = points ? text(`${scoreOf(progress)} points, `, `${scoreOf(progress)} 分，`) : text('', '');
  const times = progress.checks === 1 ? 'time' : 'times';
  return text(
    `${score.en}${time.en}, ${progress.hints} of 3 hints, checked ${progress.checks} ${times}.`,
    `${score['zh-TW']}耗時 ${time['zh-TW']}，用了 ${progress.hints} 個提示（共 3 個），驗證 ${progress.checks} 次。`,
  );
}

/**
 * Creates the folder `dir`, which must not exist: the stack's files (from `source`) with the fault, and the progress. Throws the system's error, with the
 * code EEXIST if it exists, and an Error if a file does not contain what the fault replaces.
 */
export async function createPractice(
  dir: string,
  options: {
    readonly source: string;
    readonly fault: Fault;
    readonly started: Omit<Progress, 'hints' | 'checks'>;
    readonly report: string;
  },
): Promise<void> {
  const { source, fault, started, report } = options;
  await copyWithFault(dir, source, fault);
  await onPath(dir, () => writeFile(join(dir, 'README.md'), report));
  await mkdir(join(dir, '.labwright'));
  await saveProgress(dir, { ...started, hints: 0, checks: 0 });
}

/** Creates the folder `dir`, which must not exist: the files of the folder `source` with the fault. Throws what `createPractice` throws. */
export async function copyWithFault(dir: string, source: string, fault: Fault): Promise<void> {
  await onPath(dir, () => mkdir(dir));
  await onPath(dir, () => cp(source, dir, { recursive: true }));
  for (const edit of fault.edits) await applyEdit(dir, edit);
}

async function applyEdit(dir: string, { file, from, to }: FileEdit): Promise<void> {
  const path = join(dir, file);
  const text = (await readPlain(path, { maxBytes })).toString('utf8');
  if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
  await writeFile(
    path,
    text.replace(from, () => to),
  );
}

/** The progress of the practice folder `dir`; undefined: it is none. Throws ZodError, SyntaxError or NotPlainError for a file that is not valid. */
export async function loadProgress(dir: string): Promise<Progress | undefined> {
  try {
    return progress.parse(JSON.parse((await readPlain(progressFile(dir), { maxBytes })).toString('utf8')));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Replaces the file as a whole: a crash leaves the old one or the new one. */
export async function saveProgress(dir: string, one: Progress): Promise<void> {
  const path = progressFile(dir);
  await onPath(path, () => replaceFile(path, [`${JSON.stringify(one, null, 2)}\n`]));
}

/** The progress of all practice folders directly in `dir`, by the number of the fault; the solved one counts if there are several. */
export async function practicesIn(dir: string): Promise<Map<number, Progress>> {
  const found = new Map<number, Progress>();
  const entries = await readdir(dir, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const one = await loadProgress(join(dir, name)).catch(() => undefined);
    if (one && found.get(one.number)?.solvedAt === undefined) found.set(one.number, one);
  }
  return found;
}

/** Copies the learner's files of a stack to where a run expects the tutorial's: `<assets>/<tutorial>/<stack's folder>`. */
export async function copyAsAssets(dir: string, assets: string, tutorial: string, { dir: stackDir }: StackSpec): Promise<void> {
  const to = join(assets, tutorial, stackDir);
  await mkdir(join(assets, tutorial), { recursive: true });
  await cp(dir, to, { recursive: true, filter: (path) => path !== join(dir, '.labwright') });
}
