import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOfInterest, watchFiles } from '../../../src/learn/file-changes.ts';
import { folder } from '../../helpers/folder.ts';

test('files that a learner edits matter; progress, backups and version control do not', () => {
  for (const path of ['compose.yaml', 'web/app.py', 'logs/access.log', '.env']) assert.ok(isOfInterest(path), path);
  for (const path of ['.labwright/progress.json', '.git/index', 'compose.yaml~', 'web/.app.py.swp', '4913', 'web/.#app.py'])
    assert.not(isOfInterest(path), path);
});

/** A watched folder. `until` resolves when this path is reported, after the call; `moved`: when the folder itself may have moved. */
function watched(dir: string) {
  const wanted = new Map<string, () => void>();
  const until = (path: string) => new Promise<void>((resolve) => wanted.set(path, resolve));
  const failures: Error[] = [];
  const changes = watchFiles(dir, {
    changed: (path) => wanted.get(path)?.(),
    failed: (error) => failures.push(error),
    moved: () => wanted.get('moved')?.(),
  });
  const awake = setInterval(() => undefined, 60_000); // watching does not keep the process alive
  const close = () => {
    changes.close();
    clearInterval(awake);
  };
  return { until, failures, moved: () => until('moved'), close };
}

test('each change of a file is reported, however often the file was replaced', async () => {
  const dir = folder();
  const file = join(dir, 'web', 'web.conf');
  mkdirSync(join(dir, 'web'));
  writeFileSync(file, '0');
  const { until, failures, close } = watched(dir);
  for (const content of ['1', '2', '3']) {
    const seen = until('web/web.conf');
    writeFileSync(`${file}~`, content);
    renameSync(`${file}~`, file);
    await seen;
  }
  const seen = until('web/web.conf');
  writeFileSync(file, '4');
  await seen;
  close();
  assert.equal(failures, []);
});

test('folders that are created, removed and replaced later are watched', async () => {
  const dir = folder();
  const { until, failures, close } = watched(dir);
  for (const name of ['first', 'second']) {
    const made = until('a/b');
    mkdirSync(join(dir, 'a'));
    await until('a');
    mkdirSync(join(dir, 'a', 'b'));
    await made;
    const written = until('a/b/file');
    writeFileSync(join(dir, 'a', 'b', 'file'), name);
    await written;
    const gone = until('a');
    renameSync(join(dir, 'a'), join(dir, name));
    await gone;
  }
  const written = until('first/b/file');
  writeFileSync(join(dir, 'first', 'b', 'file'), 'again');
  await written;
  close();
  assert.equal(failures, []);
});

test('a folder that is renamed is reported', async () => {
  const dir = join(folder(), 'stack');
  mkdirSync(dir);
  const { moved, close } = watched(dir);
  const seen = moved();
  renameSync(dir, `${dir}-moved`);
  await seen;
  close();
});

test('a folder that does not exist is a failure, not an error', () => {
  const { failures, close } = watched(join(folder(), 'none'));
  close();
  assert.is(failures.length, 1);
});

test.run();
