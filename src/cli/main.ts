#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { ApiError, asLabError } from '../docker/api/api-error.ts';
import { multiLine } from '../formats/untrusted-text.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { isSystemError } from '../platform/system-error.ts';
import { program } from './args.ts';
import { dropUnusableTmpdir, langOf } from './context.ts';

/** Owns the process: the only place that sets exit codes, handles uncaught errors and receives signals. */
const interrupted = new AbortController();
// every active request and command listens
setMaxListeners(0, interrupted.signal);

dropUnusableTmpdir(process.env);

const lang = langOf(process.argv, process.env);

let signals = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    signals += 1;
    if (signals > 1) {
      process.stderr.write(
        lang === 'en'
          ? '\nStopped at once. Remove what is left with: lab clean\n'
          : '\n已立即停止。請用 lab clean 移除殘留的資源。\n',
      );
      process.exit(130);
    }
    interrupted.abort(name);
  });
}
// A closed reader (`lab run | head`) or terminal: the output has no reader, so end cleanly. A full disk ends nothing, and is reported.
let unwritten: NodeJS.ErrnoException | undefined;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error;
    if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') interrupted.abort('SIGPIPE');
  });
}

// An error that no work awaits, as in a listener: the terminal is restored at the exit.
process.on('uncaughtException', (error) => {
  writeInternalError(error);
  process.exit(70);
});

// At the very end, because an error of the last write arrives after it.
process.on('exit', () => {
  if (!unwritten) return;
  const value = lang === 'en' ? 'Not all of the output could be written: ' : '有些輸出無法寫入：';
  process.stderr.write(`${value}${multiLine(unwritten.message)}\n`);
  process.exitCode = 3;
});

// The clock's signals do not keep the process alive; this timer does while work waits for time only.
const awake = setInterval(() => undefined, 60_000);
try {
  process.exitCode = await program(process.argv, lang, interrupted.signal);
} catch (error) {
  process.exitCode = await print(error);
} finally {
  clearInterval(awake);
}
if (interrupted.signal.aborted) {
  // Unfinished work must not keep the process alive: a request without a response, a program that does not end.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((taken) => stream.write('', taken))));
  process.exit();
}

async function print(thrown: unknown): Promise<number> {
  const error = understood(thrown);
  if (error instanceof LabError) {
    const { formatError } = await import('./format-error.ts');
    process.stderr.write(formatError(error, lang, process.stderr.isTTY ? process.stderr.columns : undefined));
    return error.exitCode;
  }
  writeInternalError(error);
  return 70;
}

function writeInternalError(error: unknown): void {
  process.stderr.write(`Internal error in labwright. Please report it with the lines below.\n`);
  process.stderr.write(`${multiLine(String(error instanceof Error ? error.stack : error))}\n`);
}

function understood(thrown: unknown): unknown {
  if (thrown instanceof ApiError || isSystemError(thrown)) return asLabError(thrown);
  // Ctrl-C as the response to a prompt: a terminal in raw mode sends no signal
  const isAbort = thrown instanceof Error && thrown.name === 'AbortError';
  if (!isAbort && !(interrupted.signal.aborted && thrown === interrupted.signal.reason)) return thrown;
  return new LabError(
    'E_INTERRUPTED',
    text('interrupted', '已中斷'),
    text('run the same command again to continue', '再執行一次同樣的指令就會繼續'),
    { cause: thrown },
  );
}
