import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Engine } from '../../src/engine/engine.ts';
import { projectFacts } from '../../src/engine/project.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);

/** Somebody else's project on the same engine. */
export interface Bystander {
  /** Its containers and networks, with their IDs and starts; the same text as long as nobody touched it. */
  state(): Promise<string>;
  remove(): Promise<void>;
}

export async function startBystander(engine: Engine): Promise<Bystander> {
  const project = `bystander-${randomBytes(3).toString('hex')}`;
  const dir = folder({
    'compose.yaml': 'services: {calm: {image: "redis:8.0", init: true, volumes: ["data:/data"]}}\nvolumes: {data: {}}\n',
  });
  const compose = (...words: string[]) => {
    const [file = '', ...first] = engine.compose.line.split(' ');
    return run(file, [...first, '-p', project, ...words], { cwd: dir, env: { ...process.env, ...engine.compose.env } });
  };
  await compose('up', '-d');
  return {
    state: async () => JSON.stringify(await projectFacts(engine.api, project)),
    remove: async () => void (await compose('down', '-t', '0', '-v')),
  };
}
