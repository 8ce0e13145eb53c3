import { isUtf8 } from 'node:buffer';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SourceLocation } from '../../formats/source-location.ts';
import { LabError } from '../../lab/error.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Lang, langs, text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { buildTutorial, type ParsedTutorial } from './build-tutorial.ts';
import { maxBytes } from './markdown-limits.ts';
import { type Outline, readOutline } from './sections.ts';
import { problem } from './yaml-block.ts';

const mainName = 'tutorial.md';

/**
 * Reads a tutorial in Markdown: a folder with `tutorial.md`, or that file. Paths in findings are relative to the folder. Throws LabError E_LAB_UNKNOWN if
 * there is none.
 */
export async function loadMarkdown(path: string): Promise<ParsedTutorial & { readonly dir: string }> {
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
    if (!present.has(name)) continue;
    const own: Finding[] = [];
    translations[lang] = await outlineOf(dir, name, own);
    // other headings than the original's are reported as such
    findings.push(...own.filter(({ rule }) => rule !== 'block-outside' && rule !== 'step-outside'));
  }
  return { ...buildTutorial(main, translations, dir, findings), dir };
}

async function outlineOf(dir: string, name: string, findings: Finding[]): Promise<Outline> {
  const path = join(dir, name);
  const bytes = await loadPlain(path, {
    maxBytes,
    code: 'E_LAB_INVALID',
    hint: text(`a tutorial is a text file of at most ${maxBytes / 1000} KB`, `教學是文字檔，大小不超過 ${maxBytes / 1000} KB`),
  });
  if (!bytes)
    throw new LabError(
      'E_LAB_UNKNOWN',
      text(`there is no ${path}`, `沒有 ${path}`),
      text('name a folder that contains tutorial.md, or the file', '請指定包含 tutorial.md 的資料夾，或該檔案'),
    );
  const source = bytes.toString('utf8');
  if (!isUtf8(bytes)) findings.push(notUtf8({ file: name, ...positionOf(source, source.indexOf('\uFFFD')) }));
  return readOutline(source, name, findings);
}

function positionOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, Math.max(offset, 0)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const notUtf8 = (at: SourceLocation): Finding =>
  problem(
    at,
    'encoding',
    text('this is not a character in UTF-8', '這不是 UTF-8 的字元'),
    text('save the file as UTF-8', '請將檔案存成 UTF-8'),
  );
