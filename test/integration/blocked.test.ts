import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { loadImages } from '../../src/docker/images/save-load.ts';
import { envFor, startBin } from '../helpers/bin.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { rejection } from '../helpers/rejection.ts';

const test = suite<{ engine: Engine }>('files that block when read');
test.before(async (context) => {
  context.engine = await testEngine();
});
test.after(({ engine }) => engine.api.close());

test('lab verify: a named pipe or a folder as the Compose file or .env is reported', async ({ engine }) => {
  const dir = folder({ 'compose.yaml': 'services: {}\n' });
  for (const name of ['.env', 'compose.yaml']) {
    const path = join(dir, name);
    for (const [what, make] of [
      ['a named pipe', () => execFileSync('mkfifo', [path])],
      ['a folder', () => mkdirSync(path)],
    ] as const) {
      rmSync(path, { recursive: true, force: true });
      make();
      const { child, ended } = startBin(['verify'], envFor(engine, folder()), dir);
      const guard = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const { exitCode, signal, stderr } = await ended;
      clearTimeout(guard);
      assert.equal(
        [exitCode, signal, stderr.split('\n')[0]],
        [2, null, `error E_PROJECT_INVALID: ${path} is ${what}, not a regular file`],
      );
    }
    rmSync(path, { recursive: true });
  }
});

test('lab images load: a named pipe is reported', async ({ engine }) => {
  const path = join(folder(), 'images.tar');
  execFileSync('mkfifo', [path]);
  const error = await rejection(loadImages(engine, path, { progress: () => {}, signal: new AbortController().signal }));
  assert.equal([error.code, error.text.en], ['E_USAGE', `${path} is a named pipe, not a regular file`]);
});

test.run();
