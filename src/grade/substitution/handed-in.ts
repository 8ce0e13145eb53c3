import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StackSpec } from '../../lab/stack.ts';
import { readText } from '../policy/read-file.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { type ConfFile, confFilesOf } from './conf-files.ts';
import type { HandedIn } from './explain.ts';

const caps = { compose: 64 * 1024, files: 200 };

/** Reads what a cause is explained by, before the submission's containers can change it; `dir` is its folder, absolute. */
export function readHandedIn(
  dir: string,
  composeFile: string,
  stack: NormalStack,
  spec: StackSpec,
): HandedIn & { readonly confs: readonly ConfFile[] } {
  const compose = readText(join(dir, composeFile), caps.compose);
  const built = Object.entries(stack.services).flatMap(([name, { build }]) =>
    build ? [[name, namesIn(join(dir, build.context))] as const] : [],
  );
  const front = spec.proxy && stack.services[spec.services[spec.proxy.role]?.name ?? ''];
  return {
    composeFile,
    composeText: 'text' in compose ? compose.text : '',
    built: Object.fromEntries(built),
    confs: spec.proxy && front ? confFilesOf(front, dir, spec.proxy) : [],
  };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .slice(0, caps.files)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
