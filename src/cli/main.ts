#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { ApiError, asLabError } from '../docker/api/api-error.ts';
import { multiLine } from '../formats/untrusted-text.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { isSystemError } from '../platform/system-error.ts';
import { program } from './args.ts';
import { dropUnusableTmpdir, langOf } from './context.ts';

/** The process's owner: the only place that sets exit codes, catches what nobody else did, and hears signals. */
const interrupted = new AbortController();
// every request and command under way listens
setMaxListeners(0, interrupted.signal);

dropUnusableTmpdir(process.env);

const lang = langOf(process.argv, process.env);

let signals = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    signals += 1;
    if (signals > 1) {
      process.stderr.write(
        lang === 'en' ? '\nStopped at once. What is left: lab clean\n' : '\n已立即停止。殘留的東西請用 lab clean 移除。\n',
      );
      process.exit(130);
    }
    interrupted.abort(name);
  });
}
// A reader that went away (`lab run | head`), a closed terminal: nobody reads on, so end orderly. A full disk ends nothing, and is told.
let unwritten: NodeJS.ErrnoException | undefined;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error;
    if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') interrupted.abort('SIGPIPE');
  });
}

// At the very end: what the last write met is heard after it.
process.on('exit', () => {
  if (!unwritten) return;
  const value = lang === 'en' ? 'Not all of the output could be written: ' : '有些輸出無法寫入：';
  process.stderr.write(`${value}${multiLine(unwritten.message)}\n`);
  process.exitCode = 3;
});

// The clock's signals hold no process: where work waits for time alone, this does.
const awake = setInterval(() => undefined, 60_000);
try {
  process.exitCode = await program(process.argv, lang, interrupted.signal);
} catch (error) {
  process.exitCode = await print(error);
} finally {
  clearInterval(awake);
}
if (interrupted.signal.aborted) {
  // What was left in the middle must not hold the process: a request without an answer, a program that does not end.
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
  process.stderr.write(`labwright met a bug of its own. Please report it with the lines below.\n`);
  process.stderr.write(`${multiLine(String(error instanceof Error ? error.stack : error))}\n`);
  return 70;
}

function understood(thrown: unknown): unknown {
  if (thrown instanceof ApiError || isSystemError(thrown)) return asLabError(thrown);
  // Ctrl-C as the answer to a question: a terminal that is read key by key makes no signal of it
  const isAbort = thrown instanceof Error && thrown.name === 'AbortError';
  if (!isAbort && !(interrupted.signal.aborted && thrown === interrupted.signal.reason)) return thrown;
  return new LabError(
    'E_INTERRUPTED',
    text('interrupted', '已中斷'),
    text('the same command again goes on from here', '再執行一次同樣的指令就會繼續'),
    { cause: thrown },
  );
}
