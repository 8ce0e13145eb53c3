import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import { stepsBefore } from '../../../src/learn/own-commands.ts';
import { planOf, resume } from '../../../src/learn/plan.ts';
import { loadProgress, saveProgress } from '../../../src/learn/progress.ts';
import { folder } from '../../helpers/folder.ts';
import { rejection } from '../../helpers/rejection.ts';

const [tutorial] = tutorials;
if (!tutorial) throw new Error('no tutorial');
const done = { outcome: 'passed', at: '2026-01-01T00:00:00Z', hints: 1, solutionShown: false, performed: false } as const;
const stored = { version: 1, tutorial: tutorial.id, current: 'scale/in', steps: { 'setup/build': done } } as const;

test('progress is loaded as it was saved, also by a second save', async () => {
  const dir = folder();
  assert.is(await loadProgress(dir), undefined);
  await saveProgress(dir, { ...stored, current: 'setup/up' });
  await saveProgress(dir, stored);
  assert.equal(await loadProgress(dir), stored);
});

test('a file that is no progress is an error that names it', async () => {
  for (const written of ['{', '{"version":2}', '']) {
    const dir = folder({ '.labwright/progress.json': written });
    const error = await rejection(loadProgress(dir));
    assert.match(String(error), /\.labwright\/progress\.json is not a progress file/);
  }
});

test('a draft that a killed session left is no obstacle', async () => {
  const dir = folder({ '.labwright/.progress.json.labwright-draft': '{' });
  writeFileSync(join(dir, '.labwright/.progress.json.labwright-draft'), '{"half');
  await saveProgress(dir, stored);
  assert.equal(await loadProgress(dir), stored);
});

test('a session continues where the last one stopped; a requested lab at its first open step', () => {
  const plan = planOf(tutorial, 'base');
  assert.is(resume(plan, tutorial.id, undefined).at, 'setup/build');
  assert.is(resume(plan, tutorial.id, stored).at, 'scale/in');
  assert.is(resume(plan, tutorial.id, { ...stored, current: 'setup/build' }).at, 'setup/up');
  const skipping = { ...stored, current: 'scale/out', steps: { 'scale/out': done } };
  assert.is(resume(plan, tutorial.id, skipping).at, 'scale/in', 'steps that were skipped stay skipped');
  assert.is(resume(plan, 'another', stored).at, 'setup/build');
  const setup = tutorial.labs.find(({ id }) => id === 'setup');
  assert.is(resume(plan, tutorial.id, stored, setup).at, 'setup/up');
});

test('the steps before one: those of the labs that are needed, then those of its own lab', () => {
  const lab = tutorial.labs.find(({ id }) => id === 'scale');
  const step = lab?.steps[1];
  if (!lab || !step) throw new Error('no such step');
  assert.equal(
    stepsBefore(tutorial.labs, lab, step).map(({ id }) => id),
    ['build', 'up', 'talk', 'out'],
  );
});

test.run();
