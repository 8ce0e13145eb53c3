import { type FileHandle, mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonText } from '../formats/untrusted-text.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { type Holder, type Lock, lockHolder, tryLock } from '../platform/lock.ts';
import { openPlain, readOpened, whyUnread } from '../platform/plain-file.ts';
import { isFull, isSystemError, onPath } from '../platform/system-error.ts';
import {
  assertOf,
  type Grader,
  type Header,
  header,
  type JournalRubric,
  type Line,
  type Numbered,
  readLines,
} from './journal-lines.ts';
import { assertSameNames } from './privacy/same-names.ts';
import type { Grade } from './types.ts';

/** Decided grades, on the disk: after a crash, no grading is repeated. */
export interface Journal extends AsyncDisposable {
  /**
   * Returns the last grade for this key. Throws LabError E_STATE if it was read from a line that does not match the journal's
   * rubric.
   */
  find(key: string): Grade | undefined;
  /**
   * Resolves when the grade is flushed to the disk. Rejects if it could not be written, and from then on always: opening the
   * journal again reads what was written. `by`: the worker that graded; left out: this process.
   */
  add(key: string, grade: Grade, by?: Grader): Promise<void>;
  /**
   * A control passed: confirms all grades added before that have no worker; `by`: those of a worker from earlier rounds. Resolves and rejects as `add`
   * does.
   */
  confirm(by?: Grader): Promise<void>;
  /**
   * A control failed: `find` no longer returns unconfirmed grades, including those of an earlier grader. `whose`: which; left out: those without a
   * worker. Resolves to their keys, and rejects as `add` does.
   */
  withdraw(whose?: (by: Grader | undefined) => boolean): Promise<readonly string[]>;
  /** Grades that no control has confirmed yet, by key. */
  unconfirmed(): ReadonlyMap<string, Grader | undefined>;
  close(): Promise<void>;
}

/**
 * Opens the journal of an output folder, which is created if absent, and locks the folder until the journal is closed or the
 * process ends. Removes a last line that a crash truncated. `rubric`: grades that `find` returns must match it; `pseudonyms`: identifies the key of the
 * class's pseudonyms. Throws LabError
 * E_USAGE if the folder cannot be created or its journal has other pseudonyms, E_SUBMISSION if another process holds it, and E_STATE for a file that is not a journal
 * or is damaged.
 */
export async function openJournal(dir: string, rubric?: JournalRubric, pseudonyms?: string): Promise<Journal> {
  await makeOut(dir).catch((error: unknown) => {
    throw unusable(dir, error);
  });
  const lock = await lockOutput(dir);
  let file: FileHandle | undefined;
  try {
    const path = join(dir, journalFile);
    const unread = (error: unknown) => {
      throw new LabError('E_STATE', whyUnread(path, error), moveIt, { cause: error });
    };
    const opened = await openPlain(path, { access: 'append' }).catch(unread);
    file = opened;
    const written = await readOpened(opened, path, mostBytes).catch(unread);
    const { lines, bytes, header: first } = readLines(written, path);
    if (first) assertSameNames(dir, first, { ...(pseudonyms === undefined ? {} : { pseudonyms }) });
    if (bytes < written.length) await opened.truncate(bytes);
    const grades = new Map<string, { readonly grade: Grade; readonly at?: number }>();
    const unconfirmed = new Map<string, Grader | undefined>();
    const take = ({ line, at }: Pick<Numbered, 'line'> & Partial<Numbered>): void => {
      if ('control' in line) {
        for (const [key, by] of unconfirmed) if (isConfirmed(by, line.by)) unconfirmed.delete(key);
      } else if ('withdrawn' in line)
        for (const key of line.withdrawn) {
          grades.delete(key);
          unconfirmed.delete(key);
        }
      else {
        grades.set(line.key, { grade: line.grade, ...(at === undefined ? {} : { at }) });
        unconfirmed.set(line.key, line.by);
      }
    };
    for (const one of lines) take(one);
    if (bytes === 0)
      await onPath(path, () => flushed(opened, { ...header, ...(pseudonyms === undefined ? {} : { pseudonyms }) }));
    await syncFolder(dir);
    // One write at a time: only the last line can be truncated.
    let last: Promise<void> = Promise.resolve();
    const write = (next: () => Line | undefined): Promise<void> => {
      last = last.then(async () => {
        const line = next();
        if (!line) return;
        await onPath(path, () => flushed(opened, line));
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
      add: (key, grade, by) => write(() => ({ key, grade, ...(by ? { by } : {}) })),
      confirm: (by) => {
        const line = { control: true, ...(by ? { by } : {}) } as const;
        return write(() => ([...unconfirmed.values()].some((one) => isConfirmed(one, by)) ? line : undefined));
      },
      withdraw: async (whose = (by) => by === undefined) => {
        let withdrawn: string[] = [];
        await write(() => {
          withdrawn = [...unconfirmed].filter(([, by]) => whose(by)).map(([key]) => key);
          return withdrawn.length > 0 ? { withdrawn } : undefined;
        });
        return withdrawn;
      },
      unconfirmed: () => unconfirmed,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await file?.close();
    await lock.release();
    throw error;
  }
}

/** Whether a control that passed, of a worker or of this process, confirms a grade `by` a worker or this process. */
const isConfirmed = (by: Grader | undefined, control: Grader | undefined): boolean =>
  control === undefined || by === undefined ? by === control : by.worker === control.worker && by.round < control.round;

/** The journal's name in the output folder. */
export const journalFile = 'journal.ndjson';
/** The name of the lock: in the output folder, so that it excludes all users and state folders. */
export const lockName = '.labwright.lock';

/** Locks an output folder, which exists, until the lock is released or the process ends. Throws LabError E_SUBMISSION if another process holds it. */
export async function lockOutput(dir: string): Promise<Lock> {
  const file = join(await realpath(dir), lockName);
  const lock = await tryLock(file);
  if (!lock) throw inUse(dir, lockHolder(file));
  return lock;
}

/** Creates a folder and its parents, one after another: Node's recursive `mkdir` never returns below /proc. */
async function makeOut(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!found) {
    await makeOut(dirname(dir));
    await mkdir(dir).catch(ifThere);
  } else if (!found.isDirectory())
    throw Object.assign(new Error(`ENOTDIR: not a folder '${dir}'`), { code: 'ENOTDIR', syscall: 'mkdir' });
}
const ifThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/** A full disk is not a usage error; any other system error for the folder is. */
function unusable(dir: string, error: unknown): unknown {
  if (!isSystemError(error) || isFull(error)) return error;
  return new LabError(
    'E_USAGE',
    text(`${dir} can't be used for the grades: ${error.message}`, `${dir} 不能用來存放成績：${error.message}`),
    text('name a folder that you may write to with --out', '請用 --out 指定一個可以寫入的資料夾'),
    { cause: error },
  );
}

async function flushed(file: FileHandle, line: Line | Header): Promise<void> {
  await file.appendFile(`${jsonText(line)}\n`);
  await file.datasync();
}

/** Flushes the folder, so that the file itself exists after a power cut. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export const mostBytes = 1_000_000_000;

const moveIt = text('move it away, or grade into another folder with --out', '請先移走它，或用 --out 指定另一個資料夾');

const inUse = (dir: string, holder: Holder | undefined): LabError => {
  const { pid, node, since } = holder ?? {};
  return new LabError(
    'E_SUBMISSION',
    holder
      ? text(
          `another lab grade is using ${dir}: process ${pid}, Node ${node}, since ${since}`,
          `另一個 lab grade 正在使用 ${dir}：行程 ${pid}，Node ${node}，開始於 ${since}`,
        )
      : text(`another lab grade is using ${dir}`, `另一個 lab grade 正在使用 ${dir}`),
    text('wait until it ends, or grade into another folder with --out', '請等它結束，或用 --out 指定另一個資料夾'),
  );
};
