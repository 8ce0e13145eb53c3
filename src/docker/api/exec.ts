import { randomBytes } from 'node:crypto';
import { withoutControls } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { ExecResult } from '../../lab/world.ts';
import { capBytes, read } from '../../platform/read-stream.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { ApiError } from './api-error.ts';
import { demultiplex, type EngineApi, filters } from './engine-api.ts';
import { joinScripts, splitResults } from './exec-batch.ts';
import { ourWord, parseEvents, parseExecEnd } from './exec-events.ts';
import { openSession, type Session } from './exec-session.ts';

/** Scripts requested in this turn of the event loop, by container. */
const asked = new WeakMap<EngineApi, Map<string, Asked[]>>();

interface Asked {
  readonly script: string;
  readonly timeoutMs: number;
  resolve(result: ExecResult): void;
  reject(error: unknown): void;
}

/**
 * Runs a script with `sh -c` in a running container. An exec costs the engine about 60 ms, so scripts that are requested at the same moment share one
 * and run in sequence. `alone`: the script waits for something and would delay the others, so it gets its own exec. Throws LabError E_PROBE if it
 * cannot run, breaks off, or does not end in time.
 */
export function exec(
  api: EngineApi,
  containerId: string,
  script: string,
  timeoutMs: number,
  alone?: 'alone',
): Promise<ExecResult> {
  if (alone) return execOne(api, containerId, script, timeoutMs);
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
    const result = await execOne(api, containerId, script, timeoutMs);
    const each = all.length === 1 ? [result] : splitResults(result, mark, all.length);
    for (const [at, one] of all.entries()) {
      const its = each[at];
      if (its) one.resolve(its);
      else one.reject(brokeOff(containerId, result.exitCode));
    }
  } catch (error) {
    for (const one of all) one.reject(error);
  }
}

const brokeOff = (containerId: string, exitCode: number): LabError =>
  new LabError(
    'E_PROBE',
    text(
      `the probes in container ${containerId.slice(0, 12)} broke off (exit code ${exitCode})`,
      `容器 ${containerId.slice(0, 12)} 裡的探測中斷了（結束碼 ${exitCode}）`,
    ),
    text('check whether that container is still running: `docker ps -a`', '請用 `docker ps -a` 檢查該容器是否還在執行'),
  );

/** The free sessions, by container. */
const idle = new WeakMap<EngineApi, Map<string, Session[]>>();

/** Runs a script in a session; undefined if no session can be opened, or if it ended before the script did. */
async function inSession(
  api: EngineApi,
  containerId: string,
  script: string,
  signal: AbortSignal,
): Promise<ExecResult | undefined> {
  const here = idle.get(api) ?? new Map<string, Session[]>();
  idle.set(api, here);
  const free = (here.get(containerId) ?? []).filter(({ ended }) => !ended);
  const session = free.shift() ?? (await openSession(api, containerId));
  here.set(containerId, free);
  const result = await session?.run(script, signal);
  if (session && !session.ended) here.set(containerId, [...(here.get(containerId) ?? []), session]);
  return result;
}

/** Opens a session before the first script. If this fails, the first script fails for the same reason and reports it. */
export async function openAhead(api: EngineApi, containerId: string): Promise<void> {
  const session = await openSession(api, containerId).catch(() => undefined);
  if (!session) return;
  const here = idle.get(api) ?? new Map<string, Session[]>();
  idle.set(api, here);
  here.set(containerId, [...(here.get(containerId) ?? []), session]);
}

/** The exit code of an exec, the output of which has ended. The engine may record it a moment later: then its event is waited for. */
async function exitCodeOf(
  api: EngineApi,
  { containerId, execId }: { readonly containerId: string; readonly execId: string },
  signal: AbortSignal,
): Promise<number> {
  const { ExitCode } = await api.get<{ ExitCode: number | null }>(`/exec/${execId}/json`);
  if (ExitCode !== null) return ExitCode;
  const own = filters({ type: ['container'], container: [containerId], event: ['exec_die'] });
  const events = await api.stream('GET', '/events', { filters: own, since: '1' });
  const codeIn = (bytes: Buffer) =>
    parseEvents(bytes)
      .map(parseExecEnd)
      .find((end) => end?.id === execId)?.exitCode;
  const code = codeIn(await read(events, signal, { enough: (bytes) => codeIn(bytes) !== undefined, cut: (bytes) => bytes }));
  if (code === undefined) throw new ApiError(500, 'the engine has no record of how it ended');
  return code;
}

async function execOne(api: EngineApi, containerId: string, script: string, timeoutMs: number): Promise<ExecResult> {
  const short = containerId.slice(0, 12);
  try {
    return await withTimeout(timeoutMs, text(`a probe in container ${short}`, `容器 ${short} 裡的探測`), async (signal) => {
      const answer = await inSession(api, containerId, script, signal);
      if (answer) return { ...answer, stdout: withoutControls(answer.stdout), stderr: withoutControls(answer.stderr) };
      const made = await api.post<{ Id: string }>(
        `/containers/${containerId}/exec`,
        {},
        { Cmd: ['sh', '-c', script, ourWord], AttachStdout: true, AttachStderr: true },
      );
      if (!made) throw new ApiError(500, 'no exec was made');
      const stream = await api.stream('POST', `/exec/${made.Id}/start`, {}, { Detach: false, Tty: false });
      const bytes = await read(stream, signal);
      const result = demultiplex(bytes);
      // what prints without end still runs, and has no exit code
      const exitCode = bytes.length >= capBytes ? 1 : await exitCodeOf(api, { containerId, execId: made.Id }, signal);
      return { exitCode, stdout: withoutControls(result.stdout), stderr: withoutControls(result.stderr) };
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new LabError(
      'E_PROBE',
      text(
        `the engine could not run a probe in container ${short}: ${error.message}`,
        `引擎無法在容器 ${short} 裡執行探測：${error.message}`,
      ),
      text('check whether that container is still running: `docker ps -a`', '請用 `docker ps -a` 檢查該容器是否還在執行'),
      { cause: error },
    );
  }
}
