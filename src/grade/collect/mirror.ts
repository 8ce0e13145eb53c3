import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../formats/untrusted-text.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { onPath } from '../../platform/system-error.ts';
import type { Clock } from '../../run/clock.ts';
import type { IntakeLimits, Item } from '../submissions/archive-entry.ts';
import { Extractor } from '../submissions/extractor.ts';
import { folderItems } from '../submissions/read-folder.ts';
import { withoutSettings } from '../submissions/read-git.ts';
import { Refused } from '../submissions/refusal.ts';
import { type GitRun, gitLine, runGit } from './git.ts';
import { type Problem, problemOf, problems } from './problem.ts';
import type { Repository } from './repository.ts';

export interface CollectLimits {
  /** Time to read one repository. */
  readonly timeMs: number;
  /** Maximum size of what git downloads of one repository at a time. */
  readonly bytes: number;
}

export const collectLimits: CollectLimits = { timeMs: 300_000, bytes: 512_000_000 };

/** What a reading needs. */
export interface Reading extends Pick<GitRun, 'env' | 'signal'> {
  readonly clock: Pick<Clock, 'after'>;
  readonly limits: CollectLimits;
  /** An empty folder of its own. */
  readonly work: string;
}

/** A branch as the server had it; `tip` is '' if there is no such branch. */
export interface Tip {
  readonly branch: string;
  readonly tip: string;
}

/** Files of a repository on this machine: a history without packs has one for each object. */
const mostFiles = 100_000;
const commitId = /^[0-9a-f]{40,64}$/;

/** Creates a repository with nothing in it, and no hooks: git's own templates are not used. */
export async function makeBare(dir: string): Promise<void> {
  for (const name of ['objects/pack', 'refs']) await mkdir(join(dir, name), { recursive: true });
  await onPath(dir, () => writeFile(join(dir, 'HEAD'), 'ref: refs/heads/none\n'));
  await withoutSettings(dir);
}

/**
 * Brings a branch into the mirror; without a name the default branch. Keeps what earlier readings brought. Returns the branch, or why there is none.
 * Throws the signal's reason on abort.
 */
export async function updateMirror(
  mirror: string,
  repository: Repository,
  branch: string | undefined,
  { env, signal, clock, limits, work }: Reading,
): Promise<Tip | (Problem & { readonly seen?: Tip })> {
  await makeBare(mirror);
  await removePartial(mirror);
  using ends = anySignal(signal, clock.after(limits.timeMs));
  const run: GitRun = { env, signal: ends, cwd: work, transport: repository.transport, fileBytes: limits.bytes };
  try {
    const copy = repository.path === undefined ? undefined : join(work, 'copy');
    const refused = copy && (await copyTo(copy, repository.path ?? '', limits, ends));
    if (refused) return refused;
    const url = copy ?? repository.url;
    const listing = await runGit(gitLine(['ls-remote', '--symref', '--', url, 'HEAD', 'refs/heads/*']), run);
    if (listing.exitCode !== 0) return problemOf(listing.errors, limits.bytes);
    const wanted = chosenBranch(listing.lines, branch);
    if ('kind' in wanted) return wanted;
    const ref = refOf(wanted.branch);
    if ((await tipOf(mirror, ref, run)) === wanted.tip) return wanted;
    const fetched = await runGit(
      gitLine([
        `--git-dir=${mirror}`,
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-show-forced-updates',
        '--',
        url,
        `+refs/heads/${wanted.branch}:${ref}`,
      ]),
      run,
    );
    if (fetched.exitCode !== 0) return problemOf(fetched.errors, limits.bytes);
    const tip = await tipOf(mirror, ref, run);
    return tip === undefined ? problems.odd : { branch: wanted.branch, tip };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Refused) return problems.notRead(error.remark.text);
    if (ends.aborted) return problems.timeout(limits.timeMs / 1000);
    throw error;
  } finally {
    await removePartial(mirror);
  }
}

/** Removes what a git that was ended left: parts of packs, and locks. No git is running here. */
async function removePartial(mirror: string): Promise<void> {
  const isPartial = { 'objects/pack': /^tmp_/, 'refs/labwright': /\.lock$/ } as const;
  for (const [below, sign] of Object.entries(isPartial)) {
    const names = await readdir(join(mirror, below)).catch(() => []);
    for (const name of names) if (sign.test(name)) await rm(join(mirror, below, name), { force: true });
  }
}

const refOf = (branch: string): string => `refs/labwright/${createHash('sha256').update(branch).digest('hex').slice(0, 24)}`;

async function tipOf(mirror: string, ref: string, run: GitRun): Promise<string | undefined> {
  const args = [`--git-dir=${mirror}`, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
  const { lines } = await runGit(gitLine(args), run);
  return lines.find((line) => commitId.test(line));
}

/** Names of branches that are an argument of git in every position. The server or the teacher named them. */
export const isBranchName = (name: string): boolean =>
  name.length <= 200 &&
  !/[\s~^:?*[\\\p{Cc}]|\.\.|@\{|\/\/|(?:^|\/)[.-]|^\/|[/.]$|\.lock(?:\/|$)/u.test(name) &&
  name !== '' &&
  name !== '@';

/** The branch that is meant, in the output of `git ls-remote --symref`. */
export function chosenBranch(lines: readonly string[], named: string | undefined): Tip | (Problem & { readonly seen?: Tip }) {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of lines) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: refs/heads/') && name === 'HEAD') head = value.slice('ref: refs/heads/'.length);
    else if (commitId.test(value)) refs.set(name, value);
  }
  const branches = [...refs.keys()].flatMap((name) => (name.startsWith('refs/heads/') ? [name.slice('refs/heads/'.length)] : []));
  if (branches.length === 0) return { ...problems.empty, seen: { branch: named ?? head ?? '', tip: '' } };
  // An old server names no default branch, only its commit. A default branch that was not pushed is not listed.
  const sameCommit = branches.filter((name) => refs.get(`refs/heads/${name}`) === refs.get('HEAD'));
  const branch =
    named ?? [head, ...sameCommit, branches.length === 1 ? branches[0] : undefined].find((one) => one && branches.includes(one));
  if (branch === undefined) return problems.severalBranches(branches);
  const tip = refs.get(`refs/heads/${branch}`);
  if (tip === undefined) return { ...problems.noBranch(branch, branches), seen: { branch, tip: '' } };
  return isBranchName(branch) ? { branch, tip } : problems.odd;
}

/**
 * Copies a repository on this machine, without its settings, hooks, links, and references to other repositories: git then reads nothing but what is in
 * that folder. Returns why not, if it has links.
 */
async function copyTo(to: string, path: string, limits: CollectLimits, signal: AbortSignal): Promise<Problem | undefined> {
  const inside = join(path, '.git');
  const [own, around] = await Promise.all([inside, path].map((one) => lstat(one).catch(() => undefined)));
  const found = own ?? around;
  if (!found) return problems.noRepository;
  if (!found.isDirectory()) return problems.leadsElsewhere(own ? inside : path);
  const intake: IntakeLimits = { bytes: limits.bytes, fileBytes: limits.bytes, files: mostFiles, ratio: 1, depth: 0 };
  const copy = new Extractor(to, intake, { bytes: 0, files: 0 });
  await copy.takeAll(plainItems(folderItems(own ? inside : path)), signal);
  const [remark] = copy.refusals;
  if (remark) return problems.notRead(remark.text);
  await withoutSettings(to);
  return undefined;
}

/** Throws Refused for a link: git follows links. */
async function* plainItems(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  for await (const item of items) {
    if (item.kind === 'link') throw new Refused('link-leaves-folder', printable(item.path));
    yield item;
  }
}
