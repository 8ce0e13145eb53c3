import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classroom50Run, renderClassroom50 } from '../../../../../src/grade/export/feedback/classroom50.ts';
import { filesOf } from '../../../../../src/grade/export/formats.ts';
import type { Entry } from '../../../../../src/grade/types.ts';
import { type Lang, langs } from '../../../../../src/lab/text.ts';
import { classroom50, type Result } from '../../../../fixtures/classroom50.ts';
import { entries, gradebook } from '../../../../fixtures/gradebook.ts';

const { run, schema, fits } = classroom50;
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const resultOf = (entry: Entry, lang: Lang = 'en') => JSON.parse(renderClassroom50(gradebook, entry, run, lang)) as Result;

test('the result of every grade is valid', () => {
  for (const lang of langs)
    for (const entry of gradebook.entries) {
      const result = resultOf(entry, lang);
      validate(result);
      assert.equal(validate.errors ?? [], [], entry.student.id);
      assert.ok(fits(result), entry.student.id);
    }
  assert.not.ok(validate({ ...resultOf(entries.one), score: 59.7 }));
  assert.not.ok(validate({ ...resultOf(entries.one), submission: 'v1' }));
});

test('whole points: rounded, but all of them only for a full score; none without a score', () => {
  const scored = (points: number | null) => {
    const { score, 'max-score': max } = resultOf({ ...entries.one, grade: { ...entries.one.grade, points } });
    return [score, max];
  };
  assert.equal([59.7, 59.4, 99.6, 100, 0, null].map(scored), [
    [60, 100],
    [59, 100],
    [99, 100],
    [100, 100],
    [0, 100],
    [0, 0],
  ]);
});

test('the root cause with the next step, then the checks; of those for the teacher only the points', () => {
  const { tests } = resultOf(entries.one);
  assert.match(tests[0]?.['test-name'] ?? '', /^Cause: −40\.3: 30 answers, all from/);
  assert.match(tests[0]?.message ?? '', /\ntry next: let nginx look the name up again/);
  assert.equal(
    tests.map(({ passed, score, 'max-score': max }) => [passed, score, max]),
    [
      [false, 0, 0],
      [true, 10, 10],
      [true, 20, 20],
      [false, 0, 40],
      [false, 19, 19],
      [true, 10, 10],
    ],
  );
  assert.is(tests[5]?.['test-name'], '1 check that only the teacher sees');
  assert.not.match(JSON.stringify(tests), 'networks are gone');
  assert.match(resultOf(entries.refused).tests[0]?.message ?? '', /not a zero[\s\S]*privileged/);
  assert.match(resultOf(entries.one, 'zh-TW').tests[0]?.message ?? '', '下一步: 讓 nginx');
});

test('the runner’s variables, and which one is missing', () => {
  const env = {
    CLASSROOM: run.classroom,
    ASSIGNMENT: run.assignment,
    OWNER: run.owner,
    SUBMISSION_TAG: run.submission,
    COMMIT_URL: run.commit,
    RELEASE_URL: run.release,
    REVIEW_URL: run.review,
    ASSIGNMENT_TYPE: 'individual',
  };
  assert.equal(classroom50Run(env), run);
  assert.equal(classroom50Run({ ...env, REVIEW_URL: '', ASSIGNMENT_TYPE: undefined }), { ...run, review: run.commit });
  for (const name of ['CLASSROOM', 'ASSIGNMENT', 'OWNER', 'SUBMISSION_TAG', 'COMMIT_URL', 'RELEASE_URL'])
    assert.equal(classroom50Run({ ...env, [name]: ' ' }), { absent: name });
  assert.equal(classroom50Run({ ...env, SUBMISSION_TAG: 'v1' }), { absent: 'SUBMISSION_TAG' });
  assert.equal(classroom50Run({ ...env, ASSIGNMENT_TYPE: 'x' }), { absent: 'ASSIGNMENT_TYPE' });
});

test('written only for a run of Classroom 50', () => {
  const book = { ...gradebook, entries: [entries.one] };
  const paths = (more?: Parameters<typeof filesOf>[2]) => filesOf(book, 'en', more).map(({ path }) => path);
  assert.ok(paths({ classroom50: run }).includes('classroom50/result.json'));
  assert.not.ok(paths().some((path) => path.startsWith('classroom')));
});

test.run();
