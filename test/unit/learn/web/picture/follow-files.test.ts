import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../../../../src/cli/clock.ts';
import { type FileLines, FollowFiles } from '../../../../../src/learn/web/picture/follow-files.ts';
import { front, web } from './facts.ts';

/** A folder with a mounted folder `log`, and the lines that are seen in it. */
function folder() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'labwright-picture-')));
  mkdirSync(join(dir, 'log'));
  const seen: FileLines[] = [];
  const errors: unknown[] = [];
  let wake = () => {};
  const follow = new FollowFiles({
    ...{ dir, clock },
    listen: (lines) => {
      seen.push(lines);
      wake();
    },
    failed: (error) => {
      errors.push(error);
      wake();
    },
  });
  const mount = { type: 'bind', source: join(dir, 'log'), destination: '/log', writable: true };
  const texts = () => seen.flatMap(({ container, path, lines }) => lines.map((line) => `${container} ${path} ${line}`));
  return {
    ...{ dir, follow, mount, seen, errors, texts },
    until: (isSo: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        // keeps the process alive, too: what is watched does not
        const limit = setTimeout(() => reject(new Error(`not seen: ${texts().join(' | ')}`)), 60_000);
        wake = () => {
          if (!isSo()) return;
          clearTimeout(limit);
          resolve();
        };
        wake();
      }),
    remove: () => {
      follow.close();
      assert.equal(errors, []);
      rmSync(dir, { recursive: true });
    },
  };
}

test('what was in a file is history; what is appended, also in pieces, to a new file or after a truncation, is seen once', async () => {
  const { dir, follow, mount, seen, texts, until, remove } = folder();
  try {
    const file = join(dir, 'log/a.log');
    writeFileSync(file, 'old\n');
    await follow.sync([front({ mounts: [mount] })]);
    await until(() => texts().length === 1);
    assert.ok(seen[0]?.isHistory);
    appendFileSync(file, 'one\ntw');
    await until(() => texts().length === 2);
    appendFileSync(file, 'o\n');
    await until(() => texts().length === 3);
    renameSync(file, `${file}.1`);
    writeFileSync(file, 'three\n');
    await until(() => texts().length === 4);
    truncateSync(file);
    appendFileSync(file, '4\n');
    await until(() => texts().length === 5);
    assert.equal(
      texts(),
      ['old', 'one', 'two', 'three', '4'].map((text) => `front1 log/a.log ${text}`),
    );
    assert.ok(seen.slice(1).every(({ isHistory }) => !isHistory));
  } finally {
    remove();
  }
});

test('links, and folders that are mounted read-only, are outside, or belong to several running containers, are not read', async () => {
  const { dir, follow, mount, texts, until, remove } = folder();
  try {
    mkdirSync(join(dir, 'conf'));
    mkdirSync(join(dir, 'shared'));
    for (const name of ['conf/a', 'shared/a', 'secret']) writeFileSync(join(dir, name), 'hidden\n');
    symlinkSync('../secret', join(dir, 'log/link'));
    writeFileSync(join(dir, 'log/a'), 'shown\n');
    const shared = { ...mount, source: join(dir, 'shared') };
    await follow.sync([
      front({ mounts: [mount, shared, { ...mount, source: join(dir, 'conf'), writable: false }, { ...mount, source: '/etc' }] }),
      web(1, { mounts: [shared] }),
    ]);
    await until(() => texts().length > 0);
    appendFileSync(join(dir, 'shared/a'), 'hidden too\n');
    appendFileSync(join(dir, 'log/a'), 'shown too\n');
    await until(() => texts().length === 2);
    assert.equal(texts(), ['front1 log/a shown', 'front1 log/a shown too']);
  } finally {
    remove();
  }
});

test('a single file that is mounted is followed; a container that takes over a folder writes it from then on', async () => {
  const { dir, follow, mount, texts, until, remove } = folder();
  try {
    writeFileSync(join(dir, 'access.log'), '');
    const single = { ...mount, source: join(dir, 'access.log') };
    await follow.sync([front({ mounts: [single] })]);
    appendFileSync(join(dir, 'access.log'), 'one\n');
    await until(() => texts().length === 1);
    await follow.sync([front({ state: 'exited', mounts: [single] }), front({ id: 'front2', mounts: [single] })]);
    appendFileSync(join(dir, 'access.log'), 'two\n');
    await until(() => texts().length === 2);
    assert.equal(texts(), ['front1 access.log one', 'front2 access.log two']);
  } finally {
    remove();
  }
});

test('after an error of the system, a folder is read again at its next change', async () => {
  const { dir, follow, mount, errors, texts, until, remove } = folder();
  try {
    writeFileSync(join(dir, 'log/a'), 'one\n');
    await follow.sync([front({ mounts: [mount] })]);
    await until(() => texts().length === 1);
    // a link to itself in its place: it has no real path
    renameSync(join(dir, 'log'), join(dir, 'moved'));
    symlinkSync('log', join(dir, 'log'));
    appendFileSync(join(dir, 'moved/a'), 'two\n');
    await until(() => errors.length === 1);
    assert.match(String(errors.splice(0)), 'ELOOP');
    rmSync(join(dir, 'log'));
    renameSync(join(dir, 'moved'), join(dir, 'log'));
    appendFileSync(join(dir, 'log/a'), 'three\n');
    await until(() => texts().length === 3);
  } finally {
    remove();
  }
});

test.run();
