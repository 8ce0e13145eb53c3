import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../engine/lock.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Grade } from './grade.ts';
import { harmless } from './harmless.ts';
import { assertOf, header, type Line, type Numbered, readLines } from './journal-lines.ts';
import type { Rubric } from './rubric.ts';

/** Grades as they are decided, on the disk: whoever goes on after a crash repeats nothing. */
export interface Journal {
  /** The last one for this key. Throws LabError E_STATE where it was read from a line that is no grade by the journal's rubric. */
  find(key: string): Grade | undefined;
  /** Resolves when it is on the disk, flushed. Rejects where it could not be written, and from then on always: what is there is read again when it is opened anew. */
  add(key: string, grade: Grade): Promise<void>;
  /** A control has passed: what was added before stands. Resolves and rejects as `add` does. */
  confirm(): Promise<void>;
  /** A control has failed: what was added since the last that passed, by a grader before this one too, is no longer found. Resolves and rejects as `add` does. */
  withdraw(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the journal of an output folder, which is made where it is not there, and holds the folder until it is closed or the process ends. The end
 * of a line that a crash cut short is taken off the file. `rubric`: what `find` is asked for is graded by. Throws LabError E_SUBMISSION where another
 * process holds the folder, E_STATE for a file that is no journal, or a damaged one.
 */
export async function openJournal(dir: string, rubric?: Pick<Rubric, 'checks' | 'max'>): Promise<Journal> {
  await mkdir(dir, { recursive: true });
  const lock = await tryLock(`grade ${await realpath(dir)}`);
  if (!lock) throw inUse(dir);
  let file: FileHandle | undefined;
  try {
    const path = join(dir, 'journal.ndjson');
    file = await open(path, 'a+');
    const opened = file;
    const written = await opened.readFile();
    const { lines, bytes } = readLines(written, path);
    if (bytes < written.length) await opened.truncate(bytes);
    const grades = new Map<string, { readonly grade: Grade; readonly at?: number }>();
    const unconfirmed = new Set<string>();
    const take = ({ line, at }: Pick<Numbered, 'line'> & Partial<Numbered>): void => {
      if ('control' in line) unconfirmed.clear();
      else if ('withdrawn' in line)
        for (const key of line.withdrawn) {
          grades.delete(key);
          unconfirmed.delete(key);
        }
      else {
        grades.set(line.key, { grade: line.grade, ...(at === undefined ? {} : { at }) });
        unconfirmed.add(line.key);
      }
    };
    for (const one of lines) take(one);
    if (bytes === 0) await flushed(opened, header);
    await syncFolder(dir);
    // One at a time: only the last line can be cut short.
    let last: Promise<void> = Promise.resolve();
    const write = (next: () => Line | undefined): Promise<void> => {
      last = last.then(async () => {
        const line = next();
        if (!line) return;
        await flushed(opened, line);
        take({ line });
      });
      return last;
    };
    const close = async () => {
      await last.catch(() => undefined);
      await opened.close();
      await lock.release();
    };
    return {
      find: (key) => {
        const { grade, at } = grades.get(key) ?? {};
        if (grade && rubric && at !== undefined) assertOf(rubric, grade, path, at);
        return grade;
      },
      add: (key, grade) => write(() => ({ key, grade })),
      confirm: () => write(() => (unconfirmed.size > 0 ? { control: true } : undefined)),
      withdraw: () => write(() => (unconfirmed.size > 0 ? { withdrawn: [...unconfirmed] } : undefined)),
      close,
    };
  } catch (error) {
    await file?.close();
    await lock.release();
    throw error;
  }
}

async function flushed(file: FileHandle, line: Line | typeof header): Promise<void> {
  await file.appendFile(`${harmless(line)}\n`);
  await file.datasync();
}

/** So that the file itself is still there after a power cut. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const inUse = (dir: string): LabError =>
  new LabError(
    'E_SUBMISSION',
    text(`another lab grade is at work on ${dir}`, `另一個 lab grade 正在使用 ${dir}`),
    text('wait for it, or grade into another folder with --out', '等它結束，或用 --out 指定另一個資料夾'),
  );
