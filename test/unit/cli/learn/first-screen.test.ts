import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { probableState } from '../../../../src/cli/learn/first-screen.ts';
import { folder } from '../../../helpers/folder.ts';

const [found] = tutorials;
if (!found) throw new Error('no tutorial');
const tutorial = found;

const dirOf = (name: string, progress?: object): string => {
  const dir = join(folder(), name);
  mkdirSync(join(dir, '.labwright'), { recursive: true });
  if (progress) writeFileSync(join(dir, '.labwright/progress.json'), JSON.stringify(progress));
  return dir;
};
const at = async (...args: Parameters<typeof probableState>) => (await probableState(...args))?.at;

test('the first screen shows the step of the recorded progress, the requested lab, or the folder', async () => {
  const recorded = { version: 1, tutorial: tutorial.id, current: 'scale/out', steps: {} };
  assert.is(await at(tutorial, dirOf('web', recorded)), 'scale/out');
  assert.is(await at(tutorial, dirOf('nginx')), 'nginx/up');
  assert.is(await at(tutorial, dirOf('base')), 'setup/build');
  assert.is(await at(tutorial, dirOf('base', { ...recorded, tutorial: 'another' })), 'setup/build');
  const balance = tutorial.labs.find(({ id }) => id === 'balance');
  assert.is(await at(tutorial, dirOf('web'), balance), 'balance/prepare');
  assert.is(await at(tutorial, dirOf('web')), undefined, 'nothing says so');
});

test.run();
