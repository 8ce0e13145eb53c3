import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { EngineApi, filters } from '../../src/docker/api/engine-api.ts';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import { down } from '../../src/docker/embedded/embedded-engine.ts';
import { gradingHomes } from '../../src/docker/embedded/grading-engine.ts';
import { layoutOf } from '../../src/docker/embedded/layout.ts';
import { findContainerd, findDockerd, kill } from '../../src/docker/embedded/processes.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { copyImages } from '../../src/docker/images/copy-images.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import { assets } from '../../src/platform/package-root.ts';
import type { Homes } from '../../src/platform/state-dirs.ts';
import { runLabel } from '../../src/run/journal.ts';
import { readyEngine } from './engine.ts';
import { leftovers, ownHomes, unattended } from './own-engine.ts';

/** A separate grading engine for a test, with a separate state folder. */
export interface OwnGrading {
  readonly homes: Homes;
  /** The environment in which the built program grades on this engine, in English. */
  readonly env: NodeJS.ProcessEnv;
  /** The environment in which `docker` uses this engine. */
  readonly docker: NodeJS.ProcessEnv;
  /** All resources on the engine with our label or name, as the engine reports them, and all entries of its disk for submissions. */
  left(): Promise<string[]>;
  /** Kills its daemons, as in a crash. */
  crash(): Promise<void>;
}

/** Starts a separate grading engine with the tutorial's images below the folder `on`, for `work`. Removes it completely afterwards. */
export async function onOwnGrading(work: (own: OwnGrading) => Promise<void>, on?: string): Promise<void> {
  const own = ownHomes(on);
  const homes = gradingHomes(own.homes);
  const layout = layoutOf(homes);
  const signal = new AbortController().signal;
  const crash = async () => {
    kill(await findDockerd(layout), 'SIGKILL');
    kill(await findContainerd(layout), 'SIGKILL');
  };
  // the test runner sends SIGTERM at its time limit, a few seconds before it kills: too short for daemons to end on their own
  const end = async () => {
    await crash();
    await down(homes).finally(() => process.exit(1));
  };
  process.once('SIGTERM', end);
  try {
    const opening = { choice: 'private', homes, env: process.env, home: homedir(), progress: () => {}, ...unattended } as const;
    const [from, to] = [await readyEngine(), await openEngine({ ...opening, signal })];
    try {
      await copyImages(from, to, await requiredImages(join(assets, 'compose-scale')), signal);
    } finally {
      await Promise.all([from.api.close(), to.api.close()]);
    }
    await work({
      homes: own.homes,
      env: own.env,
      docker: { ...process.env, ...to.compose.env },
      left: async () => [...(await leftOn(to)), ...(existsSync(layout.submissions) ? readdirSync(layout.submissions) : [])],
      crash,
    });
  } finally {
    await down(homes);
    await own.remove();
    process.off('SIGTERM', end);
  }
  assert.equal(leftovers(layout), []);
}

async function leftOn({ api: { endpoint } }: Engine): Promise<string[]> {
  const api = await EngineApi.connect(endpoint);
  try {
    const mine = { filters: filters({ label: [runLabel] }) };
    const ids = async (path: string) => (await api.get<{ Id: string }[]>(path, { ...mine, all: true })).map(({ Id }) => Id);
    const labelled = await Promise.all(['/containers/json', '/networks', '/images/json'].map(ids));
    const [containers, networks, volumes, images] = await Promise.all([
      api.get<{ Names: string[] }[]>('/containers/json', { all: true }),
      api.get<{ Name: string }[]>('/networks'),
      api.get<{ Volumes: { Name: string }[] | null }>('/volumes'),
      api.get<{ RepoTags: string[] | null }[]>('/images/json'),
    ]);
    const names = [...networks.map((one) => one.Name), ...images.flatMap((one) => one.RepoTags ?? [])];
    return [
      ...labelled.flat(),
      // no other program uses this engine
      ...containers.flatMap((one) => one.Names),
      ...(volumes.Volumes ?? []).map((one) => one.Name),
      ...names.filter((name) => name.includes('labwright-')),
    ];
  } finally {
    await api.close();
  }
}
