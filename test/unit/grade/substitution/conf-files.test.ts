import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxied } from '../../../../labs/compose-scale/stacks.ts';
import type { NormalMount } from '../../../../src/grade/policy/sanitized-stack.ts';
import { confFilesOf } from '../../../../src/grade/substitution/conf-files.ts';
import { bare, built } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

const proxy = proxied.proxy as NonNullable<typeof proxied.proxy>;
const bind = (source: string, target: string): NormalMount => ({ type: 'bind', source, target, readOnly: true });
const mounted = (dir: string, ...mounts: readonly NormalMount[]) => confFilesOf(bare({ mounts }), dir, proxy);

test('a file, the files of a folder, and one that was not handed in', () => {
  const dir = folder({ 'lb/a.conf': 'a', 'lb/b.conf': 'b', 'lb/readme.md': 'c' });
  assert.equal(mounted(dir, bind('lb/a.conf', '/etc/nginx/nginx.conf'), bind('lb', '/srv')), [
    { path: 'lb/a.conf', target: '/etc/nginx/nginx.conf', text: 'a' },
  ]);
  assert.equal(mounted(dir, bind('lb', '/etc/nginx/conf.d')), [
    { path: 'lb/a.conf', target: '/etc/nginx/conf.d/a.conf', text: 'a' },
    { path: 'lb/b.conf', target: '/etc/nginx/conf.d/b.conf', text: 'b' },
  ]);
  assert.equal(mounted(dir, bind('none.conf', '/etc/nginx/nginx.conf')), [
    { path: 'none.conf', target: '/etc/nginx/nginx.conf' },
  ]);
});

test('a file that is copied into the image; never one outside of the submission', () => {
  const dir = folder({ 'lb/a.conf': 'a', 'lb/conf.d/b.conf': 'b' });
  symlinkSync('/etc/hostname', join(dir, 'lb/link.conf'));
  const copied = (line: string) => {
    const dockerfileText = `FROM nginx\n${line}\n`;
    const origin = { file: 'lb/Dockerfile', lines: [1, 2], replaced: {} };
    return confFilesOf(
      built({ build: { context: 'lb', dockerfile: 'Dockerfile', dockerfileText, args: {}, origin } }),
      dir,
      proxy,
    );
  };
  const target = '/etc/nginx/conf.d/a.conf';
  assert.equal(copied('COPY --chmod=644 a.conf /etc/nginx/conf.d/'), [{ path: 'lb/a.conf', target, text: 'a' }]);
  assert.equal(copied(`COPY a.conf ${target}`), [{ path: 'lb/a.conf', target, text: 'a' }]);
  assert.equal(copied('COPY conf.d /etc/nginx/conf.d'), [
    { path: 'lb/conf.d/b.conf', target: '/etc/nginx/conf.d/b.conf', text: 'b' },
  ]);
  assert.equal(copied(`COPY ../../../../../../../../etc/x.conf ${target}`), []);
  assert.equal(copied(`COPY link.conf ${target}`), []);
  assert.equal(copied('COPY a.conf /srv/'), []);
});

test.run();
