// time limit: 600 s
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { type Started, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner } from '../helpers/learner.ts';

/** What happens to the learner's folder while live mode runs. */
const test = suite<{ engine: Engine }>('learn: the folder');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

const follow = (me: Learner): Started => startBin(['learn', '--follow', '--reporter', 'ndjson'], me.env, me.dir);
const began = '"kind":"step-began","step":"setup/build"';

test('a folder that is renamed or removed ends the session with the cause; it is not created again', async ({ engine }) => {
  for (const change of ['renamed', 'removed', 'parent renamed'] as const) {
    const me = await learner(engine, 'base');
    const parent = dirname(me.dir);
    const session = follow(me);
    try {
      await session.until(began);
      if (change === 'renamed') renameSync(me.dir, `${me.dir}-moved`);
      else if (change === 'removed') rmSync(me.dir, { recursive: true });
      else {
        renameSync(parent, `${parent}-moved`);
        // nothing reports this but the next event
        writeFileSync(join(`${parent}-moved`, me.name, '.env'), '');
      }
      const { exitCode, stderr } = await session.ended;
      assert.is(exitCode, 2, change);
      assert.match(stderr, `error E_PROJECT_UNKNOWN: the folder ${me.dir} was removed or renamed while lab learn ran`);
      assert.match(stderr, 'hint: go to the folder of the stack and run `lab learn` again');
      assert.not(existsSync(me.dir), change);
      if (change === 'renamed') assert.ok(existsSync(`${me.dir}-moved/.labwright/progress.json`));
    } finally {
      session.child.kill('SIGKILL');
      rmSync(`${parent}-moved`, { recursive: true, force: true });
    }
  }
});

test('a Compose file saved with a syntax error is reported with its line; corrected, it is read again', async ({ engine }) => {
  const me = await learner(engine, 'base');
  const path = join(me.dir, 'compose.yaml');
  const right = readFileSync(path, 'utf8');
  const session = follow(me);
  try {
    await session.until(began);
    writeFileSync(path, right.replace('  client:', '  client: "'));
    await session.until('"kind":"note","text":"compose.yaml: Missing closing \\"quote at line ');
    await session.until('. Try next: correct that file; `docker compose config` checks it too"');
    // a key in the wrong column
    writeFileSync(path, right.replace('    image: redis', '   image: redis'));
    await session.until('"kind":"note","text":"compose.yaml:11: wrong indentation, ');
    // as an editor does: another file takes its place
    writeFileSync(`${path}~`, right);
    renameSync(`${path}~`, path);
    await session.until('"kind":"note","text":"The Compose file can be read again."');
    // YAML, but no Compose file
    writeFileSync(path, right.replace('    image: redis', '    imagee: redis'));
    await session.until('"kind":"note","text":"compose.yaml:11: services.redis-server ');
    await session.until('. Try next: correct compose.yaml:11; ');
    rmSync(path);
    await session.until(`"text":"There is no Compose file in ${me.dir} any more."`);
    writeFileSync(path, right);
    await me.type('docker compose build');
    await session.until('"kind":"step-passed","step":"setup/build"');
  } finally {
    session.child.kill('SIGKILL');
    await me.remove();
  }
});

test('after SIGSTOP and SIGCONT, what happened meanwhile is seen', async ({ engine }) => {
  const me = await learner(engine, 'base');
  await me.type('docker compose build && docker compose up -d');
  const session = startBin(['learn', 'scale', '--follow', '--reporter', 'ndjson'], me.env, me.dir);
  try {
    await session.until('"kind":"step-began","step":"scale/out"');
    session.child.kill('SIGSTOP');
    await me.type('docker compose up -d --scale flask=3');
    session.child.kill('SIGCONT');
    await session.until('"check":"flask-has-3-replicas","claim":"flask has 3 replicas, running","mark":"passed"');
    await session.until('"kind":"step-passed","step":"scale/out"');
  } finally {
    session.child.kill('SIGKILL');
    await me.remove();
  }
});

test.run();
