import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Cli, localeLang } from './context.ts';
import { shellWord } from './shell-quote.ts';

const plain = /^[\w@%+=:,./-]+$/;
/** A word for a POSIX shell, in quotes only if it needs them. */
export const quoted = (word: string): string => (plain.test(word) ? word : shellWord(word));

/** A file or folder on this machine, not the name of a package in the registry. */
const isPath = (spec: string): boolean => /^(?:file:|[.~]{0,2}\/)|\.(?:tgz|tar\.gz)$/.test(spec);

/**
 * The command that calls this program again in `folder`: `lab`, `npx lab` if npm finds it from there, `npx -y -p /home/me/labwright-0.1.0.tgz lab`, or its path. npm
 * passes what its `exec` was called with, and the project that it found, in the environment (docs.npmjs.com/cli/commands/npm-exec).
 */
export function callLine(env: NodeJS.ProcessEnv, program: string, cwd: string, folder: string = cwd): string {
  if (env.npm_command !== 'exec') return basename(program) === 'lab' ? 'lab' : `node ${quoted(program)}`;
  const [spec] = (env.npm_config_package ?? '').split('\n').filter((one) => one !== '');
  if (spec !== undefined) return `npx -y -p ${quoted(isPath(spec) ? resolve(cwd, spec.replace(/^file:/, '')) : spec)} lab`;
  const project = env.npm_config_local_prefix;
  if (project !== undefined && projectOf(folder) === resolve(project)) return 'npx lab';
  return basename(program) === 'lab' ? quoted(program) : `node ${quoted(program)}`;
}

/** The folder where npm looks for packages: the nearest with a package.json or node_modules (docs.npmjs.com/cli/configuring-npm/folders). */
function projectOf(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) || existsSync(join(at, 'node_modules'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** The call of a command of this program, in the language of the output: `lab learn`, or `lab learn --lang zh-TW` if the system has another language. */
export type CallOf = (command: string) => string;

export function callOf({ env, cwd, lang }: Pick<Cli, 'env' | 'cwd' | 'lang'>): CallOf {
  const call = callLine(env, process.argv[1] ?? 'lab', cwd);
  const option = lang === localeLang(env) ? '' : ` --lang ${lang}`;
  return (command) => `${call} ${command}${option}`;
}
