import { readdir, readFile } from 'node:fs/promises';

/** Each command of a run has this variable in its environment, with the run's ID, so that processes that outlive the run can be found. */
export const runVariable = 'LABWRIGHT_RUN';

/** Processes whose environment contains the run's ID. Empty on systems without /proc. */
async function marked(runId: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // ended meanwhile, or of another user: not one of ours
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environ.split('\0').includes(`${runVariable}=${runId}`) ? pid : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined && pid !== process.pid) as number[];
}

/** Ends the remaining commands of a run that was killed and waits for their end. True if there were any. */
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
