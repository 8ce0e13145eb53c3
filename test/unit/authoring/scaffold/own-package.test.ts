import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dependencyOn } from '../../../../src/authoring/scaffold/own-package.ts';
import { folder } from '../../../helpers/folder.ts';

/** A folder in which npm has installed labwright, as its hidden lock file notes it. */
const installed = (resolved: string | undefined): string => {
  const packages = { 'node_modules/labwright': { version: '0.1.0', ...(resolved === undefined ? {} : { resolved }) } };
  return folder({ 'app/node_modules/.package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }) });
};
const dependency = (dir: string) => dependencyOn(join(dir, 'app/node_modules/labwright'), '0.1.0');

test('a tutorial depends on what was used: a folder, an archive, or the version of a registry', async () => {
  assert.is(await dependencyOn('/src/labwright', '0.1.0'), 'file:/src/labwright');
  const archive = installed('file:../labwright-0.1.0.tgz');
  assert.is(await dependency(archive), `file:${archive}/labwright-0.1.0.tgz`);
  assert.is(await dependency(installed('https://registry.example/labwright/-/labwright-0.1.0.tgz')), '^0.1.0');
});

test('where npm has not noted it, nothing is written', async () => {
  assert.is(await dependency(folder()), undefined);
  assert.is(await dependency(installed(undefined)), undefined);
});

test.run();
