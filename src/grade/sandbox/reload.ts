import { readFile } from 'node:fs/promises';
import { ApiError } from '../../docker/api/api-error.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import type { Reload } from '../../lab/stack.ts';
import type { Clock } from '../../run/clock.ts';

/** How long a reload may take; nginx waits 0.1 s before the processes before it end. */
const reloadMs = 2000;
const tickMs = 10;

/**
 * Lets a container's main process read its configuration again. False: this cannot be seen, or did not happen in time, for example because the engine
 * is on another machine, or because the configuration is wrong. Throws ApiError.
 */
export async function reload(api: EngineApi, id: string, { signal, accepts }: Reload, clock: Clock): Promise<boolean> {
  const { State } = await api.get<{ State: { Pid: number } }>(`/containers/${id}/json`);
  const before = await accepting(id, State.Pid, accepts);
  if (before.length === 0) return false;
  try {
    await api.post(`/containers/${id}/kill`, { signal });
  } catch (error) {
    // it has just ended
    if (error instanceof ApiError && [404, 409].includes(error.status)) return false;
    throw error;
  }
  const enough = clock.after(reloadMs);
  while (!enough.aborted) {
    const now = await accepting(id, State.Pid, accepts);
    if (now.length > 0 && !now.some((pid) => before.includes(pid))) return true;
    await clock.wait(tickMs);
  }
  return false;
}

/** The processes below a container's main process that accept connections; none if the container is not on this machine. */
async function accepting(id: string, main: number, accepts: Reload['accepts']): Promise<number[]> {
  if (main <= 0 || !(await ofProcess(main, 'cgroup')).includes(id)) return [];
  const found: number[] = [];
  for (let pids = [main]; pids.length > 0; pids = (await Promise.all(pids.map(childrenOf))).flat())
    for (const pid of pids) if (accepts((await ofProcess(pid, 'cmdline')).replaceAll('\0', ' '))) found.push(pid);
  return found;
}

const childrenOf = async (pid: number): Promise<number[]> =>
  (await ofProcess(pid, `task/${pid}/children`)).split(' ').filter(Boolean).map(Number);

/** A file of /proc (man 5 proc); empty if the process has ended. */
const ofProcess = (pid: number, name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
