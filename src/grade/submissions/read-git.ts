import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../formats/untrusted-text.ts';
import { onPath } from '../../platform/system-error.ts';
import type { Item } from './archive-entry.ts';
import { Refused } from './refusal.ts';

/** Memory limit of git in KiB: a small pack can declare objects of many GiB. */
const memoryKiB = 1024 * 1024;
const longestLine = 8192;
/** Exit code of the script if git is absent. */
const noGit = 127;

/** No settings of this machine, and nothing that would access the network or run a program. */
const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  LC_ALL: 'C',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
};
const settings = ['core.fsmonitor=', 'core.hooksPath=/dev/null', 'protocol.allow=never', 'safe.directory=*'];

/**
 * The files of a repository's last commit, with the bytes that git stores: no filters, no LFS; a submodule is an empty folder.
 * `dir` is labwright's copy, without links: its config, hooks and references to other repositories are removed first. `path` is
 * the PATH on which git is searched for. Throws Refused if git is absent or cannot read it.
 */
export async function* gitItems(dir: string, signal: AbortSignal, path = environment.PATH): AsyncGenerator<Item> {
  await withoutSettings(dir);
  const commit = await commitOf(dir, signal, path);
  const listing = git(dir, ['ls-tree', '-r', '-z', '-l', '--full-tree', commit], signal);
  const blobs = openBlobs(dir, signal);
  try {
    for await (const line of split(listing.chunks, 0)) yield await itemOf(line, blobs);
    const status = await listing.code;
    signal.throwIfAborted();
    if (status !== 0) throw new Refused('git-unreadable');
  } finally {
    listing.stop();
    await blobs.close();
  }
}

/** Removes what could make git run a program or read another repository. `dir` has no links. */
export async function withoutSettings(dir: string): Promise<void> {
  for (const name of ['hooks', 'config.worktree', 'commondir', 'worktrees', 'modules', 'info', 'objects/info'])
    await rm(join(dir, name), { recursive: true, force: true });
  await rm(join(dir, 'config'), { recursive: true, force: true });
  await onPath(dir, () => writeFile(join(dir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n'));
}

/** HEAD's commit; if HEAD names a branch that was not pushed, the commit of the only branch. */
async function commitOf(dir: string, signal: AbortSignal, path: string): Promise<string> {
  const head = await value(dir, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], signal, path);
  if (head !== undefined) return head;
  const branches = await value(dir, ['for-each-ref', '--count=2', '--format=%(objectname)', 'refs/heads'], signal, path);
  if (branches === undefined || !/^[0-9a-f]{40,64}$/.test(branches)) throw new Refused('git-unreadable');
  return branches;
}

/** The time that a commit says it was made, as git's ISO 8601; undefined if git cannot read it. Throws Refused if git is absent. */
export const committedAt = (dir: string, commit: string, signal: AbortSignal): Promise<string | undefined> =>
  value(dir, ['show', '--no-patch', '--format=%cI', commit], signal, environment.PATH);

/** The output of git, without the last line end; undefined if it failed. Throws Refused if git is absent. */
async function value(dir: string, args: readonly string[], signal: AbortSignal, path: string): Promise<string | undefined> {
  const { chunks, code, stop } = git(dir, args, signal, path);
  let text = '';
  for await (const chunk of chunks) {
    text += chunk.toString();
    if (text.length > longestLine) stop();
  }
  const status = await code;
  signal.throwIfAborted();
  if (status === noGit) throw new Refused('git-missing');
  return status === 0 ? text.trimEnd() : undefined;
}

interface Git {
  readonly chunks: AsyncIterable<Buffer>;
  /** Its exit code; null if it was killed or could not be started. */
  readonly code: Promise<number | null>;
  ask(line: string): void;
  stop(): void;
}

function git(dir: string, args: readonly string[], signal: AbortSignal, path = environment.PATH): Git {
  const all = ['--no-pager', `--git-dir=${dir}`, ...settings.flatMap((one) => ['-c', one]), ...args];
  // without the limit on systems that do not support it
  const script = `ulimit -v ${memoryKiB} 2>/dev/null; command -v git >/dev/null || exit ${noGit}; exec git "$@"`;
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...all], {
    cwd: dir,
    env: { ...environment, PATH: path },
    signal,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const code = once(child, 'close').then(
    ([status]) => status as number | null,
    () => null,
  );
  // the exit code reports it
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  return {
    chunks: child.stdout,
    code,
    ask: (line) => child.stdin.write(`${line}\n`),
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}

interface Blobs {
  /** A blob's bytes, before the next one is requested. */
  read(id: string): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** One git for all of them: it answers each ID with a line, `ID blob SIZE`, the bytes, and a line end. */
function openBlobs(dir: string, signal: AbortSignal): Blobs {
  const { chunks, ask, stop, code } = git(dir, ['cat-file', '--batch'], signal);
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async () => {
    const { value, done } = await source.next();
    signal.throwIfAborted();
    if (done) throw new Refused('git-unreadable');
    rest = Buffer.concat([rest, value]);
  };
  async function* read(id: string): AsyncGenerator<Buffer> {
    ask(id);
    while (!rest.includes(0x0a)) await more();
    const end = rest.indexOf(0x0a);
    const [, kind, size] = rest.subarray(0, end).toString().split(' ');
    rest = rest.subarray(end + 1);
    if (kind !== 'blob') throw new Refused('git-unreadable');
    for (let left = Number(size); left > 0; ) {
      if (rest.length === 0) await more();
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
    if (rest.length === 0) await more();
    rest = rest.subarray(1);
  }
  const close = async () => {
    stop();
    await code;
  };
  return { read, close };
}

/** `MODE KIND ID SIZE`, a tab, and the path, in any bytes. */
async function itemOf(line: Buffer, blobs: Blobs): Promise<Item> {
  const tab = line.indexOf(0x09);
  const [mode = '', , id = '', size = ''] = line.subarray(0, tab).toString().split(/ +/);
  const path = line.subarray(tab + 1);
  if (mode === '160000') return { path, kind: 'folder' };
  if (mode !== '120000')
    return { path, kind: 'file', executable: mode === '100755', size: Number(size), read: () => blobs.read(id) };
  if (Number(size) > longestLine) throw new Refused('name-too-long', printable(path));
  const target: Buffer[] = [];
  for await (const chunk of blobs.read(id)) target.push(chunk);
  return { path, kind: 'link', target: Buffer.concat(target) };
}

async function* split(chunks: AsyncIterable<Buffer>, end: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let at = rest.indexOf(end); at !== -1; at = rest.indexOf(end)) {
      yield rest.subarray(0, at);
      rest = rest.subarray(at + 1);
    }
    if (rest.length > longestLine) throw new Refused('name-too-long');
  }
}
