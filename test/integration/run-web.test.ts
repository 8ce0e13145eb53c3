// time limit: 900 s
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { faults } from '../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../labs/compose-scale/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { assets } from '../../src/platform/package-root.ts';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { besideBystander } from '../helpers/bystander.ts';
import { folder } from '../helpers/folder.ts';
import { pageOf } from '../helpers/served-page.ts';

/** `lab run --web` and `lab break --web`, with the page's requests. */
const test = besideBystander('run-web');

const nothingLeft = async (engine: Engine, state: string) => {
  const { stdout } = await runBin(['clean', '--dry-run', '--json'], envFor(engine, state));
  assert.equal(Object.values(JSON.parse(stdout)).flat(), []);
  // the port of a folder's page is kept, and not its secret
  const records = join(state, 'labwright', 'web');
  for (const name of readdirSync(records)) assert.not.match(readFileSync(join(records, name), 'utf8'), 'secret');
};

test('lab run --web --pause: waits before each step, shows commands, checks and the stack, and stays at the end', async ({
  engine,
}) => {
  const state = folder();
  const program = startBin(['run', 'scale', '--web', '--no-open', '--pause'], envFor(engine, state));
  const page = await pageOf(program, 'stderr');
  const first = await page.until(({ run }) => run?.phase === 'paused');
  assert.equal([first.content?.mode, first.content?.terminal.kind], ['run', 'own']);
  assert.equal(first.run, { phase: 'paused', pause: true, commands: [], checks: [], outcomes: {} });
  const steps = first.content?.labs.flatMap((lab) => lab.steps.map(({ key }) => key)) ?? [];
  assert.equal(steps.slice(0, 2), ['setup/build', 'setup/up']);

  // one step, then it waits again
  await page.press({ kind: 'continue' });
  const one = await page.until(({ run }) => run?.phase === 'paused' && run.outcomes['setup/build'] !== undefined);
  assert.equal(one.run?.outcomes, { 'setup/build': 'passed' });
  assert.ok(one.run?.checks.length);
  assert.ok(one.run?.checks.every(({ verdict }) => verdict?.outcome === 'passed'));
  assert.ok(one.run?.commands.some(({ line, exitCode }) => line.endsWith(' build') && exitCode === 0));

  // from here on, without a pause
  await page.press({ kind: 'continue' });
  await page.until(({ run }) => run?.phase === 'running' && run.at === 'setup/up');
  await page.press({ kind: 'continue' });
  const flask = await page.until(
    ({ picture }) => picture?.services.some(({ name, replicas }) => name === 'flask' && replicas.length === 3) === true,
  );
  assert.equal(flask.run?.pause, false);
  const end = await page.until(({ run }) => run?.phase === 'finished');
  assert.equal(end.run?.outcomes, Object.fromEntries(steps.map((key) => [key, 'passed'])));
  await page.until(({ picture }) => picture?.services.every(({ replicas }) => replicas.length === 0) === true);

  // the page stays until an interrupt, which is no error now
  await program.until('The page shows the result until Enter or Ctrl-C.', 'stderr');
  program.child.kill('SIGINT');
  const bye = await page.until(({ bye }) => bye !== undefined);
  assert.is(bye.bye?.reason.en, 'The run has ended.');
  const { exitCode, stdout } = await program.ended;
  assert.is(exitCode, 0);
  assert.match(stdout, /\nPassed: 2 labs, /);
  await nothingLeft(engine, state);
});

test('an interrupt while a run is paused removes everything, and the page says that it ended', async ({ engine }) => {
  const state = folder();
  const program = startBin(['run', 'setup', '--web', '--no-open'], envFor(engine, state));
  const page = await pageOf(program, 'stderr');
  await page.press({ kind: 'pause' });
  await page.until(({ run }) => run?.phase === 'paused');
  program.child.kill('SIGINT');
  await page.until(({ bye }) => bye !== undefined);
  const { exitCode, stderr } = await program.ended;
  assert.is(exitCode, 130, stderr);
  assert.match(stderr, 'E_INTERRUPTED');
  await nothingLeft(engine, state);
});

test('lab break --web: shows the report, charges a hint, and a check of the repair marks each step', async ({ engine }) => {
  const [state, above] = [folder(), folder()];
  const program = startBin(['break', '5', '--web', '--no-open'], envFor(engine, state), above);
  const page = await pageOf(program, 'stdout');
  const [fault] = faults.slice(4);
  const first = await page.until(({ learn }) => learn?.phase === 'working');
  assert.is(first.content?.mode, 'break');
  const [step] = first.content?.labs[0]?.steps ?? [];
  assert.match(JSON.stringify(step?.teach.en), 'Internal Server Error');
  assert.not.ok(JSON.stringify(first.content).includes(JSON.stringify(fault?.cause.en).slice(1, -1)));
  assert.ok(first.learn?.checks.length && first.learn.checks.every(({ mark }) => mark === 'unseen'));

  await page.press({ kind: 'key', key: 'hint' });
  await page.until(({ learn }) => learn?.hints === 1);
  await page.press({ kind: 'key', key: 'check' });
  const wrong = await page.until(({ learn }) => learn?.note?.en.startsWith('Not repaired yet') === true);
  assert.ok(wrong.learn?.checks.some(({ mark, verdict }) => mark === 'waiting' && verdict?.outcome === 'failed'));
  assert.is(wrong.learn?.phase, 'working');

  const dir = join(above, 'break-05');
  const source = join(assets, 'compose-scale', composeScale.stacks[fault?.stack ?? '']?.dir ?? '');
  for (const { file } of fault?.edits ?? []) cpSync(join(source, file), join(dir, file));
  await page.press({ kind: 'key', key: 'check' });
  const right = await page.until(({ learn }) => learn?.phase === 'finished' && learn.note?.en.includes('points') === true);
  assert.ok(right.learn?.checks.every(({ mark }) => mark === 'passed'));
  assert.match(right.learn?.note?.en ?? '', /^80 points, .*, 1 of 3 hints, checked 2 times\.\nWhat was wrong: /);
  program.child.kill('SIGINT');
  const { exitCode, stdout } = await program.ended;
  assert.is(exitCode, 0);
  assert.match(stdout, /^The page has ended; your progress is kept/m);
  const progress = JSON.parse(readFileSync(join(dir, '.labwright/break.json'), 'utf8'));
  assert.equal([progress.hints, progress.checks, typeof progress.solvedAt], [1, 2, 'string']);
  assert.equal(readdirSync(join(dir, '.labwright')), ['break.json']);
  await nothingLeft(engine, state);
});

test.run();
