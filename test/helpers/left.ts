import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { filters } from '../../src/docker/api/engine-api.ts';
import { runVariable } from '../../src/docker/compose/orphans.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { runLabel, runsDir } from '../../src/run/journal.ts';
import { namedAfter } from './kill.ts';
import type { SmallRun } from './small.ts';

/** What carries a run's label: asked of the engine itself, not of what removes it. */
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

/** The processes of this machine that a run's commands have started. */
export const processesOf = (run: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${runVariable}=${run}\0`);
    } catch {
      return false; // it has ended meanwhile
    }
  });

/** Nothing of a run is on the engine, in its folder, or at work. */
export async function assertNothingLeft(engine: Engine, run: SmallRun): Promise<void> {
  assert.equal(await labelled(engine, run.runId), []);
  assert.equal(await namedAfter(engine, run.runId), []);
  assert.equal(processesOf(run.runId), []);
  assert.equal(readdirSync(join(runsDir(run.homes))), []);
}
