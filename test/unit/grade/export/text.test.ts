import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capped, oneLine, multiLine as visible } from '../../../../src/formats/untrusted-text.ts';
import { cell } from '../../../../src/grade/export/csv.ts';
import { classPage, fileNames, studentPage } from '../../../../src/grade/export/file-names.ts';
import { partsBesideChecks, percent, printed } from '../../../../src/grade/export/points.ts';
import { entries, gradebook, hostile, nasty } from '../../../fixtures/gradebook.ts';

test('characters that control a terminal or mislead the eye are made visible', () => {
  assert.is(visible(hostile.controls), 'a[U+0000]b[U+0007]c[U+001B][31md[U+001B]]0;title[U+0007]e[U+009B]f[U+007F][U+000D]g');
  assert.is(visible(hostile.bidi), 'exe.[U+202E]fdp.txt[U+2066]x[U+2069][U+200B][U+FEFF]');
  assert.is(visible(hostile.surrogates), 'half [U+D800] of a pair [U+DC00]');
  assert.is(visible(hostile.noncharacters), 'x[U+FFFE]y[U+FFFF]z');
  assert.is(visible('a\r\nb\n\tc'), 'a\nb\n\tc');
});

test('ordinary text is unchanged', () => {
  for (const content of ['王小明', "O'Brien, Seán", '👩‍💻 é́', 'العربية', 'می‌خواهم', '𠮷野家'])
    assert.is(visible(content), content);
});

test('texts are cut by visible characters, never inside a surrogate pair', () => {
  assert.is(capped('字'.repeat(50), 10), `${'字'.repeat(9)}…`);
  assert.is(capped('𠮷'.repeat(10), 10), '𠮷'.repeat(10));
  assert.is(capped('𠮷'.repeat(50), 10), `${'𠮷'.repeat(9)}…`);
  assert.is(oneLine(' a\n\tb\r\nc ', 10), 'a b c');
  assert.ok([...capped(nasty.repeat(10), 300)].length <= 300 * '[U+10FFFF]'.length);
});

test('points have no floating-point noise', () => {
  assert.equal([0.1 + 0.2, 88.900_000_000_000_01, -0, 100, 33.3333, null].map(printed), [
    '0.3',
    '88.9',
    '0',
    '100',
    '33.3333',
    '',
  ]);
  assert.equal([percent(58.7, 90), percent(0.1 + 0.2, 1), percent(null, 90), percent(1, 0)], ['65.22', '30', '', '']);
});

test('checks and other parts add up to the total, and each part names its cause', () => {
  const parts = (name: keyof typeof entries) => partsBesideChecks(entries[name]).map(({ what, points }) => [what.en, points]);
  assert.equal(parts('perfect'), []);
  assert.equal(parts('refused'), []);
  assert.equal(parts('noisy'), [['container_name is set aside: replicas could not share it', -1.1]]);
  assert.equal(parts('settled'), [['the teacher decided the total', 85]]);
  assert.equal(parts('overridden'), []);
  const floor = { ...entries.noisy, grade: { ...entries.noisy.grade, checks: [], points: 0 } };
  assert.is(partsBesideChecks(floor)[1]?.points, 1.1);
  for (const entry of gradebook.entries.filter(({ grade }) => grade.points !== null)) {
    const sum = [...entry.grade.checks, ...partsBesideChecks(entry)].reduce((total, { points }) => total + points, 0);
    assert.is(printed(sum), printed(entry.grade.points), entry.student.id);
  }
});

test('a cell that a spreadsheet would run becomes a text', () => {
  const running = [
    '=1+1',
    '+cmd|x',
    '-2+3',
    '@SUM(A1)',
    ' =1',
    '"=1"',
    "'=1",
    '＝1+1',
    '＋1+1',
    '－1+1',
    '＠A1',
    '﹦1',
    '−1+1',
    '\t=1',
    '\r=1',
  ];
  for (const content of running) assert.is(cell(content).slice(0, 1), "'", content);
  assert.is(cell(hostile.formula), `'${hostile.formula}`);
  assert.equal(['-12.5', '+886912345678', '0', '7001'].map(cell), ['-12.5', '+886912345678', '0', '7001']);
  assert.equal(['王小明', 'a=b', "O'Brien", 'a-b', undefined].map(cell), ['王小明', 'a=b', "O'Brien", 'a-b', '']);
  assert.not.match(cell(nasty), /[\p{Cc}\p{Cf}\p{Cs}]/u);
});

test('file names: the ID if it is safe, else its safe characters and a digest', () => {
  const ids = [
    'B10902001',
    'b1',
    'B1',
    '王小明_90001',
    'a b',
    'a@b.c',
    '..',
    '.',
    '',
    '-rf',
    'CON',
    'a/b',
    'a\\b',
    'a:b',
    'x~y',
    nasty,
  ];
  const nameOf = fileNames(ids);
  assert.is(nameOf('B10902001'), 'B10902001');
  assert.is(nameOf('王小明_90001'), '王小明_90001');
  assert.match(nameOf('a@b.c'), /^a-b-c~[0-9a-f]{16}$/);
  assert.match(nameOf('..'), /^~[0-9a-f]{16}$/);
  for (const id of ids) {
    assert.match(nameOf(id), /^[\w~\p{Script=Han}][\w~\p{Script=Han}-]*$/u, id.slice(0, 40));
    assert.ok(Buffer.byteLength(`.${nameOf(id)}.html.labwright-draft`) <= 255, id.slice(0, 40));
    assert.not.match(nameOf(id), /^(?:con|prn|aux|nul|com\d|lpt\d)$/i);
    assert.is(nameOf(id), nameOf(id));
  }
});

test('file names are unique, also if case or Unicode composition is ignored', () => {
  const ids = [
    'b1',
    'B1',
    'é',
    'e\u0301',
    '豈',
    '\uf900',
    'a b',
    'a-b',
    'a_b',
    'a  b',
    '\ud800',
    '\ud801',
    '\ufffd',
    'Ａ',
    'A',
    'a',
  ];
  const nameOf = fileNames([...ids, ...ids]);
  const names = ids.map((id) => nameOf(id).normalize('NFKC').toLowerCase());
  assert.is(new Set(names).size, ids.length);
  // an ID that looks like the digested name of another
  const digested = fileNames(['x', 'X'])('X');
  assert.is.not(fileNames(['x', 'X', digested])(digested), digested);
  assert.is(new Set(['x', 'X', digested].map(fileNames(['x', 'X', digested]))).size, 3);
});

test('names of pages need no escaping in links', () => {
  assert.is(classPage, 'index.html');
  const page = studentPage(fileNames(['a#b?c%20'])('a#b?c%20'));
  assert.is(encodeURI(page), page);
});

test.run();
