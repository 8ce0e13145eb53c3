import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callLine } from '../../../src/cli/call-line.ts';
import { folder } from '../../helpers/folder.ts';

test('a command on the PATH is called by its name, another program by its path', () => {
  assert.is(callLine({}, '/usr/local/bin/lab', '/home/me'), 'lab');
  assert.is(callLine({}, '/opt/my lab/main.js', '/home/me'), "node '/opt/my lab/main.js'");
});

test('npx with a file: the path is absolute, because the next command changes the folder', () => {
  const env = (spec?: string) => ({ npm_command: 'exec', ...(spec ? { npm_config_package: spec } : {}) });
  const line = (spec?: string) => callLine(env(spec), '/root/.npm/_npx/1/node_modules/.bin/lab', '/home/me');
  assert.is(line('./labwright-0.1.0.tgz'), 'npx -y -p /home/me/labwright-0.1.0.tgz lab');
  assert.is(line('file:x.tgz'), 'npx -y -p /home/me/x.tgz lab');
  assert.is(line('../clone'), 'npx -y -p /home/clone lab');
  assert.is(line('labwright'), 'npx -y -p labwright lab');
  assert.is(line('labwright@0.1.0'), 'npx -y -p labwright@0.1.0 lab');
});

test('npx in a project: by its name where npm finds it, otherwise by its path', () => {
  const project = folder({ 'package.json': '{}', 'inner/package.json': '{}', 'my-lab/base/compose.yaml': '' });
  const env = { npm_command: 'exec', npm_config_local_prefix: project };
  const program = join(project, 'node_modules/.bin/lab');
  const from = (dir: string) => callLine(env, program, project, dir);
  assert.is(from(project), 'npx lab');
  assert.is(from(join(project, 'my-lab/base')), 'npx lab');
  assert.is(from(join(project, 'not-created-yet')), 'npx lab');
  assert.is(from(join(project, 'inner/my-lab')), program);
  assert.is(from(tmpdir()), program);
  // in a clone, where npm starts the package's own program
  assert.is(callLine(env, '/clone/dist/src/cli/main.js', '/', tmpdir()), 'node /clone/dist/src/cli/main.js');
});

test.run();
