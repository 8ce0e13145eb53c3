import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor, runBin, startBin } from './bin.ts';
import { folder } from './folder.ts';

/** Kills runs of the whole tutorial at random times (up to `withinMs`). After each kill, `lab clean` must remove the run's resources. */
export async function killAtRandom(engine: Engine, times: number, withinMs: number): Promise<void> {
  const runs: string[] = [];
  for (let time = 0; time < times; time++) {
    const env = envFor(engine, folder());
    const started = startBin(['run'], env);
    const moment = Math.round(Math.random() * withinMs);
    await Promise.race([setTimeout(moment, undefined, { ref: true }), started.ended]);
    started.child.kill('SIGKILL');
    const { signal, exitCode } = await started.ended;
    const { exitCode: cleaned, stdout, stderr } = await runBin(['clean'], env);
    const output = `killed at ${moment} ms (${signal ?? exitCode}): ${stdout}${stderr}`;
    assert.is(cleaned, 0, output);
    assert.is((await runBin(['clean', '--dry-run'], env)).stdout, 'nothing is left behind\n', output);
    // finds resources by the run's name, independently of the journal
    const run = /labwright-([0-9a-f]{8})/.exec(stdout)?.[1];
    if (run) runs.push(run);
    if (run) assert.equal(await namedAfter(engine, run), [], output);
  }
  // resources that the engine was still creating during `lab clean` exist by now
  for (const run of runs) assert.equal(await namedAfter(engine, run), [], `late leftovers of ${run}`);
}

/** Everything on the engine with the run's ID in its name. Asks the engine directly, not the code that removes resources. */
export async function namedAfter(engine: Engine, run: string): Promise<string[]> {
  const [containers, networks, volumes, images] = await Promise.all([
    engine.api.get<{ Names: string[] }[]>('/containers/json', { all: true }),
    engine.api.get<{ Name: string }[]>('/networks'),
    engine.api.get<{ Volumes: { Name: string }[] | null }>('/volumes'),
    engine.api.get<{ RepoTags: string[] | null }[]>('/images/json'),
  ]);
  const names = [
    ...containers.flatMap((one) => one.Names),
    ...networks.map((one) => one.Name),
    ...(volumes.Volumes ?? []).map((one) => one.Name),
    ...images.flatMap((one) => one.RepoTags ?? []),
  ];
  return names.filter((name) => name.includes(run));
}
