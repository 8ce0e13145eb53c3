import { homedir } from 'node:os';
import { join } from 'node:path';
import { type GradingEngine, openGrading } from '../../src/engine/grading.ts';
import { locateHomes } from '../../src/engine/homes.ts';
import { neededImages } from '../../src/engine/needed-images.ts';
import { assets } from '../../src/engine/package.ts';

/** The engine that submissions run on, with the tutorial's images; brought up where it is not yet. Close its `api` when done. */
export const gradingEngine = async (): Promise<GradingEngine> =>
  openGrading(
    {
      choice: 'private',
      homes: locateHomes(),
      env: process.env,
      home: homedir(),
      progress: () => {},
      unattended: true,
      signal: new AbortController().signal,
    },
    await neededImages(join(assets, 'compose-scale')),
  );
