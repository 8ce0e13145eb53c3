import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseBuilds } from '../../../../src/grade/build-network/open-build-network.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { rejection } from '../../../helpers/rejection.ts';

const options = {
  homes: { cache: '/nowhere', state: '/nowhere' },
  hosts: [],
  env: {},
  progress: () => undefined,
  signal: new AbortController().signal,
};

test('on your own Docker, builds have no network by default, and cannot be restricted to package indexes', async () => {
  const network = await (await chooseBuilds({ ...options, isolated: false })).open();
  assert.is(network.mode, 'none');
  assert.is((await (await chooseBuilds({ ...options, isolated: false, asked: 'open' })).open()).mode, 'open');
  const error = await rejection(chooseBuilds({ ...options, isolated: false, asked: 'packages' }));
  assert.is(error.code, 'E_USAGE');
  assertComplete(error.hint, 'packages');
});

test('without an index that answers, builds have no network', async () => {
  const network = await (await chooseBuilds({ ...options, isolated: true })).open();
  assert.is(network.mode, 'none');
  using builds = network.openBuilds();
  assert.equal([builds.proxyFor('web'), builds.seen('web').missed], [undefined, []]);
});

test('an unusable HTTPS_PROXY matters only for package indexes', async () => {
  const env = { HTTPS_PROXY: 'socks5://x' };
  assert.is((await rejection(chooseBuilds({ ...options, isolated: true, asked: 'packages', env }))).code, 'E_USAGE');
  assert.is((await (await chooseBuilds({ ...options, isolated: true, asked: 'none', env })).open()).mode, 'none');
});

test.run();
