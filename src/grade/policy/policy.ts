import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDotenv } from '../../formats/dotenv.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';
import { ComposeReader, type PolicyContext } from './compose-reader.ts';
import { applyCrossServiceRules } from './cross-service-rules.ts';
import { Diagnostics } from './diagnostics.ts';
import { ImageChoice } from './images.ts';
import { readGiven } from './keys/given-files.ts';
import { mergeFiles, overrideNames } from './keys/merge.ts';
import { noteTexts, pathReasons } from './messages.ts';
import { named } from './mounts.ts';
import { readNetworks, readVolumes } from './networks.ts';
import { placeInside } from './paths.ts';
import { readText } from './read-file.ts';
import { readYaml } from './read-yaml.ts';
import type { PolicyRules } from './rules.ts';
import type { NormalStack } from './sanitized-stack.ts';
import { type ReadService, readService } from './service.ts';
import { type Entry, entryOf, type Tree } from './tree.ts';

export type Judged =
  | { readonly ok: true; readonly stack: NormalStack; readonly notes: readonly Remark[] }
  | { readonly ok: false; readonly refusals: readonly Remark[] };

const caps = { compose: 64 * 1024, env: 64 * 1024 };
const mostServices = 12;

/**
 * Judges a submission's Compose file against the list of permitted keys; `dir` is absolute, the file is below it. Reports all
 * problems, not only the first. Writes nothing. `images` collects the images of the submission. Throws only if the folder cannot be
 * read.
 */
export async function judgePolicy(
  dir: string,
  composeFile: string,
  rules: PolicyRules,
  images = new ImageChoice(rules.images),
): Promise<Judged> {
  const diagnostics = new Diagnostics();
  const stack = judge(dir, composeFile, { rules, images, diagnostics });
  if (stack && diagnostics.refusals.length === 0) return { ok: true, stack, notes: diagnostics.notes };
  return { ok: false, refusals: diagnostics.refusals };
}

function judge(
  dir: string,
  composeFile: string,
  { rules, images, diagnostics }: Pick<PolicyContext, 'rules' | 'images' | 'diagnostics'>,
): NormalStack | undefined {
  const yaml = fileIn(dir, composeFile, caps.compose, diagnostics);
  if (yaml === undefined) {
    if (diagnostics.refusals.length === 0)
      diagnostics.refuse(
        'compose-file',
        { file: composeFile, line: 1, column: 1 },
        text('the Compose file does not exist', '找不到 Compose 檔案'),
      );
    return undefined;
  }
  const env = environment(dir, composeFile, diagnostics);
  const written = readYaml(yaml, composeFile, diagnostics);
  const tree = written && withOverride(dir, written, env, diagnostics);
  if (!tree) return undefined;
  const context: PolicyContext = { dir, composeFile, rules, images, env, diagnostics };
  const form = new ComposeReader(context);
  const sections = new Map<string, Tree>();
  const keep = ({ key, value }: Entry) => void sections.set(key, value);
  form.fields(
    tree,
    'file',
    new Map<string, (entry: Entry) => void>([
      ...['services', 'networks', 'volumes', 'secrets', 'configs'].map((key) => [key, keep] as const),
      ['version', () => {}],
    ]),
  );
  const list = sections.get('services');
  const entries = named(form, list, mostServices);
  if (entries.length === 0)
    form.refuse('services-missing', list?.location ?? tree.location, text('the file has no services', '檔案裡沒有服務'));
  const other = entries.find(({ key }) => rules.without.includes(key));
  if (other)
    return void new ComposeReader(context, other.key).refuse('another-stack', other.location, anotherStack(other.key, rules));
  const aside = new Set(entries.filter((entry) => isAside(context, entry)).map(({ key }) => key));
  const services = new Map<string, ReadService>();
  for (const entry of entries) {
    const own = new ComposeReader(context, entry.key);
    if (aside.has(entry.key)) own.note('profiles', entryOf(entry.value, 'profiles')?.location ?? entry.location);
    else services.set(entry.key, readService(own, entry));
  }
  return applyCrossServiceRules(context, {
    services,
    aside,
    networks: readNetworks(form, sections.get('networks')),
    volumes: readVolumes(form, sections.get('volumes')),
    secrets: readGiven(form, 'secrets', sections.get('secrets')),
    configs: readGiven(form, 'configs', sections.get('configs')),
  });
}

/** The file with the override file that Compose would merge into it, if there is one. */
function withOverride(dir: string, tree: Tree, env: ReadonlyMap<string, string>, diagnostics: Diagnostics): Tree | undefined {
  // the first that exists counts, and none if `.env` names the files
  const name = overrideNames.find((one) => existsSync(join(dir, one)));
  if (name === undefined || env.has('COMPOSE_FILE')) return tree;
  const yaml = fileIn(dir, name, caps.compose, diagnostics);
  const over = yaml === undefined ? undefined : readYaml(yaml, name, diagnostics);
  if (!over) return undefined;
  diagnostics.note('override-file', { file: name, line: 1, column: 1 }, noteTexts['override-file'] as Text);
  return mergeFiles(tree, over, diagnostics);
}

const anotherStack = (other: string, { services }: PolicyRules): Text => {
  const own = Object.values(services);
  return text(
    `this is not the stack of ${own.join(', ')}, but one with ${other}: these labs are graded only with their own stack`,
    `這不是由 ${own.join('、')} 組成的那一組服務，而是有 ${other} 的另一組：必須繳交這幾個單元使用的那一組才能評分`,
  );
};

/** Whether none of its profiles is enabled and no lab needs it. */
function isAside({ rules, env, diagnostics, ...desk }: PolicyContext, { key, value }: Entry): boolean {
  const profiles = entryOf(value, 'profiles');
  if (!profiles || Object.values(rules.services).includes(key)) return false;
  const on = (env.get('COMPOSE_PROFILES') ?? '').split(',').map((name) => name.trim());
  const words = new ComposeReader({ rules, env, diagnostics, ...desk }, key).words(profiles.value).map(({ word }) => word);
  return words.length > 0 && !words.some((word) => on.includes('*') || on.includes(word));
}

/** The variables of the submission's own `.env`; reports those that would configure Compose itself. */
function environment(dir: string, composeFile: string, diagnostics: Diagnostics): Map<string, string> {
  const written = fileIn(dir, '.env', caps.env, diagnostics);
  const env = written === undefined ? new Map<string, string>() : readDotenv(written, '.env', new Map(), diagnostics);
  const location: SourceLocation = { file: '.env', line: 1, column: 1 };
  for (const [name, value] of env) {
    if (!/^(?:COMPOSE|DOCKER|BUILDX|BUILDKIT)_/.test(name)) continue;
    if (name === 'COMPOSE_FILE' && value.replace(/^\.\//, '') !== composeFile)
      diagnostics.refuse(
        'compose-variable',
        location,
        quoting(`${name}=${value}`, 'another Compose file is named in .env: {}', '.env 指定了另一個 Compose 檔案：{}'),
      );
    else
      diagnostics.note(
        'compose-variable',
        location,
        quoting(name, '{} in .env has no effect on the grader', '.env 裡的 {} 不會影響評分程式'),
      );
  }
  return env;
}

/** The text of a file of the submission; undefined: absent or refused. */
function fileIn(dir: string, name: string, cap: number, diagnostics: Diagnostics): string | undefined {
  const location: SourceLocation = { file: name, line: 1, column: 1 };
  const place = placeInside(dir, name);
  if ('problem' in place) {
    diagnostics.refuse(place.problem, location, pathReasons[place.problem]);
    return undefined;
  }
  if (place.kind === 'absent') return undefined;
  const read = readText(join(dir, place.path), cap);
  if ('text' in read) return read.text;
  diagnostics.refuse(
    'file-unreadable',
    location,
    text(`this must be a UTF-8 text file of at most ${cap / 1024} KB`, `這必須是 ${cap / 1024} KB 以內、UTF-8 編碼的文字檔`),
  );
  return undefined;
}
