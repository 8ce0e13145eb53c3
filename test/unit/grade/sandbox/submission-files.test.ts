import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NormalMount, NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { makeSources, writeFiles } from '../../../../src/grade/sandbox/submission-files.ts';
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

test('a file gets another text; a folder in its place, and one that is absent, become that file', async () => {
  const dir = folder({ 'a/x.conf': 'own' });
  mkdirSync(join(dir, 'b.conf'));
  await writeFiles(dir, { 'a/x.conf': 'new', 'b.conf': 'b', 'c/d.conf': 'd' });
  const read = (path: string) => readFileSync(join(dir, path), 'utf8');
  assert.equal(['a/x.conf', 'b.conf', 'c/d.conf'].map(read), ['new', 'b', 'd']);
});

test('nothing outside of the submission is written', async () => {
  const [dir, outside] = [folder(), folder({ 'x.conf': 'own' })];
  symlinkSync(outside, join(dir, 'link'));
  for (const path of ['link/x.conf', '../x.conf'])
    assert.match(String(await writeFiles(dir, { [path]: 'new' }).catch(String)), /is not inside/, path);
  assert.is(readFileSync(join(outside, 'x.conf'), 'utf8'), 'own');
});

test.run();
