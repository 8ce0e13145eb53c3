import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCsv } from '../../../../src/grade/export/csv.ts';
import { renderClassroom50 } from '../../../../src/grade/export/feedback/classroom50.ts';
import { renderGradescope } from '../../../../src/grade/export/gradescope.ts';
import { renderStudentPage } from '../../../../src/grade/export/html/pages.ts';
import { renderJunit } from '../../../../src/grade/export/junit.ts';
import { renderMoodle } from '../../../../src/grade/export/moodle.ts';
import { renderClassSummary, renderStudentSummary } from '../../../../src/grade/export/summary.ts';
import type { Gradebook, GradedCheck } from '../../../../src/grade/types.ts';
import { langs, text } from '../../../../src/lab/text.ts';
import { classroom50, type Result } from '../../../fixtures/classroom50.ts';
import { entries, gradebook } from '../../../fixtures/gradebook.ts';
import { gradedCheck } from '../../../fixtures/graded.ts';
import { casesIn, readJunit } from '../../../fixtures/junit.ts';

/** An excused check, and one that passes only with a part replaced, has its points. It did not pass, and no format shows it as passed. */

const root = gradedCheck('up/root', { outcome: 'failed', points: 0, actual: text('none', '沒有') });
const excused: readonly GradedCheck[] = [
  gradedCheck('up/failed', { outcome: 'failed', excusedBy: 'up/root', actual: text('none', '沒有') }),
  gradedCheck('up/skipped', { outcome: 'skipped', excusedBy: 'up/root', because: text('it did not run', '它沒有執行') }),
  gradedCheck('up/unseen', { outcome: 'failed', excusedBy: 'up/root', visible: false }),
  gradedCheck('up/repaired', { outcome: 'failed', repaired: true, actual: text('HTTP 502', 'HTTP 502') }),
  gradedCheck('up/repaired-skip', { outcome: 'skipped', repaired: true, because: text('it did not run', '它沒有執行') }),
  gradedCheck('up/worthless', { outcome: 'failed', points: 0, max: 0 }),
];
/** Does not apply to this submission. */
const apart = gradedCheck('up/apart', { outcome: 'skipped', because: text('it has none', '沒有這一項') });
const entry = { ...entries.perfect, grade: { ...entries.perfect.grade, points: 90, checks: [root, ...excused, apart] } };
const book: Gradebook = { ...gradebook, entries: [entry] };

test('Classroom 50: neither the visible ones, nor the sum of the others', () => {
  const { tests } = JSON.parse(renderClassroom50(book, entry, classroom50.run, 'en')) as Result;
  const [cause, ...others] = tests;
  assert.match(cause?.['test-name'] ?? '', /^Cause: −.*none/);
  assert.equal(
    others.map((one) => [one['test-name'], one.passed]),
    [
      ['the claim of up/root', false],
      ['the claim of up/failed', false],
      ['the claim of up/skipped', false],
      ['the claim of up/repaired', false],
      ['the claim of up/repaired-skip', false],
      ['the claim of up/worthless', false],
      ['the claim of up/apart', true],
      ['1 check that only the teacher sees', false],
      // the fixture's total is less than the sum of its checks
      ['the total is limited to between zero and the maximum', true],
    ].slice(0, others.length),
  );
});

test('Gradescope', () => {
  const { tests } = JSON.parse(renderGradescope(entry, 'en')) as { tests: { status?: string; extra_data: { id: string } }[] };
  assert.equal(
    tests.map((one) => [one.extra_data.id, one.status]),
    [['up/root', 'failed'], ...excused.map(({ id }) => [id, 'failed']), ['up/apart', undefined]],
  );
});

test('JUnit', () => {
  const cases = casesIn(readJunit([...renderJunit(book, 'en')].join('')));
  for (const { id } of excused) {
    const own = cases.find(({ name }) => name === id);
    assert.ok(own?.failure ?? own?.skipped, id);
  }
});

test('the pages and texts of the student and the class', () => {
  const passed = { en: 'passed', 'zh-TW': '通過' };
  for (const lang of langs)
    for (const written of [
      renderStudentPage(book, entry, lang),
      renderStudentSummary(book, entry, lang),
      renderClassSummary(book, lang),
      renderMoodle(book, lang),
      renderCsv(book, lang),
    ]) {
      // of the page, the half in this language
      const half = new RegExp(`<article id="${lang}"[\\s\\S]*?</article>`).exec(written)?.[0] ?? written;
      assert.ok(!half.replaceAll('未通過', '').includes(passed[lang]), half);
    }
});

test.run();
