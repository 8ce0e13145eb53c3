import type { IPty } from '@lydell/node-pty';
import { multiLine } from '../../../formats/untrusted-text.ts';
import type { PtyModule } from './pty.ts';
import { Replay, withoutQuestions } from './replay.ts';
import { sessionProcesses } from './session-processes.ts';

export interface TerminalOptions {
  readonly pty: PtyModule;
  readonly shell: string;
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** How long the shell lives without a page. */
  readonly graceMs?: number;
  /** A page that takes nothing for this long while it stops the shell is dropped. */
  readonly stuckMs?: number;
}

/** A page's end of a connection. */
export interface TerminalPage {
  /** `sent` is called when the browser's connection has taken the bytes. */
  output(bytes: Buffer, sent: () => void): void;
  /** The shell has ended, or could not be started; a new connection starts another one. */
  exited(exitCode: number): void;
  /** Ends the connection of a page that takes nothing any more. */
  drop(): void;
}

export interface TerminalConnection {
  typed(bytes: Buffer): void;
  resize(columns: number, rows: number): void;
  leave(): void;
}

interface Connected {
  readonly page: TerminalPage;
  /** Bytes that the connection has not taken yet. */
  pending: number;
  /** Since when it has taken none of them; see `performance.now`. */
  stuckSinceMs: number;
  size: Size | undefined;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

const replayBytes = 256 * 1024;
/** The shell waits while a page has more than the first, until all have less than the second. */
const highBytes = 1024 * 1024;
const lowBytes = 128 * 1024;
const usualStuckMs = 10_000;
/** From the signal that a terminal was closed to the one that cannot be ignored. */
const killMs = 1000;
/** As shells report a program that they cannot start. */
const notStarted = 127;

/**
 * One shell for all tabs of the page: it starts with the first one, and each shows the same output. What is typed goes to the shell and nowhere else; output is kept in
 * memory only. One tab, in which a person typed last, sets the size and answers the programs' questions to the terminal: two answers would be typed twice.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #replay = new Replay(replayBytes);
  readonly #connected = new Set<Connected>();
  #shell: IPty | undefined;
  /** Shells that are being ended. */
  #ending: Promise<unknown> = Promise.resolve();
  #typist: Connected | undefined;
  #size: Size = { columns: 80, rows: 24 };
  #isPaused = false;
  #stuck: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  connect(page: TerminalPage): TerminalConnection {
    clearTimeout(this.#grace);
    const one: Connected = { page, pending: 0, stuckSinceMs: 0, size: undefined };
    this.#connected.add(one);
    this.#deliver(one, this.#replay.bytes());
    if (!this.#isOver && !this.#shell) this.#start();
    return {
      typed: (bytes) => {
        if (!this.#connected.has(one)) return;
        this.#typist = one;
        if (one.size && one.size !== this.#size) this.#resize(one.size);
        // node-pty passes bytes on as they are
        this.#shell?.write(bytes as unknown as string);
      },
      resize: (columns, rows) => {
        one.size = { columns, rows };
        if (one === this.#leader) this.#resize(one.size);
      },
      leave: () => this.#left(one),
    };
  }

  /** Ends the shell and what it started, now. Resolves when the shell has ended, and all others have ended or were killed. */
  async end(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#grace);
    this.#endShell();
    await this.#ending;
  }

  /** The tab in which a person typed last; before, and after it left, the last one that connected. */
  get #leader(): Connected | undefined {
    return this.#typist ?? [...this.#connected].at(-1);
  }

  #start(): void {
    const { pty, shell, dir, env } = this.#options;
    const { columns: cols, rows } = this.#size;
    let started: IPty;
    try {
      // without an encoding: bytes, as the page receives them
      started = pty.spawn(shell, [], { name: 'xterm-256color', cwd: dir, env: { ...env }, cols, rows, encoding: null });
    } catch (error) {
      // the system has no more processes or terminals
      const why = multiLine(String(error));
      this.#output(Buffer.from(`labwright: no shell could be started: ${why}\r\nlabwright：無法啟動 shell：${why}\r\n`));
      this.#disconnect(notStarted);
      return;
    }
    this.#shell = started;
    started.onData((data) => {
      if (this.#shell === started) this.#output(data as unknown as Buffer);
    });
    started.onExit(({ exitCode }) => {
      if (this.#shell === started) this.#disconnect(exitCode);
    });
  }

  #resize(size: Size): void {
    this.#size = size;
    try {
      this.#shell?.resize(size.columns, size.rows);
    } catch {
      // its terminal is closed: it is about to end, or has closed it
    }
  }

  #output(bytes: Buffer): void {
    this.#replay.add(bytes);
    const leader = this.#leader;
    for (const one of this.#connected) this.#deliver(one, one === leader ? bytes : withoutQuestions(bytes));
  }

  /** Ends the connections: there is no shell. */
  #disconnect(exitCode: number): void {
    this.#forget();
    for (const { page } of this.#connected) page.exited(exitCode);
    this.#connected.clear();
    this.#typist = undefined;
  }

  /** The next connection starts another shell. */
  #forget(): void {
    this.#shell = undefined;
    this.#isPaused = false;
    clearTimeout(this.#stuck);
    this.#replay.clear();
  }

  #left(one: Connected): void {
    if (!this.#connected.delete(one)) return;
    if (this.#typist === one) this.#typist = undefined;
    this.#regulate();
    if (this.#connected.size > 0 || this.#isOver) return;
    this.#grace = setTimeout(() => this.#endShell(), this.#options.graceMs ?? 30_000).unref();
  }

  #deliver(one: Connected, bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (one.pending === 0) one.stuckSinceMs = performance.now();
    one.pending += bytes.length;
    one.page.output(bytes, () => {
      one.pending -= bytes.length;
      one.stuckSinceMs = performance.now();
      this.#regulate();
    });
    this.#regulate();
  }

  /** Stops reading from the shell while a page is slow: the kernel then stops the program that prints. */
  #regulate(): void {
    const all = [...this.#connected];
    if (!this.#isPaused && all.some(({ pending }) => pending > highBytes)) {
      this.#isPaused = true;
      this.#shell?.pause();
      this.#dropStuck();
    } else if (this.#isPaused && all.every(({ pending }) => pending < lowBytes)) {
      this.#isPaused = false;
      clearTimeout(this.#stuck);
      this.#shell?.resume();
    }
  }

  /** Drops the pages that have taken nothing for too long, again and again while the shell waits. */
  #dropStuck(): void {
    const { stuckMs = usualStuckMs } = this.#options;
    const since = performance.now() - stuckMs;
    for (const one of this.#connected)
      if (one.pending >= lowBytes && one.stuckSinceMs <= since) {
        one.page.drop();
        this.#left(one);
      }
    if (this.#isPaused) this.#stuck = setTimeout(() => this.#dropStuck(), stuckMs / 10).unref();
  }

  #endShell(): void {
    const shell = this.#shell;
    if (!shell) return;
    if (this.#isPaused) shell.resume();
    this.#forget();
    this.#ending = Promise.all([this.#ending, endSession(shell)]);
  }
}

/** Ends a shell and what it started. */
async function endSession(shell: IPty): Promise<void> {
  const { pid } = shell;
  const ended = new Promise<void>((resolve) => void shell.onExit(() => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, killMs);
  });
  signalSession(pid, 'SIGHUP');
  await Promise.race([ended, deadline]);
  if (isAlive(pid)) {
    await deadline;
    signalSession(pid, 'SIGKILL');
    await ended;
  }
  clearTimeout(timer);
}

/** The shell's process group, and on Linux everything in its session: background jobs have groups of their own. */
function signalSession(session: number, signal: NodeJS.Signals): void {
  for (const pid of [-session, ...sessionProcesses(session)]) {
    try {
      process.kill(pid, signal);
      // a stopped program receives the signal when it continues
      if (signal === 'SIGHUP') process.kill(pid, 'SIGCONT');
    } catch {
      // it ended meanwhile, or belongs to another user
    }
  }
}

function isAlive(session: number): boolean {
  if (sessionProcesses(session).length > 0) return true;
  try {
    process.kill(-session, 0);
    return true;
  } catch {
    return false;
  }
}
