import { existsSync, readdirSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { readDotenv } from '../../formats/dotenv.ts';
import { type Finding, finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import type { Named } from './compose-paths.ts';
import type { Stack } from './stack.ts';

const missing = (where: string, what: readonly [string, string]): Finding =>
  finding(where, 'file-missing', what, ['add it, or name another', '請新增，或指定其他路徑']);

export function lintNamed({ dir, shown }: Stack, { path, as }: Named): Finding[] {
  // one outside of the folder is reported as such
  if (existsSync(join(dir, path)) || normalize(path).startsWith('..')) return [];
  const what = {
    built: ['compose.yaml builds from it, but it does not exist', 'compose.yaml 要從這裡建置，但它不存在'],
    mounted: ['compose.yaml mounts it, but it does not exist', 'compose.yaml 要掛載它，但它不存在'],
    read: ['compose.yaml reads it, but it does not exist', 'compose.yaml 要讀取它，但它不存在'],
  } as const;
  return [missing(`${shown}/${normalize(path)}`, what[as])];
}

/** Checks that a file that the stack names exists, or is below a mounted folder, where it may be created. */
export function lintFile({ dir, shown, name }: Stack, path: string, named: readonly Named[]): Finding[] {
  const mounted = named.some((one) => one.as === 'mounted' && isBelow(normalize(path), normalize(one.path)));
  if (mounted || existsSync(join(dir, path))) return [];
  return [
    missing(`${shown}/${path}`, [
      `the stack ${name} names it in \`files\`, but it does not exist`,
      `stack ${name} 的 \`files\` 列出了它，但它不存在`,
    ]),
  ];
}

const isBelow = (path: string, folder: string): boolean => path === folder || !relative(folder, path).split(sep).includes('..');

/** Reports files below a tutorial's folder that are neither in `files` nor below one of them. */
export function lintUnused(dir: string, shown: string, files: readonly string[]): Finding[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !files.some((file) => isBelow(path, file)))
    .sort()
    .map((path) => unused(`${shown}/${relative(dir, path).split(sep).join('/')}`));
}

const unused = (where: string): Finding =>
  finding(
    where,
    'file-unused',
    ['no stack of a lab uses it', '沒有任何單元的 stack 用到它'],
    ['remove it, mount it or add it to `files`', '請移除、掛載，或寫進 `files`'],
  );

/** The files that Compose merges into compose.yaml by itself (docs.docker.com/compose/how-tos/multiple-compose-files/merge). */
const merged = ['compose', 'docker-compose'].flatMap((name) => [`${name}.override.yaml`, `${name}.override.yml`]);

/** The files in a stack's folder that would change what Compose does for a learner, and not in a run. */
export const mergedIn = (dir: string): string[] => merged.filter((name) => existsSync(join(dir, name)));

/** The finding about a file that Compose would merge. `where`: its place. */
export const overrideFinding = (where: string): Finding =>
  finding(
    where,
    'compose-override',
    [
      'a run uses only compose.yaml, and Compose would merge this file for a learner',
      '執行時只使用 compose.yaml，但學習者的 Compose 會合併這個檔案',
    ],
    ['put its settings into compose.yaml', '請把其中的設定寫進 compose.yaml'],
  );

/** What a stack's `.env` sets, and its problems. `shown`: its path, for messages. */
export function lintDotenv(
  source: string,
  shown: string,
): { readonly env: Readonly<Record<string, string>>; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  const env = readDotenv(source, '.env', new Map(), {
    refuse: (rule, place, message) =>
      void findings.push({
        where: `${shown}:${place?.line ?? 1}:${place?.column ?? 1}`,
        rule,
        message,
        help: text('correct this line', '請修正這一行'),
      }),
  });
  const at = source.split(/\r?\n/).findIndex((line) => /^\s*(?:export\s+)?COMPOSE_FILE\s*[=:]/.test(line));
  if (at >= 0)
    findings.push(
      finding(
        `${shown}:${at + 1}:1`,
        'compose-file-variable',
        [
          'a run uses only compose.yaml, and Compose would read other files for a learner',
          '執行時只使用 compose.yaml，但學習者的 Compose 會讀取其他檔案',
        ],
        ['put their settings into compose.yaml', '請把其中的設定寫進 compose.yaml'],
      ),
    );
  return { env: Object.fromEntries(env), findings };
}
