// time limit: 1800 s
// alone
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fileNames } from '../../src/grade/export/file-names.ts';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets } from '../../src/platform/package-root.ts';
import { differences } from '../fixtures/class-expected.ts';
import { expectedHostile } from '../fixtures/class-hostile.ts';
import { expectedRightWrong } from '../fixtures/class-right-wrong.ts';
import { expectedStrangers } from '../fixtures/class-strangers.ts';
import { hostileArchives } from '../fixtures/hostile-archives.ts';
import { faultsOf } from '../fixtures/junit.ts';
import { type Ended, runBin } from '../helpers/bin.ts';
import { type Canaries, setCanaries } from '../helpers/canaries.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';

/** Grades the sample class on a machine with canaries: every submission gets the expected grade, no canary is reached, and nothing is left. */

const classDir = 'test/fixtures/class';
const all = [...expectedRightWrong, ...expectedStrangers, ...expectedHostile];
/** CI grades every third that is hostile, every sixth of the fakes and of what is fair, and every 24th of the others. */
const expected = [
  ...expectedRightWrong.filter((_, at) => at % repeats(1, 24) === 0),
  ...expectedStrangers.filter((_, at) => at % repeats(1, 6) === 0),
  ...expectedHostile.filter((_, at) => at % repeats(1, 3) === 0),
];
const graded = readdirSync(classDir).filter((name) =>
  expected.some((one) => name.replace(/\.(?:tar|zip|tar\.gz)$/, '') === one.name),
);

const test = suite<{ canaries: Canaries; out: string; ended: Ended; book: Gradebook }>('the sample class');
test.before(async (it) => {
  it.canaries = await setCanaries();
  it.out = join(folder(), 'out');
  const dir = folder();
  execFileSync('cp', ['-a', ...graded.map((name) => join(classDir, name)), dir]);
  it.ended = await runBin(['grade', dir, '--out', it.out, '--build-network', 'none'], it.canaries.env);
  it.book = JSON.parse(readFileSync(join(it.out, 'grades.json'), 'utf8')) as Gradebook;
});
// they are missing if they could not be set: the reason is reported, and not hidden by an error here
test.after(({ canaries }) => canaries?.close());

test('the exit code is 3, because some submissions need review', ({ ended }) =>
  assert.equal([ended.exitCode, ended.signal], [3, null], ended.stderr + ended.stdout));

test('each submission gets the expected grade', ({ book }) => {
  const ids = book.entries.map(({ student }) => student.id);
  assert.equal(ids.toSorted(), expected.map(({ name }) => name).toSorted());
  const wrong = book.entries.flatMap(({ student, grade }) => {
    const wanted = expected.find(({ name }) => name === student.id);
    return wanted ? differences(grade, wanted).map((one) => `${student.id}: ${one}`) : [];
  });
  assert.is(wrong.join('\n'), '');
});

test('every exported file is valid and contains the same points', async ({ out, book }) => {
  const read = (...path: readonly string[]) => readFileSync(join(out, ...path), 'utf8');
  const validate = new Ajv2020({ validateFormats: false }).compile(
    JSON.parse(readFileSync(join(assets, 'grades.schema.json'), 'utf8')),
  );
  assert.ok(validate(book), JSON.stringify(validate.errors));
  assert.equal(await faultsOf(read('junit.xml')), []);

  const points = book.entries.map(({ grade }) => grade.points);
  const graded = points.filter((one) => one !== null);
  const column = (file: string, name: (columns: readonly string[]) => string | undefined) => {
    const rows = parse(read(file), { bom: true, columns: true }) as Record<string, string>[];
    return rows.map((row) => row[name(Object.keys(row)) ?? '']);
  };
  const asWritten = (some: readonly (number | null)[]) => some.map((one) => (one === null ? '' : String(one)));
  assert.equal(
    column('grades.csv', (names) => names.find((one) => one === 'points')),
    asWritten(points),
  );
  assert.equal(
    column('moodle.csv', (names) => names.find((one) => one === 'Grade')),
    asWritten(points),
  );
  assert.equal(
    column('canvas.csv', (names) => names.at(-1)),
    asWritten([book.rubric.max, ...graded]),
  );

  const names = fileNames(book.entries.map(({ student }) => student.id));
  for (const { student, grade } of book.entries) {
    const name = names(student.id);
    assert.is(JSON.parse(read('gradescope', name, 'results.json')).score ?? null, grade.points, student.id);
    assert.match(read('students', `${name}.html`), /^<!doctype html>/i);
    assert.match(read('summary', `${name}.md`), /^# /);
    assert.match(read('comments', `${name}.md`), /^### /);
  }
  assert.match(read('index.html'), /^<!doctype html>/i);
  assert.match(read('summary.md'), /^# /);
});

test('the class has at least 12 right, 30 wrong and 40 hostile submissions', () => {
  const count = (start: string) => all.filter(({ name }) => name.startsWith(start)).length;
  assert.equal(new Set(all.map(({ name }) => name)).size, readdirSync(classDir).length, 'a row for each');
  assert.ok(count('right-') >= 12 && count('wrong-') >= 30 && count('hostile-') >= 40);
});

test('each hostile archive matches its recipe', async () => {
  for (const [name, make] of Object.entries(hostileArchives)) {
    const there = readFileSync(join(classDir, name));
    // compressed bytes depend on the compressor, so only tar archives are compared
    if (name.endsWith('.tar')) assert.ok(there.equals(await make()), name);
  }
});

test('no canary was reached, and the output contains nothing harmful', ({ canaries, out, ended }) =>
  canaries.assertUntouched(out, ended));

test('nothing is left on the engine or in the state folder', ({ canaries }) => canaries.assertNothingLeft());

test.run();
