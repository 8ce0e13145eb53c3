import { basename, resolve } from 'node:path';
import { root } from '../platform/package-root.ts';
import { type Cli, localeLang } from './context.ts';
import { shellWord } from './shell-quote.ts';

const plain = /^[\w@%+=:,./-]+$/;
/** A word for a POSIX shell, in quotes only if it needs them. */
export const quoted = (word: string): string => (plain.test(word) ? word : shellWord(word));

/** A file or folder on this machine, not the name of a package in the registry. */
const isPath = (spec: string): boolean => /^(?:file:|[.~]{0,2}\/)|\.(?:tgz|tar\.gz)$/.test(spec);

/**
 * The command that calls this program again, from any folder: `lab`, `npx -y -p /home/me/labwright-0.1.0.tgz lab`, or `node …/main.js`. npm passes what its
 * `exec` was called with in the environment (docs.npmjs.com/cli/commands/npm-exec).
 */
export function callLine(env: NodeJS.ProcessEnv, program: string, cwd: string): string {
  if (env.npm_command === 'exec') {
    const [spec] = (env.npm_config_package ?? '').split('\n').filter((one) => one !== '');
    return `npx -y -p ${quoted(spec === undefined ? root : isPath(spec) ? resolve(cwd, spec.replace(/^file:/, '')) : spec)} lab`;
  }
  return basename(program) === 'lab' ? 'lab' : `node ${quoted(program)}`;
}

/** The call of a command of this program, in the language of the output: `lab learn`, or `lab learn --lang zh-TW` if the system has another language. */
export type CallOf = (command: string) => string;

export function callOf({ env, cwd, lang }: Pick<Cli, 'env' | 'cwd' | 'lang'>): CallOf {
  const call = callLine(env, process.argv[1] ?? 'lab', cwd);
  const option = lang === localeLang(env) ? '' : ` --lang ${lang}`;
  return (command) => `${call} ${command}${option}`;
}
