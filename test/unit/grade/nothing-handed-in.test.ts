import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { loadRubric, type Rubric, standardRubric } from '../../../src/grade/rubric/rubric.ts';
import { topDeductions } from '../../../src/grade/scoring/top-deductions.ts';
import { intakeLimits, unpack } from '../../../src/grade/submissions/unpack.ts';
import { gradeUnread } from '../../../src/grade/ungraded.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';
import { folder } from '../../helpers/folder.ts';

/** A submission without any Compose file. */

const rubric = await loadRubric(standardRubric(composeScale), composeScale);
const { empty: _, ...without } = rubric;

async function gradeOf(files: readonly string[], by: Rubric = rubric) {
  const dir = folder(Object.fromEntries(files.map((name) => [name, ''])));
  const read = await unpack(dir, join(folder(), 'into'), intakeLimits, new AbortController().signal, 'nginx');
  if (read.ok) throw new Error('it has a Compose file');
  return gradeUnread(by, read.refusals);
}

for (const files of [[], ['README.md', 'flask/app.py'], ['report.pdf']])
  test(`graded as the rubric defines, with a label: ${files}`, async () => {
    const grade = await gradeOf(files);
    assert.equal([grade.status, grade.points, grade.max, grade.checks, grade.refusals], ['graded', 0, 100, [], []]);
    assert.ok(grade.goals?.length === 7 && grade.goals.every(({ points }) => points === 0));
    assert.is(grade.label?.en, 'nothing handed in: there is no Compose file');
    if (grade.label) assertComplete(grade.label, 'label');
    assert.equal(topDeductions(grade), { text: grade.label, others: 0 });
  });

test('refused if the rubric does not define it', async () => {
  const grade = await gradeOf([], without);
  assert.equal([grade.status, grade.points, grade.label], ['refused', null, undefined]);
  assert.equal(
    grade.refusals.map(({ code }) => code),
    ['no-compose-file'],
  );
});

for (const file of ['a/b/compose.yaml', 'Compose.yaml', 'my-stack.yml', 'docker-compose.yml.txt', 'docker-compose.docx'])
  test(`refused, not graded zero, if a file may be meant as the Compose file: ${file}`, async () => {
    const grade = await gradeOf([file]);
    assert.equal([grade.status, grade.points], ['refused', null]);
    assert.is(grade.refusals[0]?.place?.file, file);
  });

test.run();
