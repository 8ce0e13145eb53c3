import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type Lang, langs } from '../lab/text.ts';
import { findHome, type Homes, locateHomes } from '../platform/state-dirs.ts';
import { type Screen, screenOf } from '../report/terminal/screen.ts';

type EngineChoice = 'auto' | 'docker' | 'private';

/** What every command receives. Results go to `out`, progress and questions to `err`. */
export interface Cli {
  readonly out: Screen;
  readonly err: Screen;
  readonly lang: Lang;
  /** Throws LabError E_STATE if there is no home folder. */
  readonly homes: Homes;
  readonly env: NodeJS.ProcessEnv;
  /** Throws the system's error if the current folder was removed. */
  readonly cwd: string;
  /** Undefined: there is none. */
  readonly home: string | undefined;
  readonly engine: EngineChoice;
  /** Aborts at the first Ctrl-C or SIGTERM: finish cleanly. The second one ends the program at once. */
  readonly signal: AbortSignal;
  /** Whether system packages may be installed without asking: `--yes`, `CI`, or no terminal. */
  readonly unattended: boolean;
}

export interface CommonOptions {
  readonly engine?: EngineChoice;
  /** commander's form of `--no-color`. */
  readonly color?: boolean;
  readonly yes?: boolean;
}

/** `zh_TW.UTF-8`, `zh-Hant`, `zh_HK`: Traditional Chinese. Anything else: English. In POSIX order: LC_ALL, LC_MESSAGES, LANG. */
export function localeLang(env: NodeJS.ProcessEnv): Lang {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^zh[_-](TW|HK|MO|Hant)/i.test(locale) ? 'zh-TW' : 'en';
}

/** The language of all output, determined before the arguments are parsed, because errors in them are reported in it too. */
export function langOf(args: readonly string[], env: NodeJS.ProcessEnv): Lang {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  const asked = flags.flatMap((word, at) => {
    if (word === '--lang') return flags[at + 1] ?? [];
    return word.startsWith('--lang=') ? word.slice('--lang='.length) : [];
  });
  return langs.find((lang) => lang === asked.at(-1)) ?? localeLang(env);
}

/** Removes an unusable `TMPDIR` (no file can be created in it) from the environment: this program and those that it starts then use the system's folder. */
export function dropUnusableTmpdir(env: NodeJS.ProcessEnv): void {
  const { TMPDIR } = env;
  if (TMPDIR === undefined) return;
  try {
    accessSync(TMPDIR, constants.W_OK | constants.X_OK);
    if (isAbsolute(TMPDIR) && statSync(TMPDIR).isDirectory()) return;
  } catch {
    // absent or not writable
  }
  delete env.TMPDIR;
}

export function makeCli(options: CommonOptions, lang: Lang, signal: AbortSignal): Cli {
  const screen = { ...(options.color === undefined ? {} : { color: options.color }) };
  const out = screenOf(process.stdout, process.env, screen);
  const err = screenOf(process.stderr, process.env, screen);
  return {
    out,
    err,
    lang,
    // not every command needs these two
    get homes() {
      return locateHomes();
    },
    env: process.env,
    get cwd() {
      return process.cwd();
    },
    home: findHome(),
    engine: options.engine ?? 'auto',
    signal,
    unattended: options.yes === true || Boolean(process.env.CI) || !process.stdin.isTTY || !err.interactive,
  };
}
