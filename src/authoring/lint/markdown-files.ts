import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import { NotPlainError, readPlainSync } from '../../platform/plain-file.ts';
import type { CaseEdit } from '../markdown/gate-items.ts';
import type { FileLink } from '../markdown/sections.ts';
import { problem } from '../markdown/yaml-block.ts';

const help = text('add the file, or correct the path', '請新增檔案，或修正路徑');

/** Files larger than this are not searched for lines. */
const maxBytes = 1_000_000;

/** Links to files that do not exist, and lines that a file does not have. `dir`: the folder of the tutorial. */
export function linkFindings(dir: string, links: readonly FileLink[]): Finding[] {
  return links.flatMap(({ url, lines, at }) => {
    const path = url.replace(/[?#].*$/, '');
    if (path === '') return [];
    const file = join(dir, path);
    if (!existsSync(file)) return [problem(at, 'link-missing', text(`there is no file ${path}`, `沒有檔案 ${path}`), help)];
    const content = lines.length === 0 ? undefined : contentOf(file);
    return lines
      .filter((line) => content !== undefined && !content.includes(line))
      .map((line) =>
        problem(
          at,
          'line-missing',
          text(`${path} has no line with "${line}"`, `${path} 沒有包含「${line}」的行`),
          text('copy a part of the line from the file', '請從檔案複製該行的一部分'),
        ),
      );
  });
}

/**
 * Edits of files that do not exist, or do not contain `from`. What commands before an edit may change or make is left to `lab test`. `dir`: the folder of the
 * tutorial.
 */
export function editFindings(dir: string, edits: readonly CaseEdit[]): Finding[] {
  const contents = new Map<string, string | undefined>();
  return edits.flatMap(({ of, file, from, to, commands, fileAt, fromAt, ...edit }) => {
    const path = join(dir, edit.dir, file);
    const isMade = commands.some((command) => command.includes(basename(file)));
    if (!existsSync(path))
      return isMade
        ? []
        : [
            problem(
              fileAt,
              'edit-missing',
              text(`there is no file ${file} in ${edit.dir}`, `${edit.dir} 裡沒有檔案 ${file}`),
              help,
            ),
          ];
    const key = `${of} ${path}`;
    const content = contents.has(key) ? contents.get(key) : contentOf(path);
    contents.set(
      key,
      content?.replace(from, () => to),
    );
    if (content === undefined || content.includes(from) || commands.length > 0) return [];
    return [
      problem(
        fromAt,
        'edit-missing',
        text(`${file} does not contain this text`, `${file} 沒有這段文字`),
        text('copy it from the file, with its spaces', '請從檔案複製，包括空格'),
      ),
    ];
  });
}

/** Undefined: it is not a regular file, or large. */
function contentOf(path: string): string | undefined {
  try {
    return readPlainSync(path, { maxBytes }).toString('utf8');
  } catch (error) {
    if (error instanceof NotPlainError) return undefined;
    throw error;
  }
}
