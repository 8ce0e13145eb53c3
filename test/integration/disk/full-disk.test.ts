import { mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asLabError } from '../../../src/docker/api/api-error.ts';
import { openJournal } from '../../../src/grade/journal.ts';
import { intakeLimits, unpack } from '../../../src/grade/submissions/unpack.ts';
import { LabError } from '../../../src/lab/error.ts';
import { writeEntry } from '../../../src/run/journal.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';
import { onSmallDisk } from '../../helpers/small-disk.ts';

/** Every error for a full disk names the file that did not fit, and what to do. */

const fill = (disk: string): void => {
  const { bsize, bavail } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bsize * bavail));
};
async function fullAt(file: string, work: () => Promise<unknown>): Promise<void> {
  const failure = await work().then(
    () => assert.unreachable('it was written'),
    (error: unknown) => (error instanceof LabError ? error : asLabError(error)),
  );
  assert.ok(failure);
  assert.is(failure.code, 'E_STATE');
  assert.match(failure.text.en, `the disk is full: ${file} could not be written (ENOSPC)`, failure.text.en);
  assert.match(failure.text['zh-TW'], `磁碟已滿：無法寫入 ${file}（ENOSPC）`);
  assert.match(failure.hint.en, /^free space on the disk of that file/);
  assert.match(failure.hint['zh-TW'], /^請在那個檔案所在的磁碟清出空間/);
}
const endpoint = { host: 'unix:///none' };

test('the journal entry of a run', () =>
  onSmallDisk('64k', async (disk) => {
    mkdirSync(join(disk, 'runs'));
    fill(disk);
    const entry = { id: 'abc', startedAt: '2026-01-01T00:00:00.000Z', endpoint, dir: disk } as Parameters<typeof writeEntry>[1];
    await fullAt(join(disk, 'runs/abc.json.new'), () => writeEntry({ cache: disk, state: disk }, entry));
  }));

test('a submission that is unpacked', () =>
  onSmallDisk('64k', async (disk) => {
    const from = folder();
    writeFileSync(join(from, 'compose.yaml'), 'services: {}\n');
    writeFileSync(join(from, 'data'), Buffer.alloc(200_000, 1));
    const into = join(disk, 'files');
    await fullAt(join(into, '0', 'data'), () => unpack(from, into, intakeLimits, new AbortController().signal, 'nginx'));
  }));

test('the journal of grades, through the program: before an engine is needed', () =>
  onSmallDisk('64k', async (disk) => {
    const submissions = folder();
    mkdirSync(join(submissions, 'ann'));
    mkdirSync(join(disk, 'grades'));
    fill(disk);
    const { stderr, exitCode } = await lab(['grade', submissions, '--out', join(disk, 'grades')]);
    assert.match(stderr, `error E_STATE: the disk is full: ${disk}/grades/journal.ndjson could not be written (ENOSPC)`);
    assert.match(stderr, '\nhint: free space on the disk of that file');
    assert.is(exitCode, 3);
  }));

test('the journal of grades, while a class is graded', () =>
  onSmallDisk('64k', async (disk) => {
    const journal = await openJournal(disk);
    fill(disk);
    const grade = {
      status: 'review',
      points: null,
      max: 1,
      checks: [],
      deductions: [],
      notes: [],
      refusals: [],
      durationMs: 0,
    } as never;
    await fullAt(join(disk, 'journal.ndjson'), async () => {
      // the last block of the file may have space for some
      for (let at = 0; at < 1000; at += 1) await journal.add(`key${at}`, grade);
    });
    await journal.close();
    assert.ok(readdirSync(disk).includes('journal.ndjson'));
  }));

test.run();
