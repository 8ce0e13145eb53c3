import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { gates } from '../../labs/cases.ts';
import { tutorials } from '../../labs/index.ts';
import { TutorialError } from '../lab/define.ts';
import { LabError } from '../lab/error.ts';
import type { Gate } from '../lab/gate-case.ts';
import { text } from '../lab/text.ts';
import type { Tutorial } from '../lab/tutorial.ts';
import type { Cli } from './context.ts';

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
  const known = tutorials.map((tutorial) => tutorial.id);
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
export const isPath = (ref: string, cwd: string): boolean =>
  /[/\\]|\.md$|^\.{1,2}$/.test(ref) || (!tutorials.some(({ id }) => id === ref) && existsSync(resolve(cwd, ref)));

/** A tutorial by its ID or path. Throws LabError E_LAB_UNKNOWN, and TutorialError with every problem in it. */
export async function loadTutorial({ cwd }: Pick<Cli, 'cwd'>, ref: string): Promise<LoadedTutorial> {
  if (!isPath(ref, cwd)) {
    const tutorial = findTutorial(ref);
    const gate = gates[tutorial.id];
    return { tutorial, ...(gate ? { gate } : {}), isOwn: true };
  }
  const { loadMarkdown } = await import('../authoring/markdown/load-tutorial.ts');
  const { tutorial, gate, findings } = await loadMarkdown(resolve(cwd, ref));
  const [first, ...others] = findings;
  if (!tutorial) throw first ? new TutorialError(ref, [first, ...others]) : new Error(`${ref} has no tutorial and no problem`);
  const isEmpty = gate.mistakes.length + gate.equivalents.length === 0;
  return { tutorial, ...(isEmpty ? {} : { gate: async () => gate }), isOwn: false };
}
