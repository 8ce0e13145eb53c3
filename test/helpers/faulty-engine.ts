import * as assert from 'uvu/assert';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import { down } from '../../src/docker/embedded/embedded-engine.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { importSleep, leftovers, type Own, ownHomes, unattended } from './own-engine.ts';

/** An engine of its own with one small image, `sleep`; `prepare` may touch its folders before it comes up. */
export async function onOwnEngine(
  work: (engine: Engine, own: Own) => Promise<void>,
  prepare?: (own: Own) => () => void,
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
    await own.away();
  }
  assert.equal(leftovers(own.layout), []);
}

const service = (more: object = {}) => ({ image: 'sleep', pull_policy: 'never', ...more });

/** A stack of two services of that image; `flask` with what else is said of it. */
export const sleepStack = (flask: object = {}): string =>
  JSON.stringify({ services: { flask: service(flask), client: service() } });
