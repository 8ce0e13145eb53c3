import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../../src/docker/engine.ts';
import { assets } from '../../src/platform/package-root.ts';
import { type Ended, envFor, runBin } from './bin.ts';
import { openDoor } from './door.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);

/** Somebody at a shell of their own, in a folder that is a copy of a stack's files; everything is called after `name`. */
export interface Learner {
  readonly name: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** A line of shell, `docker compose` in the words of the Compose at hand. Rejects unless it exits 0. */
  types(line: string): Promise<string>;
  /** The requests of `lab verify` to the engine: `GET /v1.45/containers/json?…`. */
  readonly requests: string[];
  /** `lab verify …`, in that folder or another. */
  verify(args?: readonly string[], cwd?: string): Promise<Ended>;
  /** Removes the project (or another of this folder's) and the image that was built for it. */
  leaves(...projects: string[]): Promise<void>;
}

/** The steps that pass, as `lab verify` without a name lists them. */
export const holding = (output: string): string[] => [...output.matchAll(/^ {2}✓ (\S+)/gm)].map(([, at = '']) => at);

export async function learner(
  engine: Engine,
  stack: 'base' | 'nginx',
  over: Readonly<Record<string, string>> = {},
): Promise<Learner> {
  const name = `learner${randomBytes(3).toString('hex')}`;
  const dir = join(folder(), name);
  cpSync(join(assets, 'compose-scale', stack), dir, { recursive: true });
  const env = { ...envFor(engine, folder()), FLASK_IMAGE: `${name}:lab`, ...over };
  const requests: string[] = [];
  const door = await openDoor(engine, {
    breaks: (request) => {
      requests.push(request);
      return false;
    },
  });
  const looking = { ...env, DOCKER_HOST: door.host, ...over };
  const types = async (line: string): Promise<string> => {
    const words = line.replaceAll('docker compose', engine.compose.line);
    return (await run('sh', ['-c', words], { cwd: dir, env })).stdout;
  };
  return {
    name,
    dir,
    env,
    types,
    requests,
    verify: (args = [], cwd = dir) => runBin(['verify', ...args], looking, cwd),
    leaves: async (...projects) => {
      await door.close();
      for (const project of projects.length > 0 ? projects : [name]) await types(`docker compose -p ${project} down -v -t 0`);
      await types(`docker image rm -f ${name}:lab`);
    },
  };
}
