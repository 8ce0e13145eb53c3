import { quote } from '../../formats/quote.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { runLine } from '../../platform/shell.ts';

/** How git is run: never with a terminal, hooks, submodules, other programs of a repository, or a transport that is not named. */
export interface GitRun {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** The folder in which it runs: no repository. */
  readonly cwd: string;
  /** The transport of the repository; omitted: git reaches nothing. */
  readonly transport?: keyof typeof transports;
  /** Maximum size of a file that it writes. */
  readonly fileBytes?: number;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly lines: readonly string[];
  /** Its last lines on stderr. */
  readonly errors: readonly string[];
}

/** Output of git that is kept. */
const mostBytes = 8_000_000;
const mostErrors = 20;

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=',
  'safe.directory=*',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'fetch.writeCommitGraph=false',
  // everything in one file, whose size is limited
  'fetch.unpackLimit=1',
  'transfer.unpackLimit=1',
  'transfer.bundleURI=false',
  // what was collected once stays, also if the branch no longer contains it
  'gc.auto=0',
  'maintenance.auto=false',
  // also excludes objects of other servers that a server names
  'http.followRedirects=initial',
];

/** A command of git, for a shell. */
export const gitLine = (args: readonly string[]): string =>
  ['git', '--no-pager', ...settings.flatMap((one) => ['-c', one]), ...args].map(quote).join(' ');

/** What git may use for each transport: users' settings replace https by ssh, and servers lead from http to https; never the other way. */
const transports = { https: 'https:ssh', http: 'http:https:ssh', ssh: 'ssh:https', file: 'file', none: 'none' } as const;

/** Variables that would name another repository, or print logins. */
const dropped =
  /^GIT_(?:TRACE.*|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|CONFIG|CONFIG_PARAMETERS|DIR|GRAFT_FILE|IMPLICIT_WORK_TREE|INDEX_FILE|NAMESPACE|OBJECT_DIRECTORY|PREFIX|QUARANTINE_PATH|REPLACE_REF_BASE|SHALLOW_FILE|TEMPLATE_DIR|WORK_TREE|EXEC_PATH|EXTERNAL_DIFF|CEILING_DIRECTORIES)$/;

/** The user's environment, so that git's credential helpers, proxies and ssh work as they do for the user. */
function environment(env: NodeJS.ProcessEnv, transport: keyof typeof transports): Record<string, string> {
  const own = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || dropped.test(name) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // Git Credential Manager opens no window
    GCM_INTERACTIVE: 'never',
    GIT_ALLOW_PROTOCOL: transports[transport],
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    // a small pack can declare objects of many GiB
    GIT_ALLOC_LIMIT: '512m',
  };
}

/** Runs a line that `gitLine` made. Rejects with the signal's reason on abort, after all processes have ended. */
export async function runGit(line: string, { env, signal, cwd, transport = 'none', fileBytes }: GitRun): Promise<GitOutput> {
  const enough = new AbortController();
  using ends = anySignal(signal, enough.signal);
  const lines: string[] = [];
  const errors: string[] = [];
  let bytes = 0;
  const work = runLine(
    fileBytes === undefined ? line : `ulimit -f ${Math.ceil(fileBytes / 512)} 2>/dev/null; trap '' XFSZ; exec ${line}`,
    {
      cwd,
      env: environment(env, transport),
      signal: ends,
      onLine: (one, stream) => {
        if (stream === 'stderr') {
          errors.push(one.slice(0, 1000));
          if (errors.length > mostErrors) errors.shift();
          return;
        }
        bytes += one.length;
        if (bytes > mostBytes) enough.abort(new Error('git printed too much'));
        else lines.push(one);
      },
    },
  );
  try {
    return { exitCode: (await work).exitCode, lines, errors };
  } catch (error) {
    if (signal.aborted || !enough.signal.aborted) throw error;
    return { exitCode: 1, lines: [], errors: ['fatal: the list of branches is too long'] };
  }
}
