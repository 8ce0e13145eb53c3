import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { libraryFolder, unpackedPackages } from './debian-packages.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A shell in a real terminal, that a test types into and reads. */
export interface Terminal {
  /** Types a line and Enter. */
  type(line: string): Promise<void>;
  /** Presses keys, by tmux's names: `q`, `Enter`, `C-c`, `Down`. */
  press(...keys: readonly string[]): Promise<void>;
  /** What the screen shows now, without spaces at the ends of lines. `colours`: with the escape sequences of styles. */
  screen(options?: { readonly colours?: boolean }): Promise<string>;
  /** The same, with everything that scrolled out at the top. */
  history(): Promise<string>;
  /** Resolves to the screen as soon as `found` accepts it, or it contains this text. Looks after each output; rejects with the last screen after 60 s. */
  until(found: string | RegExp | ((screen: string) => boolean), limitMs?: number): Promise<string>;
  resize(size: TerminalSize): Promise<void>;
  /** Whether the cursor is shown. */
  cursorShown(): Promise<boolean>;
}

export interface Tmux extends AsyncDisposable {
  /** Opens a terminal with `sh` in this folder. */
  open(size: TerminalSize, cwd: string): Promise<Terminal>;
}

/**
 * Terminals whose shells have this environment. Each is a tmux server of its own: tmux 3.3a can crash when a second session begins. Uses Debian's tmux, unpacked in
 * the cache, if none is installed. Disposing of it ends the servers and everything that runs in them.
 */
export async function startTmux(env: NodeJS.ProcessEnv): Promise<Tmux> {
  const tool = await findTmux();
  // not CI: a person's terminal
  const inside = { ...env, ...tool.env, CI: '', TERM: 'xterm-256color', LC_ALL: '', ENV: '' };
  const ends: (() => Promise<void>)[] = [];
  return {
    open: async ({ columns, rows }, cwd) => {
      const options = ['-u', '-f', '/dev/null', '-S', join(folder(), 'tmux')];
      const call: Call = (...args) => run(tool.path, [...options, ...args], { env: inside });
      const set = ['set-option', '-g', 'history-limit', '20000', ';', 'set-option', '-g', 'status', 'off', ';'];
      const size = ['-x', `${columns}`, '-y', `${rows}`];
      await call('start-server', ';', ...set, 'new-session', '-d', '-s', session, ...size, '-c', cwd, 'sh');
      // a client in control mode prints a line for each output of the terminal, and has no size
      const watcher = spawn(tool.path, [...options, '-C', 'attach-session', '-t', session], {
        env: inside,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = once(watcher, 'exit');
      ends.push(async () => {
        await call('kill-server');
        await ended;
      });
      return terminal(call, watcher);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(ends.map((end) => end()));
    },
  };
}

type Call = (...args: string[]) => Promise<{ readonly stdout: string }>;
const session = 'terminal';

function terminal(call: Call, watcher: ChildProcess): Terminal {
  const waiters = new Set<() => void>();
  const wake = () => {
    for (const one of waiters) one();
  };
  if (!watcher.stdout) throw new Error('tmux has no output');
  createInterface({ input: watcher.stdout }).on('line', wake);
  const capture = async (...options: string[]) =>
    (await call('capture-pane', '-p', '-t', session, ...options)).stdout.replace(/[ \t]+$/gm, '').trimEnd();
  /** The next output, or the end of the time. `stop` ends the wait at once. */
  const nextOutput = (ms: number) => {
    let stop: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      stop = () => {
        clearTimeout(timer);
        waiters.delete(stop);
        resolve();
      };
      const timer = setTimeout(stop, Math.max(0, ms));
      waiters.add(stop);
    });
    return { ended, stop };
  };
  const screen: Terminal['screen'] = ({ colours } = {}) => capture(...(colours ? ['-e'] : []));
  return {
    type: async (line) => {
      await call('send-keys', '-t', session, '-l', line);
      await call('send-keys', '-t', session, 'Enter');
    },
    press: async (...keys) => {
      await call('send-keys', '-t', session, ...keys);
    },
    screen,
    history: () => capture('-S', '-'),
    resize: async ({ columns, rows }) => {
      await call('resize-window', '-t', session, '-x', `${columns}`, '-y', `${rows}`);
    },
    cursorShown: async () => (await call('display-message', '-p', '-t', session, '#{cursor_flag}')).stdout.trim() === '1',
    until: async (found, limitMs = 60_000) => {
      const deadline = performance.now() + limitMs;
      for (;;) {
        // an output that arrives during the capture causes another look
        const next = nextOutput(deadline - performance.now());
        const shown = await screen();
        const is =
          typeof found === 'string' ? shown.includes(found) : typeof found === 'function' ? found(shown) : found.test(shown);
        if (is || performance.now() > deadline) next.stop();
        if (is) return shown;
        if (performance.now() > deadline) throw new Error(`not on the screen within ${limitMs} ms: ${found}\n${shown}`);
        await next.ended;
      }
    },
  };
}

/** tmux of this machine, or Debian's from the cache. */
async function findTmux(): Promise<{ readonly path: string; readonly env: NodeJS.ProcessEnv }> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(dir, 'tmux');
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return { path, env: {} };
  }
  const root = await unpackedPackages('tmux', ['tmux']);
  const libraries = ['lib', 'usr/lib'].map((path) => join(root, path, libraryFolder)).join(':');
  return { path: join(root, 'usr/bin/tmux'), env: { LD_LIBRARY_PATH: libraries } };
}
