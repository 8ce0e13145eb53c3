import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { chooseFaults } from '../../../../src/lab/exam.ts';
import { newExamFile, withClaim } from '../../../../src/lab/exam-file.ts';
import { createExam, loadExam, saveExam } from '../../../../src/learn/break/exam-folder.ts';
import { draftOf } from '../../../../src/platform/atomic-file.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { folder } from '../../../helpers/folder.ts';

const exam = { count: faults.length, seed: 3 };
const all = chooseFaults(faults, exam);
const file = newExamFile({ tutorial: 'compose-scale', version: '0.1.0', startedAt: '2026-11-27T01:00:00.000Z' }, exam, all);
const sourceOf = (stack: string) => join(assets, 'compose-scale', composeScale.stacks[stack]?.dir ?? '');
const create = (dir: string) => createExam(dir, { faults: all, file, readme: '# Exam\n', sourceOf });

test('an exam has a folder with the fault for each, the result file and a README; no file names a fault', async () => {
  const dir = join(folder(), 'exam');
  await create(dir);
  for (const { folder: name, fault } of all) {
    const [{ file: changed, to }] = fault.edits;
    const written = readFileSync(join(dir, name, changed), 'utf8');
    assert.ok(written.includes(to), fault.id);
    assert.not.ok(existsSync(join(dir, name, '.labwright')));
  }
  assert.is(readFileSync(join(dir, 'README.md'), 'utf8'), '# Exam\n');
  assert.equal(await loadExam(dir), file);
});

test('an existing folder is not changed', async () => {
  const dir = folder({ 'mine.txt': 'mine' });
  const error = await create(dir).then(
    () => undefined,
    (thrown: NodeJS.ErrnoException) => thrown,
  );
  assert.is(error?.code, 'EEXIST');
  assert.not.ok(existsSync(join(dir, 'exam.json')));
});

test('the result file is not written through a link beside it', async () => {
  const dir = folder({ 'other.txt': 'other' });
  const path = join(dir, 'exam.json');
  for (const link of [draftOf(path), `${path}.new`]) symlinkSync(join(dir, 'other.txt'), link);
  await saveExam(dir, file);
  assert.is(readFileSync(join(dir, 'other.txt'), 'utf8'), 'other');
  assert.equal(await loadExam(dir), file);
});

test('the result file: absent, saved, not valid', async () => {
  const dir = folder();
  assert.is(await loadExam(dir), undefined);
  const changed = withClaim(file, { folder: 'fault-1', hints: 2, checks: 1 });
  await saveExam(dir, changed);
  assert.equal(await loadExam(dir), changed);
  writeFileSync(join(dir, 'exam.json'), '{"format": "other"}');
  assert.ok(
    await loadExam(dir).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
});

test.run();
