import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '../../lab/error.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Lang, langs, text } from '../../lab/text.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { buildTutorial, type ParsedTutorial } from './build-tutorial.ts';
import { type Outline, readOutline } from './sections.ts';

const maxBytes = 1_000_000;
const mainName = 'tutorial.md';

/**
 * Reads a tutorial in Markdown: a folder with `tutorial.md`, or that file. Paths in findings are relative to the folder. Throws LabError E_LAB_UNKNOWN if
 * there is none.
 */
export async function loadMarkdown(path: string): Promise<ParsedTutorial> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const file = isFolder ? join(path, mainName) : path;
  const dir = resolve(dirname(file));
  const findings: Finding[] = [];
  const main = await outlineOf(dir, basename(file), findings);
  const translations: Partial<Record<Lang, Outline>> = {};
  const present = new Set(await onPath(dir, () => readdir(dir)));
  for (const lang of langs) {
    const name = basename(file).replace(/\.md$/, `.${lang}.md`);
    if (present.has(name)) translations[lang] = await outlineOf(dir, name, findings);
  }
  return buildTutorial(main, translations, dir, findings);
}

async function outlineOf(dir: string, name: string, findings: Finding[]): Promise<Outline> {
  const path = join(dir, name);
  try {
    return readOutline((await readPlain(path, { maxBytes })).toString('utf8'), name, findings);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new LabError(
      'E_LAB_UNKNOWN',
      text(`there is no ${path}`, `沒有 ${path}`),
      text('name a folder that contains tutorial.md, or the file', '請指定包含 tutorial.md 的資料夾，或該檔案'),
    );
  }
}
