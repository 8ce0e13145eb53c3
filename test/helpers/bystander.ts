import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectFacts } from '../../src/docker/api/project-facts.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from './engine.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);

/** Another user's project on the same engine. */
interface Bystander {
  /** Its containers and networks, with IDs and start times; the text changes when one of them is changed. */
  state(): Promise<string>;
  remove(): Promise<void>;
}

async function startBystander(engine: Engine): Promise<Bystander> {
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

/** A suite on an engine that has the images. Fails if a test changes the bystander project. */
export function besideBystander(name: string): Test<{ engine: Engine }> {
  const test = suite<{ engine: Engine }>(name);
  let bystander: Bystander;
  let calm: string;
  test.before(async (context) => {
    context.engine = await readyEngine();
    bystander = await startBystander(context.engine);
    calm = await bystander.state();
  });
  test.after(async ({ engine }) => {
    const after = await bystander.state();
    await bystander.remove();
    await engine.api.close();
    assert.is(after, calm, 'a bystander project was touched');
  });
  return test;
}
