import { existsSync, readdirSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { type Finding, finding } from '../../lab/finding.ts';
import type { Named } from './compose-paths.ts';
import type { Stack } from './stack.ts';

const missing = (where: string, what: readonly [string, string]): Finding =>
  finding(where, 'file-missing', what, ['add it, or name another', '請新增，或指定其他路徑']);

export function lintNamed({ dir, shown }: Stack, { path, as }: Named): Finding[] {
  if (existsSync(join(dir, path))) return [];
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

/** The files that Compose merges into compose.yaml by itself (docs.docker.com/compose/how-tos/multiple-compose-files/merge). */
const merged = /(?:^|\/)(?:docker-)?compose\.override\.ya?ml$/;

const unused = (where: string): Finding =>
  merged.test(where)
    ? finding(
        where,
        'compose-override',
        [
          'a run uses only compose.yaml, and Compose would merge this file for a learner',
          '執行時只使用 compose.yaml，但學習者的 Compose 會合併這個檔案',
        ],
        ['put its settings into compose.yaml', '請把其中的設定寫進 compose.yaml'],
      )
    : finding(
        where,
        'file-unused',
        ['no stack of a lab uses it', '沒有任何單元的 stack 用到它'],
        ['remove it, mount it or add it to `files`', '請移除、掛載，或寫進 `files`'],
      );
