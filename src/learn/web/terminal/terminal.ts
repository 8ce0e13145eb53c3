import type { IPty } from '@lydell/node-pty';
import type { PtyModule } from './pty.ts';
import { Replay } from './replay.ts';
import { sessionProcesses } from './session-processes.ts';

export interface TerminalOptions {
  readonly pty: PtyModule;
  readonly shell: string;
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** How long the shell lives without a page. */
  readonly graceMs?: number;
}

/** A page's end of a connection. */
export interface TerminalPage {
  /** `sent` is called when the browser's connection has taken the bytes. */
  output(bytes: Buffer, sent: () => void): void;
  /** The shell has ended; a new connection starts another one. */
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
}

const replayBytes = 256 * 1024;
/** The shell waits while a page has more than the first, until all have less than the second. */
const highBytes = 1024 * 1024;
const lowBytes = 128 * 1024;
/** A page that takes nothing for this long must not stop the shell for the others. */
const stuckMs = 10_000;
/** From the signal that a terminal was closed to the one that cannot be ignored. */
const killMs = 1000;
const pollMs = 20;

/**
 * One shell for all tabs of the page: it starts with the first one, and each shows the same output. What is typed goes to the shell and nowhere else; output is kept in
 * memory only.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #replay = new Replay(replayBytes);
  readonly #connected = new Set<Connected>();
  #shell: IPty | undefined;
  #size = { columns: 80, rows: 24 };
  #isPaused = false;
  #stuck: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  connect(page: TerminalPage): TerminalConnection {
    clearTimeout(this.#grace);
    const one: Connected = { page, pending: 0 };
    this.#connected.add(one);
    const before = this.#replay.bytes();
    if (before.length > 0) this.#deliver(one, before);
    if (!this.#isOver) this.#shell ??= this.#start();
    return {
      typed: (bytes) => {
        // node-pty passes bytes on as they are
        if (this.#connected.has(one)) this.#shell?.write(bytes as unknown as string);
      },
      resize: (columns, rows) => {
        this.#size = { columns, rows };
        this.#shell?.resize(columns, rows);
      },
      leave: () => this.#left(one),
    };
  }

  /** Ends the shell and what it started, now. Resolves when they have ended. */
  async end(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#grace);
    await this.#endShell();
  }

  #start(): IPty {
    const { pty, shell, dir, env } = this.#options;
    this.#replay.clear();
    const { columns: cols, rows } = this.#size;
    // without an encoding: bytes, as the page receives them
    const started = pty.spawn(shell, [], { name: 'xterm-256color', cwd: dir, env: { ...env }, cols, rows, encoding: null });
    started.onData((data) => this.#output(data as unknown as Buffer));
    started.onExit(({ exitCode }) => this.#exited(started, exitCode));
    return started;
  }

  #output(bytes: Buffer): void {
    this.#replay.add(bytes);
    for (const one of this.#connected) this.#deliver(one, bytes);
  }

  #exited(shell: IPty, exitCode: number): void {
    if (this.#shell !== shell) return;
    this.#shell = undefined;
    this.#isPaused = false;
    clearTimeout(this.#stuck);
    this.#replay.clear();
    for (const { page } of this.#connected) page.exited(exitCode);
    this.#connected.clear();
  }

  #left(one: Connected): void {
    if (!this.#connected.delete(one)) return;
    this.#regulate();
    if (this.#connected.size > 0 || this.#isOver) return;
    this.#grace = setTimeout(() => void this.#endShell(), this.#options.graceMs ?? 30_000).unref();
  }

  #deliver(one: Connected, bytes: Buffer): void {
    one.pending += bytes.length;
    one.page.output(bytes, () => {
      one.pending -= bytes.length;
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
      this.#stuck = setTimeout(() => this.#dropStuck(), stuckMs).unref();
    } else if (this.#isPaused && all.every(({ pending }) => pending < lowBytes)) {
      this.#isPaused = false;
      clearTimeout(this.#stuck);
      this.#shell?.resume();
    }
  }

  #dropStuck(): void {
    for (const one of this.#connected)
      if (one.pending >= lowBytes) {
        one.page.drop();
        this.#left(one);
      }
  }

  async #endShell(): Promise<void> {
    const { pid } = this.#shell ?? {};
    if (pid === undefined) return;
    signalSession(pid, 'SIGHUP');
    const deadline = performance.now() + killMs;
    while (isAlive(pid) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, pollMs));
    signalSession(pid, 'SIGKILL');
  }
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
