import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import { upFrom } from '../../src/docker/embedded/embedded-engine.ts';
import { type Archive, findArchive } from '../../src/docker/embedded/packages/distribution.ts';
import { packagesRoot } from '../../src/docker/embedded/packages/packages.ts';
import { findContainerd, findDockerd, kill } from '../../src/docker/embedded/processes.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import { loadImages, saveImages } from '../../src/docker/images/save-load.ts';
import { assets } from '../../src/platform/package-root.ts';
import { type Generation, type GenerationName, generations } from '../fixtures/generations.ts';
import { readyEngine } from './engine.ts';
import { folder } from './folder.ts';
import { leftovers, type OwnEngine, ownHomes, unattended } from './own-engine.ts';

/** An engine of another generation, with the tutorial's images. */
export interface OnGeneration {
  /** The engine that the program finds with `env`. */
  readonly engine: Engine;
  /** The environment in which the built program uses this engine, its Compose and a separate state folder, in English. */
  readonly env: NodeJS.ProcessEnv;
  /** Kills its dockerd, as in a crash. */
  crash(): Promise<void>;
}

/** Starts a separate engine of this generation for `work`, and removes it completely afterwards. */
export async function onGeneration(name: GenerationName, work: (on: OnGeneration) => Promise<void>): Promise<void> {
  const usual = await findArchive();
  if (!usual.ok) throw new Error(usual.reason.en);
  const generation = generations[name];
  const archive = generation.archive(usual.archive);
  const own = ownHomes();
  const crash = async () => kill(await findDockerd(own.layout), 'SIGKILL');
  // the test runner sends SIGTERM at its time limit, a few seconds before it kills: too short for daemons to end on their own
  const end = async () => {
    await crash();
    kill(await findContainerd(own.layout), 'SIGKILL');
    await own.remove().finally(() => process.exit(1));
  };
  process.once('SIGTERM', end);
  try {
    const { env } = await start(own, archive, generation);
    const bin = join(own.homes.state, 'bin');
    const on = await open({ ...env, PATH: `${bin}:${env['PATH']}` });
    try {
      await loadImages(on.engine, await savedImages(), quiet);
      await work({ ...on, crash });
    } finally {
      await on.engine.api.close();
    }
  } finally {
    await own.remove();
    process.off('SIGTERM', end);
  }
  assert.equal(leftovers(own.layout), []);
}

const quiet = { progress: () => {}, signal: new AbortController().signal };

async function start(own: OwnEngine, archive: Archive, generation: Generation) {
  const { layout, homes } = own;
  mkdirSync(layout.dir, { recursive: true });
  writeFileSync(layout.settings, JSON.stringify(generation.settings));
  Object.assign(process.env, generation.env);
  try {
    const engine = await upFrom(archive, homes, unattended);
    if (generation.composeLine === 'docker-compose') writeCompose(own, archive);
    return engine;
  } finally {
    for (const name of Object.keys(generation.env)) delete process.env[name];
  }
}

/** Writes `docker-compose` version 1, which runs on the Python from the same packages; hides a plugin of the host. */
function writeCompose({ layout, homes }: OwnEngine, archive: Archive): void {
  const root = packagesRoot(layout.packages, archive);
  const triplet = `${archive.arch === 'amd64' ? 'x86_64' : 'aarch64'}-linux-gnu`;
  const libraries = `${root}/usr/lib/${triplet}:${root}/lib/${triplet}`;
  const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${root}/usr/bin/python3.11' '${root}/usr/bin/docker-compose' "$@"\n`;
  mkdirSync(join(homes.state, 'bin'));
  writeFileSync(join(homes.state, 'bin', 'docker-compose'), script, { mode: 0o755 });
  writeFileSync(join(layout.config, 'cli-plugins', 'docker-compose'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
}

async function open(own: Readonly<Record<string, string>>): Promise<Omit<OnGeneration, 'crash'>> {
  const state = folder();
  const env = { ...process.env, ...own, LANG: 'C', LC_ALL: 'C', XDG_STATE_HOME: state };
  const homes = { state: join(state, 'labwright'), cache: folder() };
  const engine = await openEngine({ ...quiet, choice: 'docker', homes, env, home: homedir(), unattended: false });
  return { engine, env };
}

let saved: Promise<string> | undefined;
/** The tutorial's images in one file, saved from the engine of the other tests. */
function savedImages(): Promise<string> {
  saved ??= (async () => {
    const engine = await readyEngine();
    try {
      const file = join(folder(), 'images.tar');
      await saveImages(engine, await requiredImages(join(assets, 'compose-scale')), file, quiet);
      return file;
    } finally {
      await engine.api.close();
    }
  })();
  return saved;
}
