import { join } from 'node:path';
import { readDotenv } from '../../formats/dotenv.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import { readText } from './read-file.ts';
import type { NormalHealthcheck, NormalService } from './sanitized-stack.ts';
import { durationMs } from './scalar.ts';
import { type Entry, entryOf, isNull, type Tree } from './tree.ts';

export type Readers = ReadonlyMap<string, (entry: Entry) => void>;

/** `command` and `entrypoint`: Compose splits a string itself. */
export function readCommand(form: ComposeReader, tree: Tree): readonly string[] | string | null {
  if (isNull(tree)) return null;
  return tree.kind === 'scalar' ? (form.word(tree) ?? null) : form.items(tree).map((item) => form.word(item) ?? '');
}

const envCap = 64 * 1024;

/** The variables of the files of `env_file`; later files override earlier ones. */
export function readEnvFiles(form: ComposeReader, tree: Tree): Map<string, string> {
  const items = tree.kind === 'list' ? form.items(tree) : isNull(tree) ? [] : [tree];
  const env = new Map<string, string>();
  for (const item of items) for (const [name, value] of envFile(form, item)) env.set(name, value);
  return env;
}

function envFile(form: ComposeReader, item: Tree): ReadonlyMap<string, string> {
  const none = new Map<string, string>();
  const [named, required] = [entryOf(item, 'path')?.value, entryOf(item, 'required')?.value];
  if (item.kind === 'mapping') form.fields(item, 'env_file', new Map(['path', 'required'].map((key) => [key, () => {}])));
  const needed = (required && form.truth(required)) ?? true;
  const written = form.word(item.kind === 'mapping' ? (named ?? item) : item);
  const place = written === undefined ? undefined : form.path(written, item.location);
  if (written === undefined || !place || (place.kind === 'absent' && !needed)) return none;
  const read = readText(join(form.context.dir, place.path), envCap);
  if ('problem' in read) {
    form.refuse(
      'env-file-missing',
      item.location,
      quoting(
        written,
        'there is no env file {}: it must be a text file of at most 64 KB',
        '沒有環境變數檔 {}：必須是 64 KB 以內的文字檔',
      ),
    );
    return none;
  }
  return readDotenv(read.text, place.path, form.context.env, form.context.diagnostics);
}

export function readHealthcheck(form: ComposeReader, tree: Tree): NormalHealthcheck | undefined {
  const parts: { -readonly [key in keyof NormalHealthcheck]: NormalHealthcheck[key] } = {};
  const time = (key: 'interval' | 'timeout' | 'startPeriod', least: number) => (entry: Entry) => {
    const word = form.word(entry.value);
    const ms = word === undefined ? undefined : durationMs(word);
    if (word !== undefined && ms !== undefined && ms >= least && ms <= 600_000) parts[key] = word;
    else if (word !== undefined)
      form.invalid(
        entry.value.location,
        quoting(
          word,
          `expected a duration like "5s", from ${least} ms to 10 minutes, not {}`,
          `這裡應該是像「5s」的時間，介於 ${least} 毫秒與 10 分鐘之間，而不是 {}`,
        ),
      );
  };
  form.fields(
    tree,
    'healthcheck',
    new Map<string, (entry: Entry) => void>([
      ['test', ({ value }) => Object.assign(parts, healthTest(form, value))],
      ['interval', time('interval', 100)],
      ['timeout', time('timeout', 100)],
      ['start_period', time('startPeriod', 0)],
      [
        'retries',
        ({ value }) => {
          parts.retries = Number(
            form.matching(value, /^\d{1,3}$/, text('expected a number up to 999', '這裡應該是 999 以內的數字')) ?? 0,
          );
        },
      ],
      [
        'disable',
        ({ value }) => {
          parts.disable = form.truth(value) ?? false;
        },
      ],
    ]),
  );
  if (parts.disable !== true) delete parts.disable;
  return Object.keys(parts).length === 0 ? undefined : parts;
}

function healthTest(form: ComposeReader, tree: Tree): Pick<NormalHealthcheck, 'test'> {
  if (tree.kind === 'scalar') {
    const word = form.word(tree);
    return word === undefined ? {} : { test: ['CMD-SHELL', word] };
  }
  const words = form.words(tree).map(({ word }) => word);
  if (/^(?:NONE|CMD|CMD-SHELL)$/.test(words[0] ?? '')) return { test: words };
  form.invalid(
    tree.location,
    text('a health check must begin with CMD, CMD-SHELL or NONE', '健康檢查要以 CMD、CMD-SHELL 或 NONE 開頭'),
  );
  return {};
}

type DependsOn = NormalService['dependsOn'][string];
export interface Dependency {
  readonly name: string;
  readonly condition: DependsOn;
  readonly required: boolean;
  readonly location: Tree['location'];
}

export function readDependsOn(form: ComposeReader, tree: Tree): Dependency[] {
  if (tree.kind !== 'mapping')
    return form.words(tree).map(({ word, location }) => ({ name: word, condition: 'service_started', required: true, location }));
  return form.entries(tree).map(({ key, value, location }) => {
    let [condition, required]: [string, boolean] = ['service_started', true];
    form.fields(
      value,
      'depends_on',
      new Map<string, (entry: Entry) => void>([
        [
          'condition',
          (entry) => {
            condition =
              form.matching(
                entry.value,
                /^service_(?:started|healthy|completed_successfully)$/,
                text('expected a condition', '這裡應該是條件'),
              ) ?? condition;
          },
        ],
        [
          'required',
          (entry) => {
            required = form.truth(entry.value) ?? true;
          },
        ],
      ]),
    );
    return { name: key, condition: condition as DependsOn, required, location };
  });
}

/** `deploy`: nothing of it is read. */
export const readDeploy = (form: ComposeReader, tree: Tree): void =>
  form.fields(tree, 'deploy', new Map([['resources', ({ value }) => form.fields(value, 'deploy.resources', new Map())]]));

/** `logging`: logs are kept in the same way for all; a driver that sends them away is refused. */
export function readLogging(form: ComposeReader, { value, location }: Entry): void {
  form.fields(value, 'logging', new Map([['options', () => {}]]));
  form.note('logging', location);
}
