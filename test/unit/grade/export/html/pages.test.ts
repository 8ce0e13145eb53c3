import { createHash } from 'node:crypto';
import { XMLValidator } from 'fast-xml-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderChangesPage } from '../../../../../src/grade/changes/changes-page.ts';
import { compareBooks } from '../../../../../src/grade/changes/compare.ts';
import { binned } from '../../../../../src/grade/export/html/charts.ts';
import { renderClassPage, renderStudentPage } from '../../../../../src/grade/export/html/pages.ts';
import { tableScript } from '../../../../../src/grade/export/html/table-script.ts';
import type { Entry, Gradebook } from '../../../../../src/grade/types.ts';
import { type Lang, langs } from '../../../../../src/lab/text.ts';
import {
  bigBook,
  emptyBook,
  entries,
  gradebook,
  hostile,
  nasty,
  privileged,
  rlo,
  weakerBook,
} from '../../../../fixtures/gradebook.ts';

const student = (entry: Entry): string => renderStudentPage(gradebook, entry);
/** The text of one language's half of a page, without markup. */
const textOf = (page: string, lang: Lang): string => {
  const half = new RegExp(`<article id="${lang}"[\\s\\S]*?</article>`).exec(page)?.[0] ?? '';
  return unescaped(half.replaceAll(/<\/?bdi>/g, '').replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ');
};
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescaped = (text: string) => text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
/** Asserts that these occur in the text in this order. */
function inThisOrder(text: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    assert.ok(at >= 0, `“${part}” is not there, or too early, in: ${text}`);
    from = at + part.length;
  }
}
const withGrade = (entry: Entry, grade: Partial<Entry['grade']>): Entry => ({ ...entry, grade: { ...entry.grade, ...grade } });

const words = ['graded', 'refused', 'review', 'passed', 'failed', 'skipped', 'errored'];
/** All texts of a value with a prefix; values of a fixed list are unchanged. */
const poisoned = <Value>(value: Value, poison: string): Value => {
  if (typeof value === 'string') return (words.includes(value) ? value : `${poison}${value}`) as Value;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, poison)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poisoned(one, poison)])) as Value;
};
const pagesOf = (book: Gradebook): string[] => [
  renderClassPage(book),
  ...book.entries.map((entry) => renderStudentPage(book, entry)),
];
/** Elements and attributes without their content. */
const skeleton = (page: string): string[] =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/(?<==)"[^"]*"/g, '""'));

const harmless = { ...weakerBook, entries: weakerBook.entries.filter(({ student: { id } }) => id.startsWith('b')) };
for (const [name, poison] of Object.entries({ ...hostile, quotes: `" onload="alert(1)' style='color:red` })) {
  if (name === 'long') continue;
  test(`no text of a grade becomes markup: ${name}`, () => {
    const [clean, dirty] = [pagesOf(poisoned(harmless, 'x ')), pagesOf(poisoned(harmless, poison))];
    for (const [at, page] of dirty.entries()) assert.equal(skeleton(page), skeleton(clean[at] ?? ''));
  });
}

/** A class with requests, and what changed since a grading with other points and another rubric. */
const asked: Gradebook = {
  ...gradebook,
  entries: gradebook.entries.map((entry) => ({
    ...entry,
    requests: [
      { reason: nasty, about: { hash: '', points: null } },
      {
        check: 'up/nginx-publishes',
        reason: nasty,
        decision: 'accepted',
        answer: nasty,
        about: { hash: entry.hash, points: entry.grade.points },
      },
    ],
  })),
};
const changed = compareBooks(
  { ...gradebook, engine: nasty, version: nasty, rubric: { ...gradebook.rubric, hash: 'f'.repeat(64), max: 50 } },
  { ...asked, entries: asked.entries.map((entry) => withGrade(entry, { points: 1 })) },
);

const all = [
  ...pagesOf(asked),
  ...langs.map((lang) => renderChangesPage(changed, lang)),
  ...pagesOf(gradebook),
  ...pagesOf(weakerBook),
  ...pagesOf(poisoned(harmless, nasty)),
  renderClassPage(emptyBook),
];

test('pages are well-formed', () => {
  for (const page of all) assert.is(XMLValidator.validate(page.replace(/^<!DOCTYPE html>/, '')), true);
});

test('pages load nothing, run nothing but the one script of the class page, and link only to other pages', () => {
  for (const whole of all) {
    const page = whole.replace(`<script>${tableScript}</script>`, '');
    const tags = skeleton(page).join('\n');
    assert.not.match(tags, /<(?:script|img|iframe|object|embed|form|input|base|image|use|foreignObject|animate)\b/i);
    assert.not.match(tags, /\s(?:src|srcset|style|on\w+|action|xlink:href)=/i);
    // the icon keeps browsers from requesting one
    const links = [...page.matchAll(/<[^>]*\shref="([^"]*)"/g)].map(([, to]) => to ?? '');
    for (const to of links) assert.match(to, /^(?:#(?:en|zh-TW)|data:,|students\/[\w%~-]+\.html#(?:en|zh-TW))$/);
    assert.not.match(/<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '', /url|import|<|&/);
  }
});

test('the policy allows the one style sheet and no more', () => {
  const page = student(entries.perfect);
  const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  assert.ok(page.includes(`content="default-src 'none'; style-src 'sha256-${digest}'; img-src data:;`));
});

test('the policy of the class page also allows its own script; the page of a student has none', () => {
  const digest = createHash('sha256').update(tableScript).digest('base64');
  assert.ok(renderClassPage(gradebook).includes(`; script-src 'sha256-${digest}'; img-src data:;`));
  assert.not.match(tableScript, /[<&]/, 'it would not be well-formed XML');
  for (const entry of gradebook.entries) assert.not.match(student(entry), /script-src|<script/);
  assert.not.match(renderClassPage(emptyBook), /script-src|<script/);
});

test('pages contain no invisible characters', () => {
  for (const page of all) assert.not.match(page, /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}]/u);
  const page = student({ ...entries.perfect, student: { id: 'x', name: `exe.${rlo}fdp.txt` } });
  assert.ok(page.includes('<h1><bdi>exe.[U+202E]fdp.txt</bdi></h1>'));
});

test('element IDs are unique', () => {
  for (const page of all) {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    assert.is(new Set(ids).size, ids.length);
  }
});

test('a long text is cut, so that a page stays small', () => {
  assert.ok(student(entries.hostile).length < 80_000);
  assert.ok(renderClassPage(gradebook).length < 40_000);
  // one kilobyte per student
  assert.ok(renderClassPage(bigBook(1000)).length < 1_200_000);
});

test('either language can be first, and both are complete', () => {
  const [en, zh] = langs.map((lang) => renderStudentPage(gradebook, entries.one, lang));
  assert.match(
    en ?? '',
    /<html lang="en">[\s\S]*<article id="zh-TW" lang="zh-TW" class="other">[\s\S]*<article id="en" lang="en" class="first">/,
  );
  assert.match(
    zh ?? '',
    /<html lang="zh-TW">[\s\S]*<article id="en" lang="en" class="other">[\s\S]*<article id="zh-TW" lang="zh-TW" class="first">/,
  );
  for (const lang of langs) assert.is(textOf(en ?? '', lang), textOf(zh ?? '', lang));
  assert.match(renderClassPage(gradebook, 'zh-TW'), /<html lang="zh-TW">[\s\S]*<title>全班成績 · 水平擴展與負載平衡<\/title>/);
});

test('checks that cost points come first, with all details', () => {
  const page = student(entries.one);
  inThisOrder(textOf(page, 'en'), [
    '陳美麗 ID b10902002 Email b10902002@ntu.example',
    '59.7 of 100 points',
    'What cost points ✗ failed the load through the proxy is spread evenly over flask 0 of 40.3',
    'expected about 10 answers from each of 3 replicas saw 30 answers, all from 4f0c9be1d2a7 look in nginx/nginx.conf , compose.yaml:12 try next let nginx',
    'Log of nginx 2026/11/20 09:00:00 [notice] 1#1: start worker processes upstream: flask (172.19.0.3:5000)',
    'How the load was spread 4f0c9be1d2a7: 30 responses, 77ab01c2de90: 0 responses, b2c3d4e5f607: 0 responses.',
    'A perfectly even spread hardly ever differs this much.',
    '1 more check depends on this – skipped the counter is shared by all replicas 19.4 of 19.4',
    'because not counted again: it follows from “the load through the proxy is spread evenly over flask”',
    'The other checks ✓ passed flask has 1 replica, running 10.1 of 10.1 saw as it should be',
    'Ignored or replaced for grading',
    'compose.yaml:8:3 (flask) ports are not published while it is graded',
  ]);
  inThisOrder(textOf(page, 'zh-TW'), [
    '學號 b10902002',
    '59.7 分，滿分 100 分',
    '扣分的地方 ✗ 未通過 經由反向代理的請求平均分配給各個 flask 副本 0 / 40.3',
    '預期 3 個副本各約 10 個回應 實際 30 個回應，全部來自 4f0c9be1d2a7 請看 nginx/nginx.conf , compose.yaml:12 下一步 讓 nginx 重新查詢名稱',
    '負載的分布 4f0c9be1d2a7：30 個回應、',
    '另有 1 項檢查受此影響 – 略過 所有副本共用計數器',
    '不重複扣分：這是「經由反向代理的請求平均分配給各個 flask 副本」未通過所造成的',
    '其他檢查項目 ✓ 通過 flask 有 1 個副本在執行',
    '評分時略過或替換的設定',
  ]);
});

test('the most expensive check comes first', () => {
  const lost = (id: string) => ({ ...entries.perfect.grade.checks.find((one) => one.id === id), outcome: 'failed', points: 0 });
  const checks = entries.perfect.grade.checks.map((one) =>
    one.id.startsWith('up/') ? lost(one.id) : one,
  ) as Entry['grade']['checks'];
  inThisOrder(textOf(student(withGrade(entries.perfect, { checks, points: 69.7 })), 'en'), [
    'What cost points',
    'nginx publishes its port on the host 0 of 20.2',
    'flask has 1 replica, running 0 of 10.1',
    'The other checks',
  ]);
});

test('a cause comes first with its log, and what follows from it is folded below, whatever it costs', () => {
  const [one, two, three, four, five] = entries.perfect.grade.checks;
  const cause = {
    ...one,
    outcome: 'failed',
    points: 0,
    actual: { en: '0 running', 'zh-TW': '0 個執行中' },
    said: { service: 'flask', lines: ['SyntaxError: never closed'] },
  };
  const follows = cause.id;
  const checks = [
    cause,
    { ...two, outcome: 'skipped', points: 0, follows },
    { ...three, outcome: 'failed', points: 0, follows },
    four,
    five,
  ] as Entry['grade']['checks'];
  const page = student(withGrade(entries.perfect, { checks, points: 29.4 }));
  inThisOrder(textOf(page, 'en'), [
    'What cost points ✗ failed flask has 1 replica, running 0 of 10.1 saw 0 running',
    'Log of flask SyntaxError: never closed',
    '2 more checks depend on this (−60.5)',
    '– skipped nginx publishes its port on the host',
    '✗ failed the load through the proxy',
    'The other checks ✓ passed the counter',
  ]);
  assert.ok(textOf(page, 'zh-TW').includes('另有 2 項檢查受此影響（−60.5）'));
  assert.match(page, /<details><summary>2 more/, 'folded');
});

test('with full points, the page states that nothing cost points', () => {
  const page = textOf(student(entries.perfect), 'en');
  inThisOrder(page, [
    '100 of 100 points',
    'All checks Nothing cost points.',
    'Even a perfectly even spread differs this much in 89% of cases.',
  ]);
  assert.not.match(page, /What cost points/);
});

test('the parts of a total add up, including points taken by the rubric', () => {
  const page = student(entries.noisy);
  const { points } = entries.noisy.grade;
  inThisOrder(textOf(page, 'en'), [
    `${Math.round((points ?? 0) * 10) / 10} of 100 points`,
    'How the points add up The checks below 90 of 90 1 check that only the teacher sees 0 of 10',
    'container_name is set aside: replicas could not share it −1.1',
    'What cost points compose.yaml:9 (flask) container_name is set aside: replicas could not share it −1.1 The other checks',
  ]);
  // shown once: it is not an ordinary remark
  assert.not.match(textOf(page, 'en'), /Ignored or replaced/);
});

test('students see only the points of teacher-only checks', () => {
  const unseen = entries.perfect.grade.checks.find(({ visible }) => !visible);
  assert.ok(unseen);
  const override = { student: 'b10902001', check: unseen.id, points: 10, reason: 'they did remove it' };
  const checks = entries.perfect.grade.checks.map((one) => ({
    ...one,
    ...(one.id === 'up/nginx-publishes'
      ? {
          outcome: 'skipped' as const,
          excusedBy: unseen.id,
          because: { en: `“${unseen.claim.en}” did not pass`, 'zh-TW': unseen.claim['zh-TW'] },
        }
      : {}),
  }));
  const page = student({ ...withGrade(entries.perfect, { checks }), overrides: [override] });
  for (const secret of [unseen.id, unseen.claim.en, unseen.claim['zh-TW'], override.reason].map((one) =>
    one.replaceAll("'", '&#39;'),
  ))
    assert.not.ok(page.includes(secret), secret);
  assert.ok(textOf(page, 'en').includes('1 check that only the teacher sees 10 of 10'));
  assert.ok(textOf(page, 'en').includes('not counted again: it follows from a check that only the teacher sees'));
});

test("a student's page contains nothing about others or the teacher's machine", () => {
  const page = student({ ...entries.same, source: '/home/teacher/2026/submissions/b10902004.zip' });
  assert.not.match(page, /b10902001|王小明|teacher\/2026/);
  assert.ok(textOf(page, 'en').includes('Submitted b10902004.zip'));
});

test('a refused submission has no score, the reasons with positions, and the next steps', () => {
  const page = student(entries.refused);
  inThisOrder(textOf(page, 'en'), [
    '✗ refused · No score yet There is no score yet, and that is not a zero: the submission was refused',
    'What happens next: the teacher checks these places and decides.',
    `Why it was refused docker-compose.yml:14:5 (nginx) ${privileged.text.en} compose.yaml:8:3 (flask)`,
  ]);
  inThisOrder(textOf(page, 'zh-TW'), [
    '✗ 拒收 · 尚無分數',
    '接下來：老師會查看',
    '拒收的原因 docker-compose.yml:14:5 (nginx)',
    privileged.text['zh-TW'],
  ]);
  assert.not.match(page, /of 100|滿分|class="share"/);
});

test('a submission that needs review shows what happened, and no points', () => {
  const page = student(entries.review);
  inThisOrder(textOf(page, 'en'), [
    '! needs review · No score yet',
    'You do not need to do anything.',
    'What happened the engine was lost three times: E_ENGINE_LOST',
    'Results up to that point ✓ passed flask has 1 replica, running saw',
    '! undecided nginx publishes its port on the host',
    'because E_ENGINE_LOST: the engine stopped answering',
  ]);
  assert.not.match(textOf(page, 'en'), /What cost points|10\.1/);
});

test("the teacher's decision is shown with its reason, and why it was needed", () => {
  inThisOrder(textOf(student(entries.settled), 'en'), [
    '85 of 100 points',
    'the teacher decided the total 85',
    'It was first refused for these reasons docker-compose.yml:14:5',
    "The teacher's decisions Total: 85 — 面試確認過，privileged 是誤貼",
  ]);
  inThisOrder(textOf(student(entries.overridden), 'zh-TW'), [
    '老師的決定 經由反向代理的請求平均分配給各個 flask 副本：20 分 — half, it was a close call',
    '扣分的地方',
  ]);
  const review = withGrade(entries.review, { status: 'graded', points: 70 });
  inThisOrder(textOf(student(review), 'en'), ['70 of 100', 'It could not be graded at first the engine was lost three times']);
});

test('the class: counts, engine, weaker isolation, open grades with reasons', () => {
  const page = renderClassPage(weakerBook);
  inThisOrder(textOf(page, 'en'), [
    '7 of 11 graded · 2 refused · 2 need review',
    'mean 86.2, median 88.9, of 100',
    'Engine Docker 28.5.1 · Compose 2.40.3 Graded 2026-11-22 08:30 UTC , in 1 min 35 s',
    'The isolation was weaker than with the grading engine root in a container is root on this machine',
    'Waiting for your decision Fill in the points in overrides-open.csv, save it as overrides.csv',
    'Needs review (2) the engine was lost three times: E_ENGINE_LOST 張雅婷 b10902006',
    'Refused (2)',
    'docker-compose.yml:14:5 (nginx): privileged gives a container the whole host compose.yaml:8:3',
    '林志強 b10902005',
    'Distribution of grades Students by points; 7 scores, 4 without a score.',
    '50–60 points: 1; 60–70 points: 0; 70–80 points: 1; 80–90 points: 3; 90–100 points: 2.',
    'The checks that cost most',
    'the load through the proxy is spread evenly over flask scale/spread-is-even 2 60.6',
    "the project's networks are gone down/networks-gone (for the teacher only) 1 10",
    'Identical submissions',
    '王小明 b10902001 = 王小華 b10902004',
    'Students',
  ]);
  assert.not.match(renderClassPage(gradebook), /weaker than|不如專用/);
  assert.not.match(
    renderClassPage({ ...gradebook, entries: [entries.perfect] }),
    /Waiting for|等待你的決定|Identical|cost most<\/h2>/,
  );
});

test('submissions that are open for the same reason are one decision, also if it is in another place', () => {
  const elsewhere = { ...privileged, place: { file: 'compose.yaml', line: 3 } };
  const refused = (id: string, remark: typeof privileged) => ({
    ...withGrade(entries.refused, { refusals: [remark] }),
    student: { id, name: `name of ${id}` },
  });
  const open = [refused('b1', privileged), refused('b2', elsewhere), refused('b3', privileged), entries.review];
  const page = renderClassPage({ ...gradebook, entries: open });
  inThisOrder(textOf(page, 'en'), [
    'Needs review (1) the engine was lost three times',
    'Refused (3) 3 submissions for the same reason privileged gives a container the whole host',
    'name of b1 b1 , name of b2 b2 , name of b3 b3',
  ]);
  assert.ok(textOf(page, 'zh-TW').includes('3 份作業，原因相同 privileged 會讓容器取得整台主機的權限'));
});

test('rows can be sorted by script: each cell has a key, numbers for points', () => {
  const page = renderClassPage(gradebook);
  const rows = [...page.matchAll(/<tr class="[^"]*">[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/data-key="([^"]*)"/g)].map(([, key]) => key),
  );
  assert.ok(rows.length >= 2 * gradebook.entries.length && rows.every((keys) => keys.length === 4));
  assert.equal(
    rows.find(([id]) => id === 'b10902002'),
    ['b10902002', '3', '40.3', '59.7'],
  );
  assert.equal(
    rows.find(([id]) => id === 'b10902005'),
    ['b10902005', '1', '-1', '-1'],
  );
});

test('the table lists all students by ID, in any input order, with links in the same language', () => {
  const page = renderClassPage(gradebook);
  assert.is(renderClassPage({ ...gradebook, entries: [...gradebook.entries].reverse() }), page);
  inThisOrder(textOf(page, 'en'), [
    'Sorted by ID.',
    '王小明 b10902001 ✓ graded 100',
    '陳美麗 b10902002 ✓ graded −40.3 30 answers, all from 4f0c9be1d2a7 (expected: about 10 answers from each of 3 replicas); log of nginx: upstream: flask (172.19.0.3:5000) 59.7',
    "O'Brien, Seán b10902003",
    '王小華 b10902004 ✓ graded same content as b10902001 100',
    '林志強 b10902005 ✗ refused docker-compose.yml:14:5 (nginx): privileged gives a container the whole host –',
    '張雅婷 b10902006 ! needs review the engine was lost three times: E_ENGINE_LOST –',
    "李大同 b10902007 ✓ graded teacher's decision 85",
  ]);
  assert.ok(page.includes('href="students/b10902001.html#en"') && page.includes('href="students/b10902001.html#zh-TW"'));
  const han = renderClassPage({ ...gradebook, entries: [{ ...entries.perfect, student: { id: '王小明' } }] });
  assert.ok(han.includes(`href="students/${encodeURIComponent('王小明')}.html#en"`));
});

test('a class without submissions, or without scores, is reported as such', () => {
  const empty = renderClassPage(emptyBook);
  assert.ok(textOf(empty, 'en').includes('There are no submissions.') && textOf(empty, 'zh-TW').includes('沒有人繳交作業。'));
  assert.not.match(empty, /<table|<svg|NaN/);
  const refused = renderClassPage({ ...gradebook, entries: [entries.refused] });
  assert.ok(textOf(refused, 'en').includes('There are no scores yet.'));
  assert.not.match(refused, /<svg|NaN/);
});

test('each score is counted in its tenth: edges in the upper one, full points in the last, despite floating-point noise', () => {
  assert.equal(binned([0, 9.99, 10, 0.1 + 0.2, 69.99999999999999, 89.9, 100, 120, -3], 100), [4, 1, 0, 0, 0, 0, 0, 1, 1, 2]);
  assert.equal(binned([3, 29.999999999999996], 30), [0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
});

const repaired = (() => {
  const { checks } = entries.perfect.grade;
  const text = { en: 'nginx/nginx.conf is the cause', 'zh-TW': '原因在 nginx/nginx.conf' };
  const [first, second, ...others] = checks;
  if (!first || !second) throw new Error('there are no checks');
  const silent = {
    ...first,
    outcome: 'failed' as const,
    repaired: true as const,
    actual: { en: 'HTTP 502', 'zh-TW': 'HTTP 502' },
  };
  const lost = { ...second, outcome: 'failed' as const, points: 0 };
  return withGrade(entries.perfect, {
    checks: [silent, lost, ...others],
    cause: { part: 'conf', text, points: 20, said: { service: 'nginx', lines: ['[emerg] wrong'] } },
    deductions: [{ remark: { code: 'cause', text }, points: 20 }],
  });
})();
test('the cause of a stack that does not work is first, once, with its log and what depends on it', () => {
  const page = textOf(student(repaired), 'en');
  const claims = repaired.grade.checks.map(({ claim }) => claim.en);
  const judged = 'The other results are those of the submission with this part replaced';
  inThisOrder(page, ['What cost points', 'Cause', 'nginx/nginx.conf is the cause', '−20', '[emerg] wrong', judged]);
  inThisOrder(page, [judged, '1 more check depends on this', claims[0] ?? '', 'HTTP 502', 'not counted', claims[1] ?? '']);
  assert.is(page.slice(page.indexOf('What cost points')).split('nginx/nginx.conf is the cause').length, 2, 'only once');
  inThisOrder(textOf(student(repaired), 'zh-TW'), ['根本原因', '原因在 nginx/nginx.conf', '[emerg] wrong', '不扣分']);
});

test.run();
