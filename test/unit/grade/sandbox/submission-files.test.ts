import { existsSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NormalMount, NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { makeSources } from '../../../../src/grade/sandbox/submission-files.ts';
import { bare } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

const stackOf = (mounts: readonly NormalMount[]): NormalStack => ({
  services: { web: bare({ mounts }), other: bare({ mounts }) },
  networks: {},
  volumes: [],
});
const logs = { type: 'bind', source: 'var/log', target: '/logs', readOnly: false } as const;
const whole = { type: 'bind', source: '.', target: '/code', readOnly: false, copy: true } as const;

test('folders to mount are created; without a mount of the whole folder there is no copy', async () => {
  const [dir, copy] = [folder({ 'a.conf': 'a' }), join(folder(), 'copy')];
  await makeSources(dir, stackOf([logs, { type: 'bind', source: '.', target: '/code', readOnly: true }]), copy);
  assert.ok(existsSync(join(dir, 'var/log')));
  assert.not.ok(existsSync(copy));
});

test('a service that may write into the whole folder gets a copy: the files that others mount stay as they are', async () => {
  const [dir, copy] = [folder({ 'nginx/a.conf': 'a' }), join(folder(), 'copy')];
  symlinkSync('nginx/a.conf', join(dir, 'link'));
  await makeSources(dir, stackOf([logs, whole]), copy);
  assert.is(readlinkSync(join(copy, 'link')), 'nginx/a.conf');
  writeFileSync(join(copy, 'nginx/a.conf'), 'b');
  assert.is(readFileSync(join(dir, 'nginx/a.conf'), 'utf8'), 'a');
});

test.run();
