import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradingExitCode } from '../../../../src/cli/exit-codes.ts';
import { renderChanges } from '../../../../src/cli/output/grade-changes.ts';
import { buildsLine, classSummary, endedLine, imagesLine, similarLine } from '../../../../src/cli/output/grade-summary.ts';
import { leftOut } from '../../../../src/grade/submissions/left-out.ts';
import type { Gradebook } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { gradedCheck } from '../../../fixtures/graded.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';

test('the first lines name what builds reach, and whether it was chosen', () => {
  const line = (mode: 'none' | 'packages' | 'open', chosen: boolean) =>
    buildsLine({ builds: { mode, chosen, hosts: ['pypi.org', 'a.example'] } });
  assert.is(line('packages', false).en, 'Network of builds: packages, through a proxy (pypi.org, a.example)');
  assert.is(line('open', true).en, 'Network of builds: open');
  assert.is(line('none', true).en, 'Network of builds: none');
  assert.is(line('none', false).en, 'Network of builds: none, because no package index can be used here');
  for (const mode of ['none', 'packages', 'open'] as const) assertComplete(line(mode, false), mode);
});

const blank = { points: null, max: 100, checks: [], deductions: [], notes: [], refusals: [], durationMs: 0 } as const;
const graded = (points: number) => ({
  ...blank,
  status: 'graded' as const,
  points,
  checks: [gradedCheck('up/one', { points: points === 100 ? 10 : 0, outcome: points === 100 ? 'passed' : 'failed' })],
});
const refused = {
  ...blank,
  status: 'refused' as const,
  refusals: [{ code: 'privileged', text: text('privileged is not allowed', '不允許 privileged') }],
};
const review = { ...blank, status: 'review' as const, review: text('the build wants the network', '建置需要網路') };
const entry = (id: string, grade: Gradebook['entries'][number]['grade'], sameAs?: string): Gradebook['entries'][number] => ({
  student: { id },
  source: id,
  hash: '',
  grade,
  overrides: [],
  ...(sameAs ? { sameAs } : {}),
});
const book = (...entries: Gradebook['entries']): Gradebook => ({
  tool: 'labwright',
  version: '0',
  tutorial: 'compose-scale',
  title: text('nginx', 'nginx'),
  rubric: { path: 'r', hash: '', max: 100 },
  engine: 'Docker',
  weaker: [],
  startedAt: '',
  durationMs: 65_000,
  entries,
});

const noUnknown = { unknown: {} };
const missing = { ...blank, status: 'missing' as const };

test('the first screen reports where images come from, if submissions can name any', () => {
  const english = (look: Parameters<typeof imagesLine>[0]['look']) => {
    const line = imagesLine(look ? { look } : {});
    if (line) assertComplete(line, 'images');
    return line?.en;
  };
  assert.is(english({ answers: true, from: 'http://127.0.0.1:5000/' }), 'Images: as named, from http://127.0.0.1:5000/');
  assert.is(
    english({ answers: false, from: 'docker.io', why: 'no answer in 5 s' }),
    'Images: those on this machine, else stand-ins; no registry answers (docker.io: no answer in 5 s)',
  );
  assert.is(english(undefined), undefined);
});

test('the summary lists every student, totals, where the grades are, and open decisions', () => {
  const { screen } = fakeScreen({ columns: 100 });
  const all = book(
    entry('amy', graded(100)),
    entry('bo', refused),
    entry('王小明', review),
    entry('di', graded(100), 'amy'),
    entry('eve', missing),
  );
  const en = classSummary(all, noUnknown, 'grades', { out: screen, lang: 'en' }).split('\n');
  assert.equal(en, [
    '  amy     100/100',
    '  bo            –  refused  privileged is not allowed',
    '  王小明        –  needs review  the build wants the network',
    '  di      100/100  the same as amy',
    '  eve           –  no submission',
    '',
    '2 graded, 1 refused: you decide, 1 to be reviewed, 1 of the roster without a submission, in 1 m 05 s.',
    '  1 needs review: the build wants the network',
    '  1 refused: privileged is not allowed',
    'Grades: grades/grades.csv, pages: grades/index.html',
    'Resolve open grades: fill in the points in grades/overrides-open.csv, save it as overrides.csv there (or append it), then run the same command again.',
    '',
  ]);
  // a path as completed by a shell
  const zh = classSummary(all, noUnknown, './grades/', { out: screen, lang: 'zh-TW' });
  assert.match(zh, /已評分 2 份，拒收 1 份，由你決定，需要人工確認 1 份，名單上有 1 人沒有繳交，共 1 分 05 秒。/);
  assert.match(zh, /^成績：grades\/grades\.csv；網頁：grades\/index\.html$/m);
  assert.match(zh, /bo +– {2}拒收 {2}不允許 privileged/);
});

test('submissions that are open for the same reason are one line at the end, and the exit code is 3 for refused ones too', () => {
  const { screen } = fakeScreen({ columns: 100 });
  const all = book(entry('amy', refused), entry('bo', graded(90)), entry('cy', review), entry('di', refused));
  const lines = classSummary(all, noUnknown, 'g', { out: screen, lang: 'en' }).split('\n');
  assert.equal(lines.slice(-5, -3), ['  1 needs review: the build wants the network', '  2 refused: privileged is not allowed']);
  assert.match(classSummary(all, noUnknown, 'g', { out: screen, lang: 'zh-TW' }), /^ {2}2 份拒收：不允許 privileged$/m);
  assert.equal([all, book(entry('amy', refused)), book(entry('cy', review))].map(gradingExitCode), [3, 3, 3]);
  assert.equal([book(entry('bo', graded(90)), entry('eve', missing)), book()].map(gradingExitCode), [0, 0]);
});

test('without open grades no decision is requested', () => {
  const { screen } = fakeScreen();
  assert.not.match(classSummary(book(entry('amy', graded(90))), noUnknown, 'g', { out: screen, lang: 'en' }), /overrides/);
});

test('with --mail-from: the mails, and how many students have none', () => {
  const { screen } = fakeScreen();
  const shown = (mails: number, lang: 'en' | 'zh-TW') =>
    classSummary(book(entry('amy', graded(100)), entry('bo', graded(90))), { unknown: {}, mails }, 'g', { out: screen, lang });
  assert.match(shown(2, 'en'), /^Mails: g\/mail, for 2 of 2 students$/m);
  assert.match(shown(1, 'en'), /^Mails: g\/mail, for 1 of 2 students; the others have no address of their own in the roster$/m);
  assert.match(shown(1, 'zh-TW'), /^信件：g\/mail，2 位學生中有 1 位；其他人在名單裡沒有自己的電子郵件$/m);
  assert.not.match(classSummary(book(entry('amy', graded(100))), noUnknown, 'g', { out: screen, lang: 'en' }), 'Mails');
});

test('similar submissions are counted, as evidence', () => {
  assert.is(similarLine(1, 'out').en, 'Similar submissions: 1 pair, as evidence, not as a verdict: out/similar.html');
  assert.match(similarLine(0, 'out').en, '0 pairs');
  assert.is(similarLine(2, 'out')['zh-TW'], '相似的作業：2 組，只供參考，不是結論：out/similar.html');
});

test('an override for an unknown student is reported', () => {
  const { screen } = fakeScreen({ columns: 200 });
  const lineOf = (lang: 'en' | 'zh-TW') =>
    classSummary(book(entry('amy', graded(100))), { unknown: { overrides: ['bo', '王小明'] } }, 'g', { out: screen, lang })
      .split('\n')
      .at(-3);
  assert.is(lineOf('en'), 'overrides.csv names students who are not in this class; these lines had no effect: bo, 王小明');
  assert.is(lineOf('zh-TW'), 'overrides.csv 裡有不在這個班級的學生，這些行沒有作用：bo、王小明');
});

test('entries that are not submissions are named, up to a maximum', () => {
  const { screen } = fakeScreen({ columns: 400 });
  const lineOf = (many: number) =>
    classSummary(
      { ...book(entry('amy', graded(100))), leftOut: Array.from({ length: many }, (_, at) => leftOut('file', `${at}.txt`)) },
      noUnknown,
      'g',
      { out: screen, lang: 'en' },
    )
      .split('\n')
      .at(-3);
  assert.is(lineOf(1), '1 entry is not a submission (the reasons are in index.html): 0.txt');
  assert.match(lineOf(30) ?? '', /^30 entries are not submissions \(.*\): 0\.txt, .*19\.txt, …$/);
});

test('a line for each graded submission, no wider than the screen', () => {
  const { screen } = fakeScreen({ columns: 30, interactive: true });
  assert.is(endedLine('amy', graded(100), screen, 'en'), '✓ amy  100/100');
  assert.is(endedLine('bo', refused, screen, 'en'), '✗ bo  –  privileged is not a…');
  assert.is(endedLine('cy', review, screen, 'zh-TW'), '? cy  –  建置需要網路');
  const pipe = fakeScreen({ columns: 30 }).screen;
  assert.is(endedLine('bo', refused, pipe, 'en'), '✗ bo  –  privileged is not allowed', 'a pipe has no width');
  assert.is(endedLine('\u001b[2Jdi', graded(90), pipe, 'en'), '✓ [U+001B][2Jdi  90/100  −10 not: the claim of up/one');
});

test('a line for each folder of an exam, and the folders that are not repaired for each student', () => {
  const { screen } = fakeScreen({ columns: 200 });
  const verdict = (points: number) => ({
    ...graded(points),
    max: 1,
    checks: [gradedCheck('repaired', { points, max: 1, outcome: points === 1 ? 'passed' : 'failed' })],
  });
  assert.is(endedLine('amy/fault-1', verdict(1), screen, 'en'), '✓ amy/fault-1  repaired');
  assert.is(endedLine('amy/fault-2', verdict(0), screen, 'en'), '✗ amy/fault-2  not repaired  not: the claim of repaired');
  assert.is(endedLine('\u001b[2Jdi/fault-1', verdict(1), screen, 'zh-TW'), '✓ [U+001B][2Jdi/fault-1  已修復');
  assert.is(endedLine('bo/fault-1', { ...refused, max: 1 }, screen, 'en'), '✗ bo/fault-1  –  privileged is not allowed');
  const exam = (...outcomes: readonly ('passed' | 'failed')[]) => ({
    ...graded(50),
    checks: outcomes.map((outcome, at) =>
      gradedCheck(`fault-${at + 1}/repaired`, { outcome, points: outcome === 'passed' ? 10 : 0 }),
    ),
  });
  const shown = classSummary(
    book(entry('amy', exam('passed', 'failed', 'failed')), entry('bo', exam('passed'))),
    { unknown: {} },
    'grades',
    { out: screen, lang: 'en' },
  );
  assert.match(shown, /^ {2}amy +50\/100 {2}not repaired: fault-2, fault-3\n {2}bo +50\/100\n/);
});

test('the reason of a grade: the most expensive failure, how many more, or why nothing was checked', () => {
  const { screen } = fakeScreen({ columns: 200 });
  const lost = (id: string, max: number, outcome: 'failed' | 'skipped') => gradedCheck(id, { points: 0, max, outcome });
  const ended = text(
    '`docker compose build` ended with exit code 17:\nno such package\n > RUN pip instal',
    '`docker compose build` 以結束碼 17 結束：\nno such package\n > RUN pip instal',
  );
  const crashed = {
    ...graded(0),
    checks: [lost('up/flask', 4, 'failed'), lost('up/front', 20, 'skipped'), lost('up/log', 3, 'skipped')],
  };
  assert.is(endedLine('amy', crashed, screen, 'en'), '✓ amy  0/100  −4 not: the claim of up/flask, and 2 more');
  assert.match(endedLine('amy', crashed, screen, 'zh-TW'), /−4 .*，另有 2 項$/);
  const stopped = {
    ...graded(0),
    checks: crashed.checks.map((one) => ({ ...one, outcome: 'skipped' as const, because: ended })),
  };
  assert.is(
    endedLine('bo', stopped, screen, 'en'),
    '✓ bo  0/100  `docker compose build` ended with exit code 17: no such package',
  );
  assert.is(endedLine('bo', stopped, screen, 'zh-TW'), '✓ bo  0/100  `docker compose build` 以結束碼 17 結束：no such package');
});

test('a cause comes before a heavier consequence, with the points of both', () => {
  const { screen } = fakeScreen({ columns: 200 });
  const crashed = {
    ...graded(0),
    checks: [
      gradedCheck('up/app', {
        points: 0,
        max: 4,
        outcome: 'failed',
        actual: text('0 running', '0 個執行中'),
        expected: text('1', '1'),
      }),
      gradedCheck('one/answers', {
        points: 0,
        max: 20,
        outcome: 'failed',
        actual: text('no answer', '沒有回應'),
        follows: 'up/app',
      }),
      gradedCheck('up/log', { points: 0, max: 3, outcome: 'failed', actual: text('nothing is mounted there', '沒有掛載') }),
    ],
  };
  assert.is(endedLine('amy', crashed, screen, 'en'), '✓ amy  0/100  −24 0 running (expected: 1), and 1 more');
  assert.is(endedLine('amy', crashed, screen, 'zh-TW'), '✓ amy  0/100  −24 0 個執行中（預期：1），另有 1 項');
});

const sameInputs =
  'nothing that it depends on changed (submission, rubric, version, images, overrides): it was graded again, and grading itself gave another result';

test('a regrade is shown check by check, with new and missing students', () => {
  const before = book(entry('amy', graded(100)), entry('bo', refused), entry('gone', graded(100)), entry('same', graded(100)));
  const after = book(entry('amy', graded(90)), entry('bo', graded(100)), entry('new', graded(100)), entry('same', graded(100)));
  const { lines, changed } = renderChanges(before, after, 'en');
  assert.equal(lines, [
    'amy',
    '  up/one  10 → 0  (passed → failed)',
    '  total  100 → 90',
    `  because ${sameInputs}`,
    'bo',
    '  up/one  – → 10',
    '  total  – → 100  (refused → graded)',
    `  because ${sameInputs}`,
    'new  not graded before',
    'gone  no longer submitted',
    '4 of 4 grades would change.',
  ]);
  assert.is(changed, 4);
  assert.equal(renderChanges(after, after, 'zh-TW'), { lines: ['沒有任何成績會改變。'], changed: 0 });
});

test.run();
