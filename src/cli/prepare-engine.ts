import { join } from 'node:path';
import { openEngine } from '../docker/discovery/open-engine.ts';
import type { Engine } from '../docker/engine.ts';
import { ensureImages } from '../docker/images/ensure-images.ts';
import { neededImages } from '../docker/images/required-images.ts';
import type { Tutorial } from '../lab/tutorial.ts';
import { assets } from '../platform/package-root.ts';
import type { Cli } from './context.ts';
import { interruptible } from './interrupted.ts';
import { talkOn } from './prompts.ts';

/** An engine that answers and has the tutorial's images. Close its `api` when done. */
export const readyEngine = (cli: Cli, tutorial: Tutorial): Promise<Engine> =>
  interruptible(cli, async () => {
    const talk = talkOn(cli);
    // read while the engine is looked for
    const needed = neededImages(join(assets, tutorial.id));
    needed.catch(() => undefined);
    try {
      const engine = await openEngine({ ...cli, ...talk, choice: cli.engine });
      try {
        await ensureImages(engine, await needed, { ...cli, ...talk });
        return engine;
      } catch (error) {
        await engine.api.close();
        throw error;
      }
    } finally {
      talk.end();
    }
  });
