import { relative, resolve } from 'node:path';
import { countsOf } from '../../authoring/lint/lint.ts';
import { lintMarkdown } from '../../authoring/lint/markdown.ts';
import { dependencyOn } from '../../authoring/scaffold/own-package.ts';
import { composeFileAt, scaffold } from '../../authoring/scaffold/scaffold.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { root, version } from '../../platform/package-root.ts';
import { assertFree } from '../assert-free.ts';
import { callLine, quoted } from '../call-line.ts';
import type { Cli } from '../context.ts';
import { lintFindings } from '../output/lint-findings.ts';

export interface NewOptions {
  readonly markdown?: boolean;
  readonly typescript?: boolean;
  readonly from?: string;
}

/**
 * `lab new <folder>`: creates a tutorial that can be linted, tested and run at once. Exit code 0; 1: the stack has something that a run does not support, which
 * is reported as `lab lint` does. Throws LabError E_USAGE if the folder is not empty.
 */
export async function newTutorial(cli: Cli, options: NewOptions, folder: string): Promise<number> {
  const { markdown = false, typescript = false, from } = options;
  if (typescript && (markdown || from !== undefined))
    throw new LabError(
      'E_USAGE',
      from === undefined
        ? text('lab new: --markdown and --typescript exclude each other', 'lab new：--markdown 和 --typescript 只能擇一')
        : text('lab new: --from writes Markdown', 'lab new：--from 只能產生 Markdown'),
      text('leave out --typescript', '請拿掉 --typescript'),
    );
  const dir = resolve(cli.cwd, folder);
  await assertFree('lab new', dir, folder);
  const stack = from === undefined ? {} : { from: await composeFileAt(resolve(cli.cwd, from)) };
  const labwright = typescript ? await dependencyOn(root, version) : undefined;
  const own = labwright === undefined ? {} : { labwright };
  const written = await scaffold(dir, { kind: typescript ? 'typescript' : 'markdown', ...stack, ...own });
  const call = callLine(cli.env, process.argv[1] ?? 'lab', cli.cwd);
  const path = relative(cli.cwd, dir);
  const shown = quoted(path === '' || path.startsWith('..') ? dir : path.includes('/') ? path : `./${path}`);
  const lines = [
    text(`Created ${shown}: ${written.join(', ')}`, `已建立 ${shown}：${written.join('、')}`)[cli.lang],
    '',
    text('Next:', '接下來：')[cli.lang],
    `  ${call} lint --tutorial ${shown}`,
    `  ${call} run --tutorial ${shown}`,
    `  ${call} test --tutorial ${shown}`,
    ...(typescript ? typesOf(labwright, shown)[cli.lang].split('\n') : []),
    '',
  ];
  cli.out.write(lines.join('\n'));
  if (from === undefined) return 0;
  const { tutorial, findings } = await lintMarkdown(dir, cli.cwd);
  if (findings.length === 0) return 0;
  const first = text('Correct this first:', '請先修正：')[cli.lang];
  cli.out.write(`\n${first}\n\n${lintFindings(cli, findings, countsOf(tutorial ? [tutorial] : []))}`);
  return 1;
}

/** How an editor gets the types: `lab` itself needs no installation. */
const typesOf = (labwright: string | undefined, shown: string): Text => {
  const install = `npm install --prefix ${shown}${labwright === undefined ? ` --save-dev ${quoted(`file:${root}`)}` : ''}`;
  return text(`\nFor the types in an editor:\n  ${install}`, `\n讓編輯器認得型別：\n  ${install}`);
};
