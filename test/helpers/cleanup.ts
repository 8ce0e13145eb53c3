import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { filters } from '../../src/docker/api/engine-api.ts';
import { runVariable } from '../../src/docker/compose/orphans.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { runLabel, runsDir } from '../../src/run/journal.ts';
import { namedAfter } from './kill.ts';
import type { SmallRun } from './small.ts';

/** The resources with a run's label. Asks the engine directly, not the code that removes resources. */
export async function labelled(engine: Engine, run: string): Promise<string[]> {
  const mine = { filters: filters({ label: [`${runLabel}=${run}`] }) };
  const [containers, networks, volumes, images] = await Promise.all([
    engine.api.get<{ Id: string }[]>('/containers/json', { ...mine, all: true }),
    engine.api.get<{ Id: string }[]>('/networks', mine),
    engine.api.get<{ Volumes: { Name: string }[] | null }>('/volumes', mine),
    engine.api.get<{ Id: string }[]>('/images/json', mine),
  ]);
  return [...containers, ...networks, ...images].map(({ Id }) => Id).concat((volumes.Volumes ?? []).map(({ Name }) => Name));
}

/** The processes on this machine that a run's commands started. */
export const processesOf = (run: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${runVariable}=${run}\0`);
    } catch {
      return false; // the process has ended
    }
  });

/** Asserts that a run has no resources on the engine, no processes, and no files in the folder of runs. */
export async function assertNothingLeft(engine: Engine, run: SmallRun): Promise<void> {
  assert.equal(await labelled(engine, run.runId), []);
  assert.equal(await namedAfter(engine, run.runId), []);
  assert.equal(processesOf(run.runId), []);
  assert.equal(readdirSync(join(runsDir(run.homes))), []);
}
