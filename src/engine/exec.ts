import { randomBytes } from 'node:crypto';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { ExecResult } from '../lab/world.ts';
import { demultiplex, type EngineApi } from './api.ts';
import { ApiError } from './api-error.ts';
import { printable } from './compose.ts';
import { joinScripts, splitSaid } from './exec-together.ts';
import { ourWord } from './traffic.ts';

const capBytes = 1_000_000;

/** Reads a stream to its end, to the cap, until `enough`, or until the signal; then lets go of it. */
async function read(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  enough?: (bytes: Buffer) => boolean,
): Promise<{ bytes: Buffer; ended: boolean }> {
  const reader = stream.getReader();
  const letGo = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', letGo, { once: true });
  // one that was aborted before says so no more
  if (signal.aborted) letGo();
  let bytes = Buffer.alloc(0);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { bytes, ended: !signal.aborted };
      bytes = Buffer.concat([bytes, value]);
      if (bytes.length >= capBytes || enough?.(bytes)) return { bytes, ended: true };
    }
  } finally {
    signal.removeEventListener('abort', letGo);
    letGo();
  }
}

/** Scripts that were asked for in this turn of the event loop, by the container that they are for. */
const asked = new WeakMap<EngineApi, Map<string, Asked[]>>();

interface Asked {
  readonly script: string;
  readonly timeoutMs: number;
  resolve(said: ExecResult): void;
  reject(error: unknown): void;
}

/**
 * Runs a script by `sh -c` in a running container. An exec costs the engine some 60 ms, so those that are asked for at the same moment
 * share one, and run in it one after another. Throws LabError E_PROBE where it can't be run or does not end in time.
 */
export function exec(api: EngineApi, containerId: string, script: string, timeoutMs: number): Promise<ExecResult> {
  const here = asked.get(api) ?? new Map<string, Asked[]>();
  asked.set(api, here);
  return new Promise((resolve, reject) => {
    const one = { script, timeoutMs, resolve, reject };
    const others = here.get(containerId);
    if (others) return void others.push(one);
    const all = [one];
    here.set(containerId, all);
    setImmediate(() => {
      here.delete(containerId);
      void execAll(api, containerId, all);
    });
  });
}

async function execAll(api: EngineApi, containerId: string, all: readonly Asked[]): Promise<void> {
  const [only] = all;
  const mark = randomBytes(8).toString('hex');
  const script =
    all.length === 1 && only
      ? only.script
      : joinScripts(
          all.map((one) => one.script),
          mark,
        );
  const timeoutMs = all.reduce((sum, one) => sum + one.timeoutMs, 0);
  try {
    const said = await execOne(api, containerId, script, timeoutMs);
    const each = all.length === 1 ? [said] : splitSaid(said, mark, all.length);
    for (const [at, one] of all.entries()) one.resolve(each[at] ?? said);
  } catch (error) {
    for (const one of all) one.reject(error);
  }
}

async function execOne(api: EngineApi, containerId: string, script: string, timeoutMs: number): Promise<ExecResult> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const made = await api.post<{ Id: string }>(
      `/containers/${containerId}/exec`,
      {},
      {
        Cmd: ['sh', '-c', script, ourWord],
        AttachStdout: true,
        AttachStderr: true,
      },
    );
    if (!made) throw new ApiError(500, 'no exec was made');
    const { bytes, ended } = await read(
      await api.stream('POST', `/exec/${made.Id}/start`, {}, { Detach: false, Tty: false }),
      signal,
    );
    if (!ended) {
      throw new LabError(
        'E_PROBE',
        text(
          `a probe in container ${containerId.slice(0, 12)} did not end within ${timeoutMs} ms`,
          `容器 ${containerId.slice(0, 12)} 裡的探測沒有在 ${timeoutMs} 毫秒內結束`,
        ),
        text('see whether the machine is overloaded, then run it again', '看看這台機器是否太忙，再執行一次'),
      );
    }
    const { ExitCode } = await api.get<{ ExitCode: number | null }>(`/exec/${made.Id}/json`);
    const said = demultiplex(bytes);
    return { exitCode: ExitCode ?? 1, stdout: printable(said.stdout), stderr: printable(said.stderr) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new LabError(
      'E_PROBE',
      text(
        `the engine ran no probe in container ${containerId.slice(0, 12)}: ${error.message}`,
        `引擎無法在容器 ${containerId.slice(0, 12)} 裡執行探測：${error.message}`,
      ),
      text('see whether that container still runs: `docker ps -a`', '用 `docker ps -a` 看看那個容器是否還在執行'),
      { cause: error },
    );
  }
}

/**
 * A container's log from its last `lines` on, or since a time of the engine's. With `until`, follows it until that is true of the text or `timeoutMs` have passed:
 * a line can be a moment later than the answer that it is about.
 */
export async function containerLog(
  api: EngineApi,
  containerId: string,
  options: { lines: number; until?: (log: string) => boolean; since?: string; timeoutMs: number },
): Promise<string> {
  const said = (bytes: Buffer) => printable(asItCame(bytes));
  const { until } = options;
  const stream = await api.stream('GET', `/containers/${containerId}/logs`, {
    stdout: true,
    stderr: true,
    tail: options.lines,
    follow: until !== undefined,
    since: options.since && Date.parse(options.since) / 1000,
  });
  const { bytes } = await read(stream, AbortSignal.timeout(options.timeoutMs), until && ((so_far) => until(said(so_far))));
  return said(bytes);
}

/** A log's text, stdout and stderr as they came. Where the container has a terminal there are no frames, but the text alone. */
function asItCame(bytes: Buffer): string {
  const framed = bytes.length >= 8 && bytes.readUInt8(0) <= 2 && bytes.readUIntBE(1, 3) === 0;
  if (!framed) return bytes.toString('utf8');
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
