import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { learner } from '../helpers/learner.ts';

/** A learner of a class, on a real engine. */

const test = suite<{ engine: Engine }>('class');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('a step that passes in lab learn --join is seen by lab class; its end is reported, and the lesson goes on', async ({
  engine,
}) => {
  const me = await learner(engine, 'base');
  const room = startBin(['class', '--listen', '127.0.0.1', '--no-open'], me.env);
  let printed = '';
  room.child.stdout?.on('data', (part) => {
    printed += part;
  });
  await room.until('Nothing is stored.');
  const [, code = ''] = /--join (\S+) --nickname NAME/.exec(printed) ?? [];
  const session = startBin(['learn', '--follow', '--join', code, '--nickname', 'Ann'], me.env, me.dir);
  try {
    await session.until('Nothing else is sent', 'stderr');
    await session.until('Class: connected as Ann', 'stderr');
    await room.until('Ann is at setup/build, 0 of 10 passed');
    await session.until('\nsetup/build  ');
    await me.type('docker compose build');
    await session.until('Passed: setup/build  ');
    await room.until('Ann is at setup/up, 1 of 10 passed');
    room.child.kill('SIGINT');
    assert.is((await room.ended).exitCode, 0);
    await session.until('Class: it has ended', 'stderr');
    await me.type('docker compose up -d');
    await session.until('Passed: setup/up  ');
    assert.not.match(printed, /docker compose|client|FLASK_IMAGE/);
    assert.not.match(printed, me.dir);
  } finally {
    session.child.kill('SIGKILL');
    room.child.kill('SIGKILL');
    await me.remove();
  }
});

test.run();
