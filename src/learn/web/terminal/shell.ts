import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The user's shell, else one that every system has. */
export const shellOf = ({ SHELL }: Env): string =>
  [SHELL, '/bin/bash'].find((path) => path !== undefined && isAbsolute(path) && isExecutable(path)) ?? '/bin/sh';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The environment of the shell: the learner's, with the engine's. There, an empty value means that the variable must not be set. */
export function shellEnv(env: Env, engine: Readonly<Record<string, string>>): Record<string, string> {
  const all = { ...env, ...engine, TERM: 'xterm-256color', COLORTERM: 'truecolor' };
  const isSet = (one: [string, string | undefined]): one is [string, string] =>
    one[1] !== undefined && !(one[1] === '' && one[0] in engine);
  return Object.fromEntries(Object.entries(all).filter(isSet));
}
