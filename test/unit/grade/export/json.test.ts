import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderGradescope } from '../../../../src/grade/export/gradescope.ts';
import { renderJson } from '../../../../src/grade/export/json.ts';
import { jsonSchema } from '../../../../src/grade/export/schema.ts';
import type { Entry, Gradebook } from '../../../../src/grade/types.ts';
import { langs } from '../../../../src/lab/text.ts';
import { bigBook, emptyBook, entries, gradebook, weakerBook } from '../../../fixtures/gradebook.ts';

const schemaFile = fileURLToPath(new URL('../../../../assets/grades.schema.json', import.meta.url));
const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(jsonSchema() as object);
const json = (book: Gradebook): string => [...renderJson(book)].join('');
const steers = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{NChar}]/u;

test('the JSON Schema in assets is the one generated (UPDATE_GOLDEN=1 writes it)', () => {
  const generated = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(schemaFile, generated);
  assert.fixture(readFileSync(schemaFile, 'utf8'), generated);
});

for (const [name, book] of Object.entries({ gradebook, weakerBook, emptyBook, big: bigBook(50) })) {
  test(`grades.json of ${name} is valid by the JSON Schema`, () => {
    validate(JSON.parse(json(book)));
    assert.equal(validate.errors ?? [], []);
  });
}

test('the schema refuses documents with missing or wrong fields', () => {
  const changed = (change: (entry: { grade: Record<string, unknown> }) => void) => {
    const book = JSON.parse(json(gradebook));
    change(book.entries[0]);
    return validate(book);
  };
  assert.ok(changed(() => {}));
  assert.not.ok(changed(({ grade }) => Object.assign(grade, { status: 'zero' })));
  assert.not.ok(changed(({ grade }) => Object.assign(grade, { points: '100' })));
  assert.not.ok(changed(({ grade }) => Object.assign(grade, { review: { en: 'one language' } })));
  assert.not.ok(changed((entry) => Object.assign(entry, { surprise: true })));
});

test('parsing grades.json restores the gradebook, points without floating-point noise', () => {
  const book = { ...gradebook, entries: gradebook.entries.filter((entry) => entry !== entries.noisy) };
  const round = (key: string, value: unknown) =>
    key === 'points' && typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value;
  assert.equal(JSON.parse(json(book)), JSON.parse(JSON.stringify(book, round)));
  assert.match(json(gradebook), '"points":88.9,');
  assert.not.match(json(gradebook), /\.\d*(?:0000000|9999999)\d/);
});

test('grades.json is safe for a terminal: control characters are escaped', () => {
  assert.not.match(json(gradebook).replaceAll('\n', ''), steers);
  assert.match(json(gradebook), '\\u202E');
});

/** As documented at gradescope-autograders.readthedocs.io/en/latest/specs: no other fields, and either a score or tests with one. */
const format = { enum: ['text', 'html', 'simple_format', 'md', 'ansi'] };
const visibility = { enum: ['hidden', 'after_due_date', 'after_published', 'visible'] };
const results = {
  type: 'object',
  additionalProperties: false,
  required: ['output'],
  anyOf: [{ required: ['score'] }, { required: ['tests'] }],
  properties: {
    score: { type: 'number' },
    execution_time: { type: 'number' },
    output: { type: 'string' },
    output_format: format,
    test_output_format: format,
    test_name_format: format,
    visibility,
    stdout_visibility: visibility,
    extra_data: { type: 'object' },
    tests: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['score'],
        properties: {
          score: { type: 'number' },
          max_score: { type: 'number' },
          status: { enum: ['passed', 'failed'] },
          name: { type: 'string' },
          name_format: format,
          number: { type: 'string' },
          output: { type: 'string' },
          output_format: format,
          tags: { type: 'array', items: { type: 'string' } },
          visibility,
          extra_data: { type: 'object' },
        },
      },
    },
  },
};
interface Results {
  readonly score?: number;
  readonly output: string;
  readonly stdout_visibility: string;
  readonly tests?: readonly Readonly<Record<string, unknown>>[];
}
const scored = new Ajv2020({ allErrors: true }).compile(results);
const gradescope = (entry: Entry, lang: 'en' | 'zh-TW' = 'en') => JSON.parse(renderGradescope(entry, lang)) as Results;

test('Gradescope: graded submissions have valid results, others none that could count as a zero', () => {
  for (const lang of langs)
    for (const entry of gradebook.entries) {
      const output = gradescope(entry, lang);
      const valid = scored(output);
      if (entry.grade.points !== null) assert.equal(scored.errors ?? [], [], entry.student.id);
      else {
        assert.not.ok(valid, 'neither a score nor tests');
        assert.equal(
          scored.errors?.map(({ keyword }) => keyword),
          ['required', 'required', 'anyOf'],
        );
      }
    }
});

test('Gradescope: tests with points and reasons; those for the teacher are hidden', () => {
  const output = gradescope(entries.one);
  assert.is(output.score, 59.7);
  assert.is(output.stdout_visibility, 'hidden');
  assert.equal(output.tests?.[2], {
    name: 'the load through the proxy is spread evenly over flask',
    score: 0,
    max_score: 40.3,
    status: 'failed',
    output:
      'expected: about 10 answers from each of 3 replicas\nsaw: 30 answers, all from 4f0c9be1d2a7\n' +
      'log of nginx: 2026/11/20 09:00:00 [notice] 1#1: start worker processes\nupstream: flask (172.19.0.3:5000)\n' +
      'look in: nginx/nginx.conf, compose.yaml:12\n' +
      'try next: let nginx look the name up again: docker compose restart nginx',
    output_format: 'text',
    visibility: 'visible',
    tags: ['scale'],
    extra_data: { id: 'scale/spread-is-even', outcome: 'failed' },
  });
  assert.is(output.tests?.[3]?.['status'], 'failed', 'excused, but not passed');
  assert.match(String(output.tests?.[3]?.['output']), 'not counted again: it follows from scale/spread-is-even');
  assert.equal(
    output.tests?.map((one) => one['visibility']),
    ['visible', 'visible', 'visible', 'visible', 'hidden'],
  );
  assert.is(
    output.output,
    '59.7 of 100 points\n' +
      'Cause: −40.3: 30 answers, all from 4f0c9be1d2a7 (expected: about 10 answers from each of 3 replicas); log of nginx: upstream: flask (172.19.0.3:5000)\n' +
      'log of nginx: 2026/11/20 09:00:00 [notice] 1#1: start worker processes\nupstream: flask (172.19.0.3:5000)\n' +
      'look in: nginx/nginx.conf, compose.yaml:12\n1 more check depends on this\n' +
      'try next: let nginx look the name up again: docker compose restart nginx\n' +
      'Noted:\ncompose.yaml:8:3 (flask): ports are not published while it is graded',
  );
});

test('Gradescope: the text instead of a score, and decisions of the teacher', () => {
  assert.match(
    gradescope(entries.refused).output,
    /^There is no score yet, and that is not a zero: .*refused.*\ndocker-compose\.yml:14:5/,
  );
  assert.match(gradescope(entries.review, 'zh-TW').output, /^目前沒有分數，但這不是零分：.*\n引擎三次停止回應/);
  const settled = gradescope(entries.settled);
  assert.is(settled.score, 85);
  assert.is(settled.output, '85 of 100 points\nthe teacher decided the total: 85');
  for (const entry of gradebook.entries) {
    const written = JSON.stringify(gradescope(entry));
    assert.not.match(written, /close call|誤貼/, 'the teacher’s reasons are the teacher’s');
    assert.ok(entry.sameAs === undefined || !written.includes(entry.sameAs));
    assert.not.match(written.replaceAll('\\n', ''), steers);
  }
});

test.run();
