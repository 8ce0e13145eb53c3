import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ComposeFile, parseCompose } from '../../formats/compose-file.ts';
import { LabError } from '../../lab/error.ts';
import { type Finding, finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import { filesOf, type Tutorial } from '../../lab/tutorial.ts';
import { readPlainSync, whyUnread } from '../../platform/plain-file.ts';
import { pathsIn } from './compose-paths.ts';
import { lintComposeRules } from './compose-rules.ts';
import type { Stack } from './stack.ts';
import { lintDotenv, lintFile, lintNamed, lintUnused, mergedIn, overrideFinding } from './stack-files.ts';
import { lintServices } from './stack-services.ts';

/**
 * Checks that stacks are used, that their Compose files contain what they name, and that every file of the tutorial is
 * used; outside of this package, only files beside the stacks' folders. `assets` is a folder.
 */
export function lintStacks(tutorial: Tutorial, assets: string): Finding[] {
  const { id, labs } = tutorial;
  const files = filesOf(tutorial, assets);
  const shown = shownDir(tutorial);
  const used = new Set(labs.map(({ stack }) => stack));
  const stacks = stacksOf(tutorial, files);
  const looked = stacks.filter(({ name }) => used.has(name)).map(lintStack);
  return [
    ...stacks
      .filter(({ name }) => !used.has(name))
      .map(({ name }) =>
        finding(id, 'stack-unused', [`no lab uses the stack ${name}`, `沒有單元使用 stack ${name}`], ['remove it', '請移除']),
      ),
    ...looked.flatMap(({ findings }) => findings),
    // without a Compose file nothing shows what is used
    ...(looked.some(({ files: found }) => found.length === 0)
      ? []
      : lintUnused(files, shown, [
          ...looked.flatMap((one) => one.files),
          // an existing stack comes with files that Compose does not name, such as a README or input of its author's commands
          ...(tutorial.dir === undefined ? [] : [...ownFiles(files), ...stacks.map(({ dir }) => dir)]),
        ])),
  ];
}

/** The same of each stack alone, for a tutorial of which other parts could not be read. */
export const lintDraftStacks = (tutorial: Tutorial): Finding[] =>
  stacksOf(tutorial, filesOf(tutorial, ''))
    .filter(({ spec }) => Object.keys(spec.services).length > 0)
    .flatMap((stack) => lintStack(stack).findings)
    // reported at its place in the front matter
    .filter(({ rule }) => rule !== 'role-missing');

const shownDir = ({ dir, id }: Tutorial): string => dir ?? `assets/${id}`;

const stacksOf = (tutorial: Tutorial, files: string): Stack[] =>
  Object.entries(tutorial.stacks).map(([name, spec]) => ({
    ...{ name, spec, tutorial: tutorial.id },
    shown: join(shownDir(tutorial), spec.dir),
    dir: join(files, spec.dir),
  }));

/** What a tutorial outside of this package has besides its stacks: its texts, and recipes for images. */
const ownFiles = (dir: string): string[] =>
  readdirSync(dir)
    .filter(
      (name) =>
        name === 'images' ||
        name.startsWith('.') ||
        /\.(?:md|ts)$|^(?:package(?:-lock)?|tsconfig)\.json$|^node_modules$/i.test(name) ||
        /^licen[cs]e/i.test(name),
    )
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
      findings: [
        {
          ...finding(shown, 'compose-missing', message, ['write one, or correct `dir`', '請加上，或修正 `dir`']),
          part: stack.name,
        },
      ],
      files: [],
    };
  }
  const read = readFile(path, `${shown}/compose.yaml`);
  if ('rule' in read) return { findings: [read], files: [path] };
  const { file, source } = read;
  const dotenv = existsSync(join(dir, '.env')) ? readSource(join(dir, '.env'), `${shown}/.env`) : '';
  if (typeof dotenv !== 'string') return { findings: [dotenv], files: [path] };
  const { env, findings: ofEnv } = lintDotenv(dotenv, `${shown}/.env`);
  const overrides = mergedIn(dir);
  const named = [...pathsIn(file), ...(existsSync(join(dir, '.env')) ? [{ path: '.env', as: 'read' as const }] : [])];
  const files = Object.values(spec.files ?? {});
  const findings = [
    ...lintServices(stack, file),
    ...lintComposeRules(spec, source, `${shown}/compose.yaml`, env),
    ...ofEnv,
    ...overrides.map((name) => overrideFinding(`${shown}/${name}:1:1`)),
    ...named.flatMap((one) => lintNamed(stack, one)),
    ...files.flatMap((one) => lintFile(stack, one, named)),
  ];
  return { findings, files: [path, ...[...named.map((one) => one.path), ...files, ...overrides].map((one) => join(dir, one))] };
}

function readFile(path: string, shown: string): { readonly file: ComposeFile; readonly source: string } | Finding {
  const source = readSource(path, shown);
  if (typeof source !== 'string') return source;
  try {
    return { source, file: parseCompose(source, 'compose.yaml') };
  } catch (error) {
    return unreadable(error, shown);
  }
}

function readSource(path: string, shown: string): string | Finding {
  try {
    return readPlainSync(path, { maxBytes: 4_000_000 }).toString();
  } catch (error) {
    return unreadable(error, shown);
  }
}

function unreadable(error: unknown, shown: string): Finding {
  const help = error instanceof LabError ? error.hint : text('put a regular file there', '請改放一般檔案');
  const why = error instanceof LabError ? error.text : whyUnread(basename(shown), error);
  const message = text(`it can't be read: ${why.en}`, `無法讀取：${why['zh-TW']}`);
  return { where: shown, rule: 'compose-invalid', message, help };
}
