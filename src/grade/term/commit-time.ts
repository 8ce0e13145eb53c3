import { lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMoment } from '../../formats/moment.ts';
import { NotPlainError, readPlain } from '../../platform/plain-file.ts';
import { committedAt } from '../submissions/read-git.ts';
import { Refused } from '../submissions/refusal.ts';

/**
 * The time of the last commit of a submission that is a git repository, with or without a working tree: its author's own claim. Undefined for anything
 * else, and for what git cannot read. Git reads only the objects: the repository's settings and hooks are not used.
 */
export async function commitTimeOf(path: string | Buffer, signal: AbortSignal): Promise<number | undefined> {
  const top = path.toString();
  for (const dir of [join(top, '.git'), top]) {
    if (!(await isFolder(join(dir, 'objects')))) continue;
    const commit = await headOf(dir);
    return commit === undefined ? undefined : timeOf(join(dir, 'objects'), commit, signal);
  }
  return undefined;
}

const isFolder = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isCommit = (written: string): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(written);

/** The commit that HEAD names, itself or by a branch. */
async function headOf(dir: string): Promise<string | undefined> {
  const head = await lineOf(join(dir, 'HEAD'));
  if (head === undefined || isCommit(head)) return head;
  const [, ref] = /^ref: (refs\/heads\/[\w.-]+(?:\/[\w.-]+)*)$/.exec(head) ?? [];
  if (ref === undefined || ref.split('/').includes('..')) return undefined;
  const own = await lineOf(join(dir, ref));
  if (own !== undefined) return isCommit(own) ? own : undefined;
  const packed = (await textOf(join(dir, 'packed-refs'), 16_000_000)) ?? '';
  const line = packed.split('\n').find((one) => one.endsWith(` ${ref}`));
  const commit = line?.split(' ')[0] ?? '';
  return isCommit(commit) ? commit : undefined;
}

const lineOf = async (path: string): Promise<string | undefined> => (await textOf(path, 4096))?.trim();

const textOf = (path: string, maxBytes: number): Promise<string | undefined> =>
  readPlain(path, { maxBytes, follow: false }).then(
    (bytes) => bytes.toString(),
    (error: unknown) => {
      if (error instanceof NotPlainError || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
      throw error;
    },
  );

/** Reads a commit through an empty repository of labwright that borrows the objects. */
async function timeOf(objects: string, commit: string, signal: AbortSignal): Promise<number | undefined> {
  // such a path would be several lines, or quoted, or a comment
  if (/^[#"]|\n/.test(objects)) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'labwright-git-'));
  try {
    await mkdir(join(dir, 'objects', 'info'), { recursive: true });
    await mkdir(join(dir, 'refs'));
    await writeFile(join(dir, 'HEAD'), `${commit}\n`);
    const hash =
      commit.length === 64
        ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n'
        : '\trepositoryformatversion = 0\n';
    await writeFile(join(dir, 'config'), `[core]\n\tbare = true\n${hash}`);
    await writeFile(join(dir, 'objects', 'info', 'alternates'), `${objects}\n`);
    const written = await committedAt(dir, commit, signal);
    const parsed = written === undefined ? undefined : parseMoment(written);
    return parsed && 'ms' in parsed ? parsed.ms : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
