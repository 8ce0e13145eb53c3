import { homedir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { ensureImages } from '../../src/docker/images/ensure-images.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import { assets } from '../../src/platform/package-root.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';

/**
 * The engine that tests run on: the Docker at LAB_TEST_DOCKER_HOST if that is set, otherwise the private engine, which is started if it is not running. The
 * caller closes its `api`.
 */
export function testEngine(): Promise<Engine> {
  const host = process.env.LAB_TEST_DOCKER_HOST;
  return openEngine({
    choice: host ? 'docker' : 'private',
    homes: locateHomes(),
    env: host ? { ...process.env, DOCKER_HOST: host } : process.env,
    home: homedir(),
    progress: () => {},
    unattended: true,
    signal: new AbortController().signal,
  });
}

/** The same engine, with the images of the tutorial. */
export async function readyEngine(): Promise<Engine> {
  const engine = await testEngine();
  const talk = { progress: () => {}, unattended: true, signal: new AbortController().signal };
  await ensureImages(engine, await requiredImages(join(assets, 'compose-scale')), { ...talk, homes: locateHomes() });
  return engine;
}
