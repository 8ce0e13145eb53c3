import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freeIn, makeDisk, removeDisk, reservedIn, spareMb } from '../../../../src/docker/embedded/disks.ts';
import { folder } from '../../../helpers/folder.ts';
import { loopsBelow } from '../../../helpers/own-engine.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { onSmallDisk } from '../../../helpers/small-disk.ts';

/** The disk of a submission: a separate file system on a loop device. */
const test = suite('disks of submissions');

const size = { mb: 30, files: 200 };
const mountsAt = (path: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(` ${path} `));

test('the size of a disk limits everything written, including unlinked files; it uses no more space of the disk below; removal leaves nothing', async () => {
  const top = folder();
  const path = join(top, 'a', 'run1');
  await makeDisk(path, size, process.pid);
  const reserved = await reservedIn(join(top, 'a'));
  assert.ok(reserved >= size.mb * 1e6 && reserved < (size.mb + 1) * 1e6, `${reserved} bytes are reserved`);
  const junk = openSync(join(path, 'junk'), 'w');
  unlinkSync(join(path, 'junk'));
  let written = 0;
  try {
    assert.throws(
      () => {
        for (;;) written += writeSync(junk, Buffer.alloc(1_000_000));
      },
      ({ code }: NodeJS.ErrnoException) => code === 'ENOSPC',
    );
    const { blocks, bfree, bsize } = statfsSync(path);
    assert.ok(written > size.mb * 0.9e6 && written <= size.mb * 1e6, `${written} bytes were written`);
    assert.ok((blocks - bfree) * bsize >= written, 'unlinked files are counted');
    assert.is(await reservedIn(join(top, 'a')), reserved);
  } finally {
    closeSync(junk);
  }
  assert.throws(() => {
    for (let at = 0; at <= size.files; at++) closeSync(openSync(join(path, String(at)), 'w'));
  }, /ENOSPC/);
  await removeDisk(path);
  assert.equal([readdirSync(join(top, 'a')), mountsAt(path), loopsBelow(top)], [[], [], []]);
  await removeDisk(path);
});

test('not enough space: E_DISK_FULL, with the size', () =>
  onSmallDisk(`${spareMb + 20}m`, async (disk) => {
    assert.ok((await freeIn(disk)) < size.mb);
    const error = await rejection(makeDisk(join(disk, 'run1'), size, process.pid));
    assert.is(error.code, 'E_DISK_FULL');
    assert.match(error.text.en, /has less than the 30 MB that a submission's files need/);
    await removeDisk(join(disk, 'run1'));
    assert.equal(readdirSync(disk), []);
  }));

test('an engine with private mounts sees the disk too, and no longer after its removal', async () => {
  const closed = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', 'echo ready; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const top = folder();
  const path = join(top, 'run1');
  const mountsOf = (pid: number | undefined) =>
    readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
      .split('\n')
      .filter((line) => line.includes(` ${path} `)).length;
  try {
    await waitForOutput(closed, /ready/);
    await makeDisk(path, size, closed.pid ?? 0);
    assert.equal([mountsOf(closed.pid), mountsOf(process.pid)], [1, 1]);
    await removeDisk(path);
    assert.equal([mountsOf(closed.pid), mountsOf(process.pid), loopsBelow(top)], [0, 0, []]);
  } finally {
    closed.kill();
    await removeDisk(path);
  }
});

test('an absent engine: E_ENGINE_START', async () => {
  const path = join(folder(), 'run1');
  const error = await rejection(makeDisk(path, size, 0));
  await removeDisk(path);
  assert.is(error.code, 'E_ENGINE_START');
  assert.match(error.hint.en, /`lab engine down`/);
  assert.not(existsSync(path));
});

const waitForOutput = ({ stdout }: ChildProcess, words: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    stdout?.on('data', (piece) => {
      output += piece;
      if (words.test(output)) resolve();
    });
    stdout?.once('end', () => reject(new Error(`it ended: ${output}`)));
  });

test.run();
