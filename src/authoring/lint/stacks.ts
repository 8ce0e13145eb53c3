import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ComposeFile, parseCompose } from '../../formats/compose-file.ts';
import { LabError } from '../../lab/error.ts';
import { type Finding, finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import { filesOf, type Tutorial } from '../../lab/tutorial.ts';
import { readPlainSync, whyUnread } from '../../platform/plain-file.ts';
import { pathsIn } from './compose-paths.ts';
import type { Stack } from './stack.ts';
import { lintFile, lintNamed, lintUnused } from './stack-files.ts';
import { lintServices } from './stack-services.ts';

/**
 * Checks that stacks are used, that their Compose files contain what they name, and that every file of the tutorial is
 * used. `assets` is a folder.
 */
export function lintStacks(tutorial: Tutorial, assets: string): Finding[] {
  const { id, labs } = tutorial;
  const files = filesOf(tutorial, assets);
  const shown = tutorial.dir ?? `assets/${id}`;
  const used = new Set(labs.map(({ stack }) => stack));
  const stacks = Object.entries(tutorial.stacks).map(([name, spec]): Stack => {
    return { name, spec, tutorial: id, shown: join(shown, spec.dir), dir: join(files, spec.dir) };
  });
  const looked = stacks.filter(({ name }) => used.has(name)).map(lintStack);
  return [
    ...stacks
      .filter(({ name }) => !used.has(name))
      .map(({ name }) =>
        finding(id, 'stack-unused', [`no lab uses the stack ${name}`, `沒有單元使用 stack ${name}`], ['remove it', '請移除']),
      ),
    ...looked.flatMap(({ findings }) => findings),
    ...lintUnused(files, shown, [...looked.flatMap((one) => one.files), ...(tutorial.dir === undefined ? [] : ownFiles(files))]),
  ];
}

/** What a tutorial outside of this package has besides its stacks: its texts, and recipes for images. */
const ownFiles = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name === 'images' || name.startsWith('.') || /\.(?:md|ts)$/i.test(name) || /^licen[cs]e/i.test(name))
    .map((name) => join(dir, name));

interface Looked {
  readonly findings: readonly Finding[];
  /** Files and folders of the stack, on the disk. */
  readonly files: readonly string[];
}

function lintStack(stack: Stack): Looked {
  const { spec, dir, shown } = stack;
  const path = join(dir, 'compose.yaml');
  if (!existsSync(path)) {
    const message = [`the stack ${stack.name} has no compose.yaml there`, `stack ${stack.name} 在這裡沒有 compose.yaml`] as const;
    return {
      findings: [finding(shown, 'compose-missing', message, ['write one, or correct `dir`', '請加上，或修正 `dir`'])],
      files: [],
    };
  }
  const file = read(path, `${shown}/compose.yaml`);
  if ('rule' in file) return { findings: [file], files: [path] };
  const named = pathsIn(file);
  const files = Object.values(spec.files ?? {});
  const findings = [
    ...lintServices(stack, file),
    ...named.flatMap((one) => lintNamed(stack, one)),
    ...files.flatMap((one) => lintFile(stack, one, named)),
  ];
  return { findings, files: [path, ...[...named.map((one) => one.path), ...files].map((one) => join(dir, one))] };
}

function read(path: string, shown: string): ComposeFile | Finding {
  try {
    return parseCompose(readPlainSync(path, { maxBytes: 4_000_000 }).toString(), 'compose.yaml');
  } catch (error) {
    const help = error instanceof LabError ? error.hint : text('put a regular file there', '請改放一般檔案');
    const why = error instanceof LabError ? error.text : whyUnread('compose.yaml', error);
    const message = text(`it can't be read: ${why.en}`, `無法讀取：${why['zh-TW']}`);
    return { where: shown, rule: 'compose-invalid', message, help };
  }
}
