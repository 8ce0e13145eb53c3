import { readdir, readFile } from 'node:fs/promises';

/** Every command of a run has this in its environment, with the run's ID: so what outlived its run can be found. */
export const runVariable = 'LABWRIGHT_RUN';

/** Processes that carry a run's mark in their environment. Empty where there is no /proc. */
async function marked(runId: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // gone meanwhile, or somebody else's: not one of ours
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environ.split('\0').includes(`${runVariable}=${runId}`) ? pid : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined && pid !== process.pid) as number[];
}

/** Ends the commands of a run that was killed, and waits until they are gone. True if there were any. */
export async function endOrphans(runId: string): Promise<boolean> {
  let any = false;
  for (let pids = await marked(runId); pids.length > 0; pids = await marked(runId)) {
    any = true;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
  return any;
}
