// time limit: 600 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { loadProgress } from '../../src/learn/progress.ts';
import { readReceipt, receiptPath, saveReceipt } from '../../src/learn/receipt/file.ts';
import { runBin, type Started, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner, tenTimes } from '../helpers/learner.ts';

const test = suite<{ engine: Engine }>('learn');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

const follow = (me: Learner, ...args: string[]): Started => startBin(['learn', '--follow', ...args], me.env, me.dir);

/** Types each command when its step has begun, and waits until the step passes by itself. */
async function typeAll(me: Learner, session: Started, typed: readonly (readonly [step: string, ...lines: string[]])[]) {
  for (const [step, ...lines] of typed) {
    await session.until(`\n${step}  `);
    for (const line of lines) await me.type(line);
    await session.until(`Passed: ${step}  `);
  }
}

/** The facts that were recorded before and after `kill -9` lead to the same verdicts; other facts do not. */
async function receiptIsConfirmed(me: Learner): Promise<void> {
  const receipt = await readReceipt(me.dir);
  assert.ok(receipt);
  assert.is(receipt.steps.length, 10);
  assert.is(receipt.finishedAt, receipt.steps.at(-1)?.at);
  assert.equal(
    receipt.steps.flatMap(({ key, checks = [] }) => checks.filter((one) => one.unrecorded).map(({ id }) => `${key} ${id}`)),
    [],
  );
  const judge = (...args: string[]) => runBin(['verify', '--receipt', receiptPath, ...args], me.env, me.dir);
  const { exitCode, stdout, stderr } = await judge();
  assert.is(exitCode, 0, stdout + stderr);
  assert.match(stdout, '10 of 10 steps of this part of the tutorial confirmed');
  const checks = receipt.steps.find(({ key }) => key === 'scale/out')?.checks ?? [];
  const counted = checks.find(({ id }) => id === 'flask-has-3-replicas');
  assert.ok(counted);
  const { replicas } = counted.evidence as { replicas: { service: string }[] };
  replicas.splice(
    replicas.findIndex(({ service }) => service === 'flask'),
    1,
  );
  await saveReceipt(me.dir, receipt);
  const forged = await judge('--reporter', 'json');
  assert.is(forged.exitCode, 1, forged.stderr);
  const { steps } = JSON.parse(forged.stdout) as { steps: { key: string; finding: string }[] };
  assert.equal(
    steps.filter(({ finding }) => finding !== 'confirmed').map(({ key }) => key),
    ['scale/out'],
  );
}

test('each step of the base labs passes by itself while a learner types; progress survives kill -9', async ({ engine }) => {
  const me = await learner(engine, 'base');
  let session = follow(me);
  try {
    await typeAll(me, session, [
      ['setup/build', 'docker compose build'],
      ['setup/up', 'docker compose up -d'],
      ['setup/talk', 'docker compose exec -T client ping -c 1 flask', 'docker compose exec -T client curl -sS flask:5000'],
    ]);
    await session.until('\nscale/out  ');
    session.child.kill('SIGKILL');
    await session.ended;
    assert.is((await loadProgress(me.dir))?.current, 'scale/out');
    session = follow(me);
    await typeAll(me, session, [['scale/out', 'docker compose up -d --scale flask=3']]);
    const listed = await runBin(['learn', '--list'], me.env, me.dir);
    assert.match(listed.stdout, /✓ scale\/out .*\n▸ scale\/in /);
    await typeAll(me, session, [
      ['scale/in', 'docker compose up -d --scale flask=1'],
      ['balance/prepare', 'docker compose up -d --scale flask=3'],
      ['balance/ping', tenTimes('ping -c 1 flask')],
      ['balance/curl', tenTimes('curl -sS flask:5000')],
      ['cleanup/stop', 'docker compose stop'],
      ['cleanup/rm', 'docker compose rm -f'],
    ]);
    const { exitCode, stdout, stderr } = await session.ended;
    assert.is(exitCode, 0, stderr);
    assert.match(
      stdout,
      /All 10 steps of this folder have passed\.[\s\S]*What is next\n {3}cd \.\.\/nginx && .* learn\s+nginx in front/,
    );
    assert.match(stdout, '\n Receipt of what you did: .labwright/receipt.json\n');
    assert.is(stderr, '');
    await receiptIsConfirmed(me);
  } finally {
    session.child.kill('SIGKILL');
    await me.remove();
  }
});

test('a state that is true from the start does not pass; a check that turns red names the command', async ({ engine }) => {
  const me = await learner(engine, 'base');
  await me.type('docker compose build && docker compose up -d --scale flask=3');
  const session = follow(me, 'scale', '--reporter', 'ndjson');
  try {
    await session.until('"kind":"step-began","step":"scale/out"');
    // in the foreground: it still runs when its events arrive, however slow the machine is
    me.type('docker compose up --scale flask=1').catch(() => undefined);
    await session.until('"check":"flask-has-3-replicas","claim":"flask has 3 replicas, running","mark":"lost"');
    await me.type('docker compose up -d --scale flask=3');
    await session.until('"kind":"step-passed","step":"scale/out"');
    session.child.kill('SIGTERM');
    const { stdout, exitCode } = await session.ended;
    assert.is(exitCode, 130);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line): { kind: string; mark?: string; cause?: { what: string } } => JSON.parse(line));
    const lost = events.findIndex((one) => one.mark === 'lost');
    assert.match(events[lost]?.cause?.what ?? '', /compose up --scale flask=1$/, stdout);
    assert.ok(events.findIndex((one) => one.kind === 'step-passed') > lost, 'passed before anything was done');
    assert.ok((await loadProgress(me.dir))?.steps['scale/out']);
    // what was seen live counts for one look
    const verified = await runBin(['verify', 'scale'], me.env, me.dir);
    assert.match(verified.stdout, /✓ scale\/out /);
  } finally {
    session.child.kill('SIGKILL');
    await me.remove();
  }
});

test('two quick commands are two actions, whether they are seen while they run or not; a new reason has a line', async ({
  engine,
}) => {
  const me = await learner(engine, 'base');
  await me.type('docker compose build && docker compose up -d');
  const session = follow(me, 'scale', '--reporter', 'ndjson');
  try {
    await session.until('"kind":"step-began","step":"scale/out"');
    await me.type('docker compose stop -t 0 client && docker compose start client');
    await session.until('compose start client"');
    // in another folder they are not seen, only what they change
    const id = (await me.type('docker compose ps -q client')).trim();
    await me.type(`cd / && docker pause ${id} && docker unpause ${id}`);
    await session.until(' unpause"');
    await me.type('docker compose up -d --scale flask=2');
    await session.until('"mark":"waiting","seen":"2 running');
    session.child.kill('SIGTERM');
    const events = (await session.ended).stdout
      .trimEnd()
      .split('\n')
      .map((line): { kind: string; what?: string; check?: string; mark?: string; tryNext?: string } => JSON.parse(line));
    const actions = events
      .filter(({ kind }) => kind === 'action')
      .map(({ what = '' }) => what.replace(/^docker-compose/, 'docker compose'));
    assert.equal(
      actions.map((what) => what.replace(/^\S+ (?=(?:un)?pause$)/, '')),
      [
        'docker compose stop -t 0 client',
        'docker compose start client',
        'pause',
        'unpause',
        'docker compose up -d --scale flask=2',
      ],
    );
    const told = events.filter(({ check, mark }) => check === 'flask-has-3-replicas' && mark === 'waiting');
    assert.equal(
      told.map(({ tryNext = '' }) => /scale flask=3/.test(tryNext)),
      [false, true],
    );
  } finally {
    session.child.kill('SIGKILL');
    await me.remove();
  }
});

test.run();
