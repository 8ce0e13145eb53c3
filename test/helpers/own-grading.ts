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

/** A grading engine of the test's own, and a state folder with it. */
export interface OwnGrading {
  readonly homes: Homes;
  /** What makes the built program grade on it, in English. */
  readonly env: NodeJS.ProcessEnv;
  /** What makes `docker` ask it. */
  readonly docker: NodeJS.ProcessEnv;
  /** All that is on it by a label or a name of ours, asked of the engine and not of what removes it, and on its disk for submissions. */
  left(): Promise<string[]>;
  /** Ends its daemons as a crash would. */
  crash(): Promise<void>;
}

/** Brings one up with the tutorial's images, for `work` alone, below the folder `on`; afterwards nothing of it is on the host. */
export async function onOwnGrading(work: (own: OwnGrading) => Promise<void>, on?: string): Promise<void> {
  const own = ownHomes(on);
  const homes = gradingHomes(own.homes);
  const layout = layoutOf(homes);
  const signal = new AbortController().signal;
  const crash = async () => {
    kill(await findDockerd(layout), 'SIGKILL');
    kill(await findContainerd(layout), 'SIGKILL');
  };
  // the runner's time limit, which leaves a few seconds: too little for daemons to end in peace
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
    await own.away();
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
      // nobody else works on this engine
      ...containers.flatMap((one) => one.Names),
      ...(volumes.Volumes ?? []).map((one) => one.Name),
      ...names.filter((name) => name.includes('labwright-')),
    ];
  } finally {
    await api.close();
  }
}
