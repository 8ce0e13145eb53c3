import * as assert from 'uvu/assert';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import { down } from '../../src/docker/embedded/embedded-engine.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { importSleep, leftovers, type OwnEngine, ownHomes, unattended } from './own-engine.ts';

/** Runs `work` on a separate engine with one small image, `sleep`. `prepare` may change the engine's folders before it starts. */
export async function onOwnEngine(
  work: (engine: Engine, own: OwnEngine) => Promise<void>,
  prepare?: (own: OwnEngine) => () => void,
): Promise<void> {
  const own = ownHomes();
  const undo = prepare?.(own);
  const opening = {
    choice: 'private',
    homes: own.homes,
    env: process.env,
    home: '/root',
    progress: () => {},
    ...unattended,
  } as const;
  try {
    const engine = await openEngine({ ...opening, signal: new AbortController().signal });
    try {
      importSleep({ host: engine.api.endpoint.host, env: engine.compose.env }, own.homes.state);
      await work(engine, own);
    } finally {
      await engine.api.close();
    }
  } finally {
    await down(own.homes);
    undo?.();
    await own.remove();
  }
  assert.equal(leftovers(own.layout), []);
}

const service = (more: object = {}) => ({ image: 'sleep', pull_policy: 'never', ...more });

/** A stack with two services of that image; `flask` adds settings to the service flask. */
export const sleepStack = (flask: object = {}): string =>
  JSON.stringify({ services: { flask: service(flask), client: service() } });
