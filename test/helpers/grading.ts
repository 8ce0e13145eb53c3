import { homedir } from 'node:os';
import { join } from 'node:path';
import { type GradingEngine, openGrading } from '../../src/docker/embedded/grading-engine.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import { assets } from '../../src/platform/package-root.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';

/** The grading engine, with the tutorial's images. Starts it if it is not running. The caller closes its `api`. */
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
    await requiredImages(join(assets, 'compose-scale')),
  );
