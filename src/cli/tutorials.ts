import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gates } from '../../labs/cases.ts';
import { defaultTutorial } from '../../labs/default-tutorial.ts';
import { tutorials } from '../../labs/index.ts';
import type { Headings } from '../authoring/markdown/headings.ts';
import { TutorialError } from '../lab/define.ts';
import { LabError } from '../lab/error.ts';
import type { Gate } from '../lab/gate-case.ts';
import { type Lang, text } from '../lab/text.ts';
import type { Tutorial } from '../lab/tutorial.ts';
import { recordedTutorial } from '../learn/folder-tutorial.ts';
import { root } from '../platform/package-root.ts';
import type { Cli } from './context.ts';
import { assertTrusted, isTrusted } from './prompts/trust.ts';

export interface LoadedTutorial {
  readonly tutorial: Tutorial;
  /** Loads the cases of its gate; undefined: it has none. */
  readonly gate?: () => Promise<Gate>;
  /** It comes with labwright; otherwise its commands are those of its author. */
  readonly isOwn: boolean;
}

/** A tutorial that comes with labwright. Throws LabError E_LAB_UNKNOWN. */
export function findTutorial(id: string): Tutorial {
  const found = tutorials.find((tutorial) => tutorial.id === id);
  if (found) return found;
  const known = ids();
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`there is no tutorial "${id}"`, `沒有名為「${id}」的教學`),
    text(
      `tutorials: ${known.join(', ')}; or the path of a folder with tutorial.md`,
      `可用的教學：${known.join('、')}；或包含 tutorial.md 的資料夾路徑`,
    ),
  );
}

/** Whether a name is that of a file or folder rather than an ID. */
const isPath = (ref: string, cwd: string): boolean =>
  /[/\\]|\.(?:md|[cm]?[jt]s)$|^\.{1,2}$/.test(ref) || (!ids().includes(ref) && existsSync(resolve(cwd, ref)));

const shipped = join(root, 'labs');

/** The tutorials in Markdown that come with labwright, by ID. */
const markdownIds = (): string[] => readdirSync(shipped).filter((name) => existsSync(join(shipped, name, 'tutorial.md')));

/** The folders of the tutorials in Markdown that come with labwright. */
export const shippedFolders = (): string[] => markdownIds().map((id) => join(shipped, id));

/** Whether a tutorial that comes with labwright has this ID. */
export const isShipped = (id: string): boolean => ids().includes(id);

const ids = (): string[] => [...tutorials.map(({ id }) => id), ...markdownIds()];

/**
 * The tutorial that an option names; omitted: the one that the current folder was made for, else the default one. A folder can come from anybody: what it
 * names counts only if the user has allowed that tutorial before, as `lab start` does. Throws LabError E_USAGE.
 */
export async function tutorialHere(cli: Pick<Cli, 'cwd' | 'homes'>, named: string | undefined): Promise<string> {
  const recorded = named === undefined ? await recordedTutorial(cli.cwd) : undefined;
  if (recorded === undefined) return named ?? defaultTutorial;
  if (ids().includes(recorded) || (await isTrusted(cli, recorded))) return recorded;
  throw new LabError(
    'E_USAGE',
    text(`this folder was made for the tutorial ${recorded}`, `這個資料夾屬於教學 ${recorded}`),
    text(`if you trust its author: --tutorial ${recorded}`, `如果你信任作者：--tutorial ${recorded}`),
  );
}

/** The titles of all tutorials that come with labwright, without loading the rest of those in Markdown. */
export async function shippedHeadings(lang: Lang): Promise<readonly Headings[]> {
  const { loadHeadings } = await import('../authoring/markdown/headings.ts');
  const own = tutorials.map(({ id, title, labs }) => ({
    id,
    title: title[lang],
    labs: labs.map((lab) => ({
      id: lab.id,
      title: lab.title[lang],
      steps: lab.steps.map((step) => ({ id: step.id, title: step.title[lang] })),
    })),
  }));
  return [...own, ...(await Promise.all(markdownIds().map((id) => loadHeadings(join(shipped, id), id, lang))))];
}

/** All tutorials that come with labwright. */
export async function shippedTutorials(): Promise<readonly Tutorial[]> {
  const markdown = await Promise.all(markdownIds().map(async (id) => (await loadFile(join(shipped, id))).tutorial));
  return [...tutorials, ...markdown];
}

/**
 * A tutorial by its ID or path. `use`: whether its commands will run, which is asked for once if they are another author's; loading a module runs it. Throws
 * LabError E_LAB_UNKNOWN, and TutorialError with every problem in it.
 */
export async function loadTutorial(cli: Cli, ref: string, use: 'read' | 'run' = 'read'): Promise<LoadedTutorial> {
  if (!isPath(ref, cli.cwd)) {
    if (markdownIds().includes(ref)) return { ...(await loadFile(join(shipped, ref))), isOwn: true };
    const tutorial = findTutorial(ref);
    const gate = gates[tutorial.id];
    return { tutorial, ...(gate ? { gate } : {}), isOwn: true };
  }
  const path = resolve(cli.cwd, ref);
  const module = moduleAt(path);
  if (module === undefined) {
    const loaded = await loadFile(path);
    if (use === 'run') await assertTrusted(cli, path);
    return loaded;
  }
  await assertTrusted(cli, path);
  const { loadModule } = await import('../authoring/module/load-module.ts');
  const { tutorial, gate } = await loadModule(module);
  return { tutorial, ...(gate ? { gate: async () => gate } : {}), isOwn: false };
}

/** The path of a tutorial in Markdown by its ID or path; undefined: it is none, but may be a module or one of labwright's own. */
export function markdownAt(ref: string, cwd: string): string | undefined {
  if (isPath(ref, cwd)) return moduleAt(resolve(cwd, ref)) === undefined ? resolve(cwd, ref) : undefined;
  return markdownIds().includes(ref) ? join(shipped, ref) : undefined;
}

/** The module of a tutorial in TypeScript or JavaScript: the file itself, or `tutorial.ts` or `index.ts` in a folder without `tutorial.md`. */
function moduleAt(path: string): string | undefined {
  if (/\.[cm]?[jt]s$/.test(path)) return path;
  if (existsSync(join(path, 'tutorial.md'))) return undefined;
  return ['tutorial.ts', 'index.ts', 'tutorial.js', 'index.js'].map((name) => join(path, name)).find((one) => existsSync(one));
}

async function loadFile(path: string): Promise<LoadedTutorial> {
  const { loadMarkdown } = await import('../authoring/markdown/load-tutorial.ts');
  const { tutorial, gate, findings } = await loadMarkdown(path);
  const [first, ...others] = findings;
  if (!tutorial) throw first ? new TutorialError(path, [first, ...others]) : new Error(`${path} has no tutorial and no problem`);
  const isEmpty = gate.mistakes.length + gate.equivalents.length === 0;
  return { tutorial, ...(isEmpty ? {} : { gate: async () => gate }), isOwn: false };
}
