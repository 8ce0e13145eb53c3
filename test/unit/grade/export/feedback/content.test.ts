import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { feedbackOf, rootCauseLines } from '../../../../../src/grade/export/feedback/content.ts';
import { feedbackMarkdown, feedbackText } from '../../../../../src/grade/export/feedback/render.ts';
import { filesOf } from '../../../../../src/grade/export/formats.ts';
import type { Entry, Gradebook } from '../../../../../src/grade/types.ts';
import { type langs, text } from '../../../../../src/lab/text.ts';
import { entries, gradebook, hostile, nasty } from '../../../../fixtures/gradebook.ts';
import { gradedCheck } from '../../../../fixtures/graded.ts';

const textOf = (entry: Entry, lang: (typeof langs)[number] = 'en') => feedbackText(feedbackOf(gradebook, entry, lang));
const missing: Entry = {
  ...entries.perfect,
  source: '',
  hash: '',
  grade: { ...entries.refused.grade, status: 'missing', refusals: [] },
};

test('the root cause with its next step comes first, in both languages', () => {
  assert.is(
    textOf(entries.one),
    `Horizontal scaling and load balancing
陳美麗 (b10902002)

59.7 of 100 points

Cause
- −40.3: 30 answers, all from 4f0c9be1d2a7 (expected: about 10 answers from each of 3 replicas); log of nginx: upstream: flask (172.19.0.3:5000)
  log of nginx: 2026/11/20 09:00:00 [notice] 1#1: start worker processes
    upstream: flask (172.19.0.3:5000)
  look in: nginx/nginx.conf, compose.yaml:12
  1 more check depends on this
  try next: let nginx look the name up again: docker compose restart nginx

Noted
- compose.yaml:8:3 (flask): ports are not published while it is graded
`,
  );
  assert.match(textOf(entries.one, 'zh-TW'), /根本原因\n- −40\.3: 30 個回應[\s\S]*\n {2}下一步: 讓 nginx 重新查詢名稱/);
});

test('the deadline, and requests with decision and answer, are after what cost points', () => {
  const about = { hash: '', points: null };
  const entry: Entry = {
    ...entries.perfect,
    deadline: {
      due: '2026-12-01T15:59:00Z',
      timezone: 'Asia/Taipei',
      submitted: { at: '2026-12-03T02:00:00Z', source: 'times' },
      lateMs: 122_460_000,
      lateDays: 2,
      deduction: 20,
    },
    requests: [
      { about, reason: 'I was ill', decision: 'accepted', answer: 'Submitted with a certificate' },
      { about, reason: 'It was right', check: 'no/such' },
    ],
  };
  const shown = textOf(entry);
  assert.match(
    shown,
    /Deadline\n- Due: 2026-12-01 23:59 \(Asia\/Taipei\)\n- Submitted: 2026-12-03 10:00 \(Asia\/Taipei\) — .*\n- Lateness: 1 d 10 h 1 min, which counts as 2 days\n- Cost: −20 points\n/,
  );
  assert.match(
    shown,
    /Regrade requests\n- Total: accepted\n {2}I was ill\n {2}Answer: Submitted with a certificate\n- no\/such: open: the teacher decides\n {2}It was right\n/,
  );
  assert.not.match(textOf(entries.perfect), /Deadline|Regrade requests/);
});

test('a part because of which nothing works is the root cause, before what cost more; then the other mistakes by cost', () => {
  const cause = {
    part: 'conf',
    place: { file: 'nginx/nginx.conf', line: 6 },
    text: text('the configuration is the cause', '設定檔是原因'),
    points: 5,
  };
  const checks = [
    gradedCheck('up/small', { outcome: 'failed', points: 8, actual: text('none', '沒有') }),
    gradedCheck('up/large', { outcome: 'failed', points: 0, actual: text('two', '兩個'), places: [{ file: 'app.py' }] }),
    gradedCheck('up/unreached', { outcome: 'skipped', points: 0, because: text('it did not run', '它沒有執行') }),
    gradedCheck('up/secret', { outcome: 'failed', points: 7, visible: false, actual: text('hidden', '隱藏') }),
  ];
  const taken = { remark: { code: 'container_name', text: text('a fixed name', '固定的名稱') }, points: 4 };
  const ofCause = { remark: { code: 'cause', text: cause.text }, points: 5 };
  const entry = { ...entries.one, grade: { ...entries.one.grade, cause, checks, deductions: [ofCause, taken], notes: [] } };
  const heads = feedbackOf(gradebook, entry, 'en').parts.map(({ title, items }) => [title, ...items.map(({ head }) => head)]);
  assert.equal(heads.slice(0, 2), [
    ['Cause', '−5: the configuration is the cause'],
    [
      'What else cost points',
      '−10: two',
      '−4: a fixed name',
      '−2: none',
      '−10: not checked: it did not run',
      '−3: 1 check that only the teacher sees',
    ],
  ]);
  assert.equal(rootCauseLines(entry, 'en'), [
    'Cause: −5: the configuration is the cause',
    'The other results are those of the submission with this part replaced by the reference solution.',
    'try next: correct nginx/nginx.conf:6, then perform the steps of the lab again, and check with `lab verify`',
  ]);
  const shown = textOf(entry);
  assert.match(shown, 'try next: correct app.py, then perform');
  assert.match(shown, /−2: none\n {2}try next: perform the steps of the lab again/);
  assert.not.match(shown, /hidden|up\/secret/);
});

test('without points: why, and what happens next', () => {
  for (const [entry, why, next] of [
    [entries.refused, 'that is not a zero: the submission was refused', 'the teacher checks these places'],
    [entries.review, 'that is not a zero: labwright or the engine failed', 'You do not need to do anything'],
    [missing, 'no submission of this student was found', 'contact your teacher'],
  ] as const) {
    const shown = textOf(entry);
    assert.match(shown, why);
    assert.match(shown, next);
    assert.not.match(shown, /points\n|\d+ of \d+|Cause|try next/);
  }
  assert.match(textOf(entries.refused), 'docker-compose.yml:14:5 (nginx): privileged gives');
});

test('the teacher’s decision, with the reason that the teacher wrote for the student', () => {
  assert.match(
    textOf(entries.settled),
    /85 of 100 points[\s\S]*It was first refused[\s\S]*The teacher's decisions\n- Total: 85\n {2}面試確認過/,
  );
});

test('all files for a student are in the student’s language; those for the teacher in that of the command', () => {
  const student = {
    ...entries.one.student,
    lang: 'zh-TW' as const,
    columns: { ...entries.one.student.columns, Identifier: 'Participant 5' },
  };
  const book: Gradebook = { ...gradebook, entries: [{ ...entries.one, student }, entries.noisy] };
  const files = new Map(
    filesOf(book, 'en', { mailFrom: { address: 'ta@school.example' } }).map(({ path, parts }) => [
      path,
      path.endsWith('.zip') ? '' : [...parts()].join(''),
    ]),
  );
  const zh = /預期|根本原因/;
  for (const path of ['gradescope/b10902002/results.json', 'summary/b10902002.md', 'comments/b10902002.md'])
    assert.match(files.get(path) ?? '', zh, path);
  assert.match(files.get('students/b10902002.html') ?? '', '<html lang="zh-TW"');
  assert.match(files.get('mail/b10902002.eml') ?? '', 'Content-Language: zh-TW');
  for (const path of ['comments/b10902003.md', 'summary/b10902003.md', 'summary.md', 'grades.csv'])
    assert.not.match(files.get(path) ?? '', zh, path);
  const feedback = (files.get('moodle.csv') ?? '').split('\r\n');
  assert.match(feedback[1] ?? '', zh);
  assert.not.match(feedback[2] ?? '', zh);
  assert.match(files.get('canvas-comments.json') ?? '', zh);
});

test('no file of a student has the name, ID or address of another one', () => {
  const all = Object.values(entries).filter(({ student }) => /^b/.test(student.id));
  const book = { ...gradebook, entries: all };
  for (const { path, parts } of filesOf(book, 'en', { mailFrom: { address: 'ta@school.example' } })) {
    const [, id] = /^(?:students|summary|comments|mail|gradescope)\/(b\d+)/.exec(path) ?? [];
    if (id === undefined) continue;
    const content = [...parts()].join('');
    const mail = path.endsWith('.eml') ? Buffer.from(content.split('\r\n\r\n')[1] ?? '', 'base64').toString() : '';
    for (const { student } of all.filter((one) => one.student.id !== id))
      for (const own of [student.id, student.name ?? '', student.email ?? student.id])
        assert.not.ok(`${content}${mail}`.includes(own), `${path} contains ${own}`);
  }
});

test('a comment mentions nobody, refers to nothing, links to nothing, and has no line that is a command', () => {
  const attack = `${nasty}\n/close\n@ta @org/team me@evil.example #12 !3 $4 %5 &6 ~bug GH-7 org/repo#8 https://github.com/o/r/issues/9 www.evil.example [issue:10]`;
  const check = gradedCheck('up/x', {
    outcome: 'failed',
    points: 0,
    actual: text(attack, attack),
    help: text(attack, attack),
    said: { service: '/close', lines: attack.split('\n') },
  });
  const entry = { ...entries.one, student: { id: '@ta', name: '/close #1' }, grade: { ...entries.one.grade, checks: [check] } };
  const shown = feedbackMarkdown(feedbackOf(gradebook, entry, 'en'));
  for (const line of shown.split('\n')) assert.match(line, /^(?:$|#{3,4} |\*\*|- | {2}- )/);
  const spaced = shown.replaceAll('&#8203;', '\u200b');
  assert.not.match(spaced, /@\w|[#!$]\d|&amp;\d|~\w|%\d|GH\\?-\d|:\/\/|\[issue|www\.e|<[a-z]/i);
  assert.match(shown, '\\@&#8203;ta');
  // commands stay as they are, to be copied
  assert.match(feedbackMarkdown(feedbackOf(gradebook, entries.one, 'en')), 'docker compose restart nginx');
});

test('a comment fits GitHub’s limit of 65,536 characters and an argument of 128 KiB', () => {
  const long = text(hostile.long, hostile.long);
  const checks = Array.from({ length: 90 }, (_, at) =>
    gradedCheck(`up/${at}`, { outcome: 'failed', points: 0, actual: long, help: long }),
  );
  const shown = feedbackMarkdown(feedbackOf(gradebook, { ...entries.one, grade: { ...entries.one.grade, checks } }, 'zh-TW'));
  assert.ok(shown.endsWith('\n…\n'));
  assert.ok(shown.length > 15_000 && Buffer.byteLength(shown) < 65_536);
});

test.run();
