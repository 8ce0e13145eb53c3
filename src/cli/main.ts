#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { ApiError, asLabError } from '../engine/api-error.ts';
import { LabError } from '../lab/error.ts';
import { program } from './args.ts';
import { langOf } from './context.ts';

/** The process's owner: the only place that sets exit codes, catches what nobody else did, and hears signals. */
const interrupted = new AbortController();
// every request and command under way listens
setMaxListeners(0, interrupted.signal);

let signals = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    signals += 1;
    if (signals > 1) process.exit(130);
    interrupted.abort(name);
  });
}
// A reader that went away (`lab run | head`) wants no more: end orderly.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interrupted.abort('SIGPIPE');
  });
}

try {
  process.exitCode = await program(process.argv, interrupted.signal);
} catch (error) {
  process.exitCode = tell(error);
}

function tell(thrown: unknown): number {
  const error = thrown instanceof ApiError ? asLabError(thrown) : thrown;
  if (error instanceof LabError) {
    const lang = process.argv.includes('zh-TW') ? 'zh-TW' : langOf(process.env);
    process.stderr.write(`error ${error.code}: ${error.text[lang]}\nhint: ${error.hint[lang]}\n`);
    return error.exitCode;
  }
  process.stderr.write(`labwright met a bug of its own. Please report it with the lines below.\n`);
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 70;
}
