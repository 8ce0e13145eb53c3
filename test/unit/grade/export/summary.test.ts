import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escaped, renderClassSummary, renderStudentSummary } from '../../../../src/grade/export/summary.ts';
import { langs } from '../../../../src/lab/text.ts';
import { bigBook, emptyBook, entries, gradebook, hostile, nasty, weakerBook } from '../../../fixtures/gradebook.ts';

/** What GitHub shows for escaped Markdown: CommonMark removes a backslash before any ASCII punctuation, HTML entities become characters. */
const shown = (markdown: string): string =>
  markdown
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
/** The rows of its tables, split into cells as GitHub Flavored Markdown does. */
const tableOf = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => shown(cell.trim())),
    );

test('texts contain no Markdown or HTML and are shown completely', () => {
  for (const content of [
    hostile.script,
    hostile.markdown,
    hostile.formula,
    '* a',
    '# b',
    '~~x~~',
    '$x$',
    'a_b_c',
    '\\',
    '1) x',
    '- y',
  ]) {
    const written = escaped(content);
    assert.is(shown(written), content.replaceAll(/\s+/g, ' '), content);
    assert.not.match(written, /[<>\n]|(?<!\\)[*_`|[\](){}~#!$]/, content);
  }
  assert.not.match(escaped('see http://evil.example and WWW.evil.example'), /http:|www\.e/i);
  assert.not.match(escaped(nasty, 100_000), /[\p{Cc}\p{Cf}\p{Cs}]/u);
});

test('the class: counts, a mean, and a row for every student', () => {
  const written = renderClassSummary(gradebook, 'en');
  assert.match(
    written,
    /^# Horizontal scaling and load balancing\n\n7 of 11 graded · 2 refused · 2 need review · mean 86\.2 of 100\. Docker/,
  );
  const [head, , ...rows] = tableOf(written);
  assert.equal(head, ['student', 'name', 'status', 'points', 'reason']);
  assert.is(rows.length, gradebook.entries.length);
  for (const row of rows) assert.is(row.length, 5);
  assert.equal(rows[0], ['b10902001', '王小明', 'graded', '100', '']);
  assert.match(rows[4]?.[4] ?? '', 'docker-compose.yml:14:5 (nginx): privileged');
  assert.is(rows[8]?.[1], hostile.formula);
  assert.match(
    renderClassSummary(gradebook, 'zh-TW'),
    '11 份作業中已評分 7 份 · 拒收 2 份 · 待老師確認 2 份 · 平均 86.2，滿分 100',
  );
});

test('the class: open submissions by reason, and the worst mistake of each graded one', () => {
  const written = renderClassSummary(
    { ...gradebook, entries: [entries.refused, entries.review, { ...entries.refused, student: { id: 'a_b' } }, entries.one] },
    'en',
  );
  assert.match(
    shown(written),
    /\*\*Waiting for your decision:\*\*\n\n- 1 submission needs review: the engine was lost.* — b10902006\n- 2 submissions refused: docker-compose\.yml:14:5 \(nginx\): privileged .* — b10902005, a_b\n/,
  );
  assert.match(tableOf(written).at(-1)?.[4] ?? '', /^−40\.3 30 answers, all from 4f0c9be1d2a7 \(expected: about 10 answers/);
  assert.match(
    renderClassSummary({ ...gradebook, entries: [entries.refused] }, 'zh-TW'),
    /\*\*等待你的決定:\*\*\n\n- 1 份拒收：/,
  );
  assert.not.match(renderClassSummary({ ...gradebook, entries: [entries.one] }, 'en'), 'Waiting');
});

test('a class on an engine with weaker isolation, and an empty class', () => {
  assert.match(
    renderClassSummary(weakerBook, 'en'),
    /\*\*The isolation was weaker than with the grading engine:\*\*\n\n- root in a container/,
  );
  assert.not.match(renderClassSummary(gradebook, 'en'), 'weaker');
  const empty = renderClassSummary(emptyBook, 'en');
  assert.match(empty, '0 of 0 graded. Docker');
  assert.not.match(empty, /NaN|\|/);
});

test('a class of any size fits a step summary, with the number of omitted rows', () => {
  const book = bigBook(30_000);
  const written = renderClassSummary(book, 'zh-TW');
  assert.ok(Buffer.byteLength(written) < 1024 * 1024);
  const rows = tableOf(written).length - 2;
  assert.ok(rows > 1000 && rows < 30_000);
  assert.match(written, `另有 ${30_000 - rows} 位，全部都在 grades.csv 裡\n`);
});

test('a student: each check with its reason, and how the total is computed', () => {
  const written = renderStudentSummary(gradebook, entries.one, 'en');
  assert.match(written, /^# Horizontal scaling and load balancing · 陳美麗\n\n59\.7 of 100 points\n/);
  const [head, , ...rows] = tableOf(written);
  assert.equal(head, ['check', 'status', 'points', 'reason']);
  assert.equal(rows[0], ['flask has 1 replica, running', 'passed', '10.1/10.1', '']);
  assert.equal(rows[2]?.slice(0, 3), ['the load through the proxy is spread evenly over flask', 'failed', '0/40.3']);
  assert.match(rows[2]?.[3] ?? '', /^expected: about 10 .*<br>saw: 30 .*<br>log of nginx: .*<br>try next: let nginx/);
  assert.match(rows[3]?.[3] ?? '', 'not counted again: it follows from scale/spread-is-even');
  assert.equal(rows[4], ['1 check that only the teacher sees', '', '10/10', '']);
  assert.match(shown(written), '- compose.yaml:8:3 (flask): ports are not published');
  assert.equal(tableOf(renderStudentSummary(gradebook, entries.noisy, 'zh-TW')).at(-1), [
    '略過 container_name：多個副本不能共用同一個名稱',
    '',
    '-1.1',
    '',
  ]);
});

test('without a score the student reads that it is not a zero, and why', () => {
  assert.match(
    shown(renderStudentSummary(gradebook, entries.refused, 'en')),
    /not a zero: .*\n\n- docker-compose\.yml:14:5 \(nginx\): priv/,
  );
  const review = renderStudentSummary(gradebook, entries.review, 'zh-TW');
  assert.match(shown(review), /這不是零分：labwright 或引擎發生錯誤.*\n\n- 引擎三次停止回應/);
  assert.not.match(review, /\d\/\d/);
});

test('the student reads nothing about others or for the teacher only', () => {
  for (const lang of langs)
    for (const entry of gradebook.entries) {
      const written = renderStudentSummary(gradebook, entry, lang);
      assert.not.match(written, /networks are gone|網路都移除了|close call|誤貼/);
      assert.ok(entry.sameAs === undefined || !written.includes(entry.sameAs));
      for (const row of tableOf(written)) assert.is(row.length, 4);
      assert.not.match(written.replaceAll('<br>', ''), /<|[\p{Cf}\p{Cs}]/u);
    }
});

test('a student reads the cause of a stack that does not work before the checks', () => {
  const text = { en: 'nginx/nginx.conf is *the* cause', 'zh-TW': '原因在 nginx/nginx.conf' };
  const [first, ...others] = entries.perfect.grade.checks;
  if (!first) throw new Error('there are no checks');
  const checks = [{ ...first, outcome: 'failed' as const, repaired: true as const }, ...others];
  const grade = { ...entries.perfect.grade, checks, cause: { part: 'conf', text, points: 20 } };
  const written = renderStudentSummary(gradebook, { ...entries.perfect, grade }, 'en');
  const [cause, table] = ['**Cause:** nginx/nginx.conf is *the* cause', '\n| '].map((part) => shown(written).indexOf(part));
  assert.ok(cause !== undefined && table !== undefined && cause > 0 && cause < table, written);
  assert.match(shown(written), /\| failed \| .*not counted: it passes with the cause replaced/);
});

test.run();
