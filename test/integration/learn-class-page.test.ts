import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { startBin } from '../helpers/bin.ts';
import { openTestClass } from '../helpers/class.ts';
import { testEngine } from '../helpers/engine.ts';
import { learner } from '../helpers/learner.ts';
import { pageOf } from '../helpers/served-page.ts';

/** `lab learn --join CODE --web`: the page and the class together. */

const test = suite<{ engine: Engine }>('learn --join --web');
test.before(async (context) => {
  context.engine = await testEngine();
});
test.after(({ engine }) => engine.api.close());

const keys = composeScale.labs.flatMap(({ id, steps }) => steps.map((step) => `${id}/${step.id}`));

test('the class sees the step, and who asks for help on the page; the page shows the class, and its end', async ({ engine }) => {
  const me = await learner(engine, 'base');
  const room = await openTestClass(0, { tutorial: composeScale.id, keys });
  const args = ['learn', '--web', '--no-open', '--join', room.server.code, '--nickname', 'Ann'];
  const program = startBin(args, me.env, me.dir);
  try {
    const page = await pageOf(program, 'stdout');
    const { class: first } = await page.until(({ class: joined }) => joined?.phase === 'connected');
    assert.equal(first, { phase: 'connected', nickname: 'Ann', help: false });
    const [ann] = await room.until(([one]) => one?.at !== undefined);
    assert.equal([ann?.nickname, ann?.at, ann?.helpSince], ['Ann', 'setup/build', undefined]);

    await page.press({ kind: 'help', on: true });
    await room.until(([one]) => one?.helpSince !== undefined);
    await page.until(({ class: joined }) => joined?.help === true);
    await page.press({ kind: 'help', on: false });
    await room.until(([one]) => one?.helpSince === undefined);

    await room.server.close();
    await page.until(({ class: joined }) => joined?.phase === 'ended');
    program.child.kill('SIGINT');
    await page.until(({ bye }) => bye !== undefined);
    const { stderr } = await program.ended;
    assert.match(
      stderr,
      /your nickname: Ann[\s\S]*Class: connected as Ann\n[\s\S]*You are asking for help\.\n[\s\S]*Class: it has ended\. You can go on\./,
    );
  } finally {
    program.child.kill('SIGKILL');
    await room.server.close();
  }
});

test('a learner who ends the page leaves the class; a class that refuses ends the page with the reason', async ({ engine }) => {
  const me = await learner(engine, 'base');
  const room = await openTestClass(0, { tutorial: composeScale.id, keys });
  const other = await openTestClass();
  const start = (code: string) => startBin(['learn', '--web', '--no-open', '--join', code], me.env, me.dir);
  const joined = start(room.server.code);
  try {
    const page = await pageOf(joined, 'stdout');
    await room.until(([one]) => one?.at !== undefined);
    joined.child.kill('SIGINT');
    await page.until(({ bye }) => bye !== undefined);
    await room.until((wall) => wall.length === 0);
    await joined.ended;
    const { exitCode, stderr } = await start(other.server.code).ended;
    assert.is(exitCode, 3);
    assert.match(stderr, 'error E_CLASS: the class does another tutorial than this folder');
  } finally {
    joined.child.kill('SIGKILL');
    await Promise.all([room.server.close(), other.server.close()]);
  }
});

test.run();
