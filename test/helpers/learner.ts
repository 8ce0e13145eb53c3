import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../../src/docker/engine.ts';
import { assets } from '../../src/platform/package-root.ts';
import { type Ended, envFor, runBin } from './bin.ts';
import { folder } from './folder.ts';
import { openRelay } from './relay.ts';

const run = promisify(execFile);

/** A learner with a shell, in a folder with a copy of a stack's files. The folder, the project and the image are named after `name`. */
export interface Learner {
  readonly name: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a shell command; replaces `docker compose` with the available Compose command. Rejects unless it exits with 0. */
  type(line: string): Promise<string>;
  /** The requests that `lab verify` sent to the engine: `GET /v1.45/containers/json?…`. */
  readonly requests: string[];
  /** Runs `lab verify …` in `dir` or in `cwd`. */
  verify(args?: readonly string[], cwd?: string): Promise<Ended>;
  /** Removes the project (or the given projects of this folder) and the image that was built for it. */
  remove(...projects: string[]): Promise<void>;
}

/** The steps that pass, from the list that `lab verify` without arguments prints. */
export const passingSteps = (output: string): string[] => [...output.matchAll(/^ {2}✓ (\S+)/gm)].map(([, at = '']) => at);

/** Runs a command in client ten times, from one command line. */
export const tenTimes = (command: string): string =>
  `docker compose exec -T client sh -c 'for i in $(seq 10); do ${command}; done'`;

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
  const relay = await openRelay(engine, {
    breaks: (request) => {
      requests.push(request);
      return false;
    },
  });
  const verifyEnv = { ...env, DOCKER_HOST: relay.host, ...over };
  const type = async (line: string): Promise<string> => {
    const words = line.replaceAll('docker compose', engine.compose.line);
    return (await run('sh', ['-c', words], { cwd: dir, env })).stdout;
  };
  return {
    name,
    dir,
    env,
    type,
    requests,
    verify: (args = [], cwd = dir) => runBin(['verify', ...args], verifyEnv, cwd),
    remove: async (...projects) => {
      await relay.close();
      for (const project of projects.length > 0 ? projects : [name]) await type(`docker compose -p ${project} down -v -t 0`);
      await type(`docker image rm -f ${name}:lab`);
    },
  };
}
