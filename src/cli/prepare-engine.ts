import { join } from 'node:path';
import { openEngine } from '../docker/discovery/open-engine.ts';
import type { Engine } from '../docker/engine.ts';
import { ensureImages } from '../docker/images/ensure-images.ts';
import { requiredImages } from '../docker/images/required-images.ts';
import { filesOf, type Tutorial } from '../lab/tutorial.ts';
import { assets } from '../platform/package-root.ts';
import type { Cli } from './context.ts';
import { interruptible } from './interrupted.ts';
import { promptsOn } from './prompts/prompts.ts';

/** A running engine. The caller disposes it. */
export const openEngineFor = (cli: Cli): Promise<Engine> =>
  interruptible(cli, async () => {
    const prompts = promptsOn(cli);
    try {
      return await openEngine({ ...cli, ...prompts, choice: cli.engine });
    } finally {
      prompts.end();
    }
  });

const stackDirs = ({ stacks }: Tutorial): string[] => Object.values(stacks).map(({ dir }) => dir);

/** A running engine that has the tutorial's images. The caller disposes it. */
export const readyEngine = (cli: Cli, tutorial: Tutorial): Promise<Engine> =>
  interruptible(cli, async () => {
    const prompts = promptsOn(cli);
    // read while the engine is located
    const needed = requiredImages(filesOf(tutorial, assets), {}, tutorial.dir === undefined ? undefined : stackDirs(tutorial));
    needed.catch(() => undefined);
    try {
      const engine = await openEngine({ ...cli, ...prompts, choice: cli.engine });
      try {
        await ensureImages(engine, await needed, {
          ...cli,
          ...prompts,
          ...(tutorial.dir === undefined ? {} : { recipes: join(tutorial.dir, 'images') }),
        });
        return engine;
      } catch (error) {
        await engine.api.close();
        throw error;
      }
    } finally {
      prompts.end();
    }
  });
