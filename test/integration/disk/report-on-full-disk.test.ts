import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../../src/platform/package-root.ts';
import { openReporters } from '../../../src/report/reporters.ts';
import { mixed } from '../../fixtures/events.ts';
import { fakeScreen } from '../../fixtures/screen.ts';
import { folder } from '../../helpers/folder.ts';
import { onSmallDisk } from '../../helpers/small-disk.ts';

/** Reports onto a file system that is really full. */
const test = suite('full disk');

async function report(names: string[], outs: string[], afterFirst = () => {}) {
  const [out, err] = [fakeScreen(), fakeScreen()];
  const reporters = openReporters(names, outs, {
    out: out.screen,
    err: err.screen,
    lang: 'en',
    signal: new AbortController().signal,
  });
  for (const [at, event] of mixed.entries()) {
    if (at === 1) afterFirst();
    reporters.listen(event);
  }
  const failures = (await reporters.close()).map(({ reporter }) => reporter);
  return { failures, out: out.text(), err: err.text() };
}
const fill = (disk: string, leaveBytes = 0) => {
  const { bsize, bavail } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bsize * bavail - leaveBytes)));
};

for (const name of ['json', 'junit', 'ndjson']) {
  test(`${name}: nothing fits, which is reported; the other reports are complete`, () =>
    onSmallDisk('64k', async (disk) => {
      fill(disk);
      const kept = join(folder(), 'kept');
      const other = name === 'json' ? 'junit' : 'json';
      const file = join(disk, 'report');
      const { failures, out, err } = await report(['terminal', other, name], [kept, file]);
      assert.equal(failures, [name]);
      assert.match(err, new RegExp(`^The ${name} reporter failed; the run itself was not affected: ${file}: ENOSPC[^\\n]*\\n$`));
      assert.match(out, 'Undecided after');
      assert.match(readFileSync(kept, 'utf8'), 'images-present');
      const left = readdirSync(disk).filter((entry) => entry !== 'filler');
      assert.equal(left, name === 'ndjson' ? ['report'] : [], 'no partial document, no draft');
    }));
}

test('the disk fills while a document is written: the previous one is unchanged', () =>
  onSmallDisk('64k', async (disk) => {
    const file = join(disk, 'report.json');
    writeFileSync(file, '{"old":true}');
    const { failures } = await report(['json'], [file], () => fill(disk));
    assert.equal(failures, ['json']);
    assert.is(readFileSync(file, 'utf8'), '{"old":true}');
    assert.equal(readdirSync(disk).sort(), ['filler', 'report.json']);
  }));

test('the disk fills while lines are written: earlier lines are complete, and there is no partial one', () =>
  onSmallDisk('64k', async (disk) => {
    const file = join(disk, 'events.ndjson');
    const { failures } = await report(['ndjson'], [file], () => fill(disk, 4096));
    assert.equal(failures, ['ndjson']);
    const written = readFileSync(file, 'utf8');
    assert.ok(written.endsWith('}\n'));
    const kinds = written
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    assert.ok(kinds.length > 1 && kinds.length < mixed.length, `${kinds.length} lines`);
    assert.equal(
      kinds,
      mixed.slice(0, kinds.length).map(({ kind }) => kind),
    );
  }));

test('output of a command onto a full disk: reported, exit 3', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), 'list', '--lang', 'en'], {
      stdio: ['ignore', full, 'pipe'],
    });
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr as Readable), once(child, 'exit')]);
    assert.match(stderr, /^Not all of the output could be written: ENOSPC/);
    assert.is(exitCode, 3);
  } finally {
    closeSync(full);
  }
});

test.run();
