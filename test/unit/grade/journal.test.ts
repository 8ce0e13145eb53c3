// time limit: 600 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../src/grade/journal.ts';
import type { Grade } from '../../../src/grade/types.ts';
import { text } from '../../../src/lab/text.ts';
import { root } from '../../../src/platform/package-root.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';
import { grade, gradedCheck } from '../../fixtures/graded.ts';
import { folder } from '../../helpers/folder.ts';
import { compile, source } from '../../helpers/program.ts';
import { rejection } from '../../helpers/rejection.ts';
import { repeats } from '../../helpers/repeats.ts';
import { onSmallDisk } from '../../helpers/small-disk.ts';

const fileOf = (dir: string): string => join(dir, 'journal.ndjson');
const worth = (points: number, over: Partial<Grade> = {}): Grade =>
  grade({ points, max: 1000, checks: [gradedCheck('up/one', { points, max: 1000 })], ...over });
const refused: Grade = grade({ status: 'refused', points: null, checks: [] });

/** The grades for these keys in the journal, opened again. */
async function held(dir: string, keys: readonly string[]): Promise<(Grade | undefined)[]> {
  const journal = await openJournal(dir);
  try {
    return keys.map((key) => journal.find(key));
  } finally {
    await journal.close();
  }
}

async function written(dir: string, entries: readonly (readonly [string, Grade])[]): Promise<void> {
  const journal = await openJournal(dir);
  for (const [key, one] of entries) await journal.add(key, one);
  await journal.close();
}

test('an added grade is found, at once and after opening again; the last one for a key applies', async () => {
  const dir = join(folder(), 'out', 'class');
  const journal = await openJournal(dir);
  assert.is(journal.find('a'), undefined);
  await Promise.all([journal.add('a', worth(1)), journal.add('b', refused), journal.add('a', worth(3))]);
  assert.equal([journal.find('a'), journal.find('b')], [worth(3), refused]);
  await journal.close();
  assert.equal(await held(dir, ['a', 'b', 'c']), [worth(3), refused, undefined]);
  const lines = readFileSync(fileOf(dir), 'utf8').trimEnd().split('\n');
  assert.equal(JSON.parse(lines[0] ?? ''), { format: 'labwright-grades', version: 1 });
  assert.is(lines.length, 4);
});

test('a grade with Chinese text and line ends is one line, and is restored unchanged', async () => {
  const dir = folder();
  const original = worth(5, { review: { en: 'two\nlines\u2028here', 'zh-TW': '看不出來：\n「容器」' } });
  await written(dir, [['鍵', original]]);
  assert.equal(await held(dir, ['鍵']), [original]);
});

test('a confirmation keeps the grades before it; a withdrawal removes the other ones, also after opening again', async () => {
  const dir = folder();
  const journal = await openJournal(dir);
  await journal.withdraw();
  await journal.add('a', worth(1));
  await journal.confirm();
  await journal.add('b', worth(2));
  await journal.close();
  // a kill here would lose nothing and confirm nothing
  const next = await openJournal(dir);
  assert.equal([next.find('a'), next.find('b')], [worth(1), worth(2)]);
  await Promise.all([next.add('c', worth(3)), next.withdraw()]);
  const left = [worth(1), undefined, undefined];
  assert.equal(['a', 'b', 'c'].map(next.find), left);
  await next.withdraw();
  await next.close();
  assert.equal(await held(dir, ['a', 'b', 'c']), left);
  assert.match(
    readFileSync(fileOf(dir), 'utf8'),
    /"a"[^\n]+\n\{"control":true\}\n[^\n]+\n[^\n]+\n\{"withdrawn":\["b","c"\]\}\n$/,
  );
  await written(dir, [['b', worth(4)]]);
  assert.equal(await held(dir, ['a', 'b', 'c']), [worth(1), worth(4), undefined]);
});

test('a journal without confirmations is read as usual; a withdrawal removes all of its grades', async () => {
  const dir = folder();
  await written(dir, [['a', worth(1)]]);
  assert.equal(await held(dir, ['a']), [worth(1)]);
  const journal = await openJournal(dir);
  await journal.withdraw();
  await journal.close();
  assert.equal(await held(dir, ['a']), [undefined]);
});

test('a last line that is cut at any byte is dropped, the others stay, and the next line takes its place', async () => {
  const dir = folder();
  await written(dir, [['a', worth(1)]]);
  const before = readFileSync(fileOf(dir)).length;
  await written(dir, [['b', worth(2, { review: { en: 'see', 'zh-TW': '看' } })]]);
  const whole = readFileSync(fileOf(dir));
  for (let length = before; length < whole.length; length++) {
    writeFileSync(fileOf(dir), whole.subarray(0, length));
    assert.equal(await held(dir, ['a', 'b']), [worth(1), undefined], `at ${length}`);
    assert.is(readFileSync(fileOf(dir)).length, before, `at ${length}`);
  }
  truncateSync(fileOf(dir), before + 9);
  await written(dir, [['c', worth(3)]]);
  assert.equal(await held(dir, ['a', 'b', 'c']), [worth(1), undefined, worth(3)]);
});

test('a journal that is cut in its first line starts again; a last line of NUL bytes is dropped', async () => {
  const dir = folder();
  await written(dir, []);
  const whole = readFileSync(fileOf(dir));
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(fileOf(dir), whole.subarray(0, length));
    await written(dir, [['a', worth(1)]]);
    assert.equal(await held(dir, ['a']), [worth(1)], `at ${length}`);
  }
  appendFileSync(fileOf(dir), Buffer.concat([Buffer.alloc(500), Buffer.from('\n')]));
  assert.equal(await held(dir, ['a']), [worth(1)]);
});

const wrongs: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['another file', 'name,points\n', /journal\.ndjson is not a journal of lab grade$/],
  ['another file without a line end', 'name', /is not a journal of lab grade$/],
  ['another format', '{"format":"other","version":1}\n', /is not a journal of lab grade$/],
  ['a later version', '{"format":"labwright-grades","version":2}\n', /is of version 2; this labwright reads version 1$/],
  [
    'a damaged line in the middle',
    '{"format":"labwright-grades","version":1}\n{"key":"a","gr\n{"key":"b"}\n',
    /:2: this line is not a grade$/,
  ],
  [
    'bytes that are no text in the middle',
    `{"format":"labwright-grades","version":1}\n${JSON.stringify({ key: '\xff', grade: refused })}\n{"key":"b"}\n`,
    /:2: this line is not a grade/,
  ],
  [
    'a line that is whole, and no grade',
    '{"format":"labwright-grades","version":1}\n{"key":"a","grade":{"points":"5"}}\n',
    /:2: this line is not a grade/,
  ],
];
for (const [what, source, says] of wrongs)
  test(`refused and left unchanged: ${what}`, async () => {
    const dir = folder();
    writeFileSync(fileOf(dir), source, 'latin1');
    // the second time too: the first one released the folder
    for (const _ of [1, 2]) {
      const error = await rejection(openJournal(dir));
      assert.is(error.code, 'E_STATE');
      assert.match(error.text.en, says);
      assertComplete(error.text, what);
      assertComplete(error.hint, what);
    }
    assert.is(readFileSync(fileOf(dir), 'latin1'), source);
  });

/** A line with the format of a grade, but with impossible values. */
const impossible: readonly (readonly [what: string, over: Partial<Grade>, says: string])[] = [
  ['more points than all checks have', { points: 5000 }, '5000 ≠ 7'],
  ['fewer points than its checks', { points: 3 }, '3 ≠ 7'],
  [
    'more points for a check than it has',
    { checks: [gradedCheck('up/one', { points: 1001, max: 1000 })], points: 1001 },
    'up/one: 1001/1000',
  ],
  ['negative points', { points: -1 }, 'grade.points'],
  [
    'negative points for a check',
    { checks: [gradedCheck('up/one', { points: -7, max: 1000 })], points: 0 },
    'grade.checks.0.points',
  ],
  [
    'a deduction that gives points',
    { deductions: [{ points: -3, remark: { code: 'a', text: text('a', '甲') } }], points: 10 },
    'grade.deductions.0.points',
  ],
  ['a deduction that was not taken', { deductions: [{ points: 3, remark: { code: 'a', text: text('a', '甲') } }] }, '7 ≠ 4'],
  ['another maximum than its checks have', { max: 5 }, 'max: 5 ≠ 1000'],
  [
    'a check twice',
    { checks: [gradedCheck('up/one', { points: 7, max: 500 }), gradedCheck('up/one', { points: 0, max: 500 })] },
    'the same check twice',
  ],
  ['no points for what is graded', { points: null }, 'null ≠ 7'],
  ['points for what is refused', { status: 'refused' }, 'refused: 7'],
];
for (const [what, over, says] of impossible)
  test(`a line with impossible points is refused with its number: ${what}`, async () => {
    const dir = folder();
    const line = (key: string, one: Grade) => `${JSON.stringify({ key, grade: one })}\n`;
    writeFileSync(fileOf(dir), `{"format":"labwright-grades","version":1}\n${line('a', worth(1))}${line('b', worth(7, over))}`);
    const error = await rejection(openJournal(dir));
    assert.is(error.code, 'E_STATE');
    assert.ok(error.text.en.endsWith(`journal.ndjson:3: a grade cannot have these points (${says})`), error.text.en);
    assertComplete(error.text, what);
  });

test('NaN and Infinity are refused', async () => {
  for (const number of ['NaN', '1e999']) {
    const dir = folder();
    const line = JSON.stringify({ key: 'a', grade: worth(7) }).replace('"points":7', `"points":${number}`);
    writeFileSync(fileOf(dir), `{"format":"labwright-grades","version":1}\n${line}\n{"control":true}\n`);
    assert.match((await rejection(openJournal(dir))).text.en, /journal\.ndjson:2: /);
  }
});

test('with a rubric, a grade with other checks or other maximum points is an error', async () => {
  const dir = folder();
  await written(dir, [
    ['a', worth(7)],
    ['b', worth(7, { checks: [gradedCheck('up/other', { points: 7, max: 1000 })] })],
    ['c', worth(7, { max: 900, checks: [gradedCheck('up/one', { points: 7, max: 900 })] })],
    ['d', refused],
  ]);
  const journal = await openJournal(dir, { max: 1000, checks: { 'up/one': { points: 1000, after: [], visible: true } } });
  try {
    assert.equal([journal.find('a'), journal.find('d')], [worth(7), refused]);
    assert.throws(() => journal.find('b'), /journal\.ndjson:3: a grade cannot have these points \(up\/other: 7\/1000\)$/);
    assert.throws(() => journal.find('c'), /journal\.ndjson:4: a grade cannot have these points \(up\/one: 7\/900\)$/);
  } finally {
    await journal.close();
  }
});

const counter = { id: 'counter', title: text('the counter', '計數器'), points: 4, max: 10 };
const inGoal = (over: Partial<Grade> = {}): Grade =>
  grade({
    ...{ points: 4, max: 10, goals: [counter] },
    checks: [gradedCheck('up/one', { points: 1, max: 7, goal: 'counter', outcome: 'failed', capped: 1 })],
    ...over,
  });

for (const [what, over, says] of [
  ['other points than its goals have', { points: 5 }, '5 ≠ 4'],
  ['another maximum than its goals have', { max: 7 }, 'max: 7 ≠ 10'],
  ['a goal with other points than its checks left', { goals: [{ ...counter, points: 6 }], points: 6 }, 'counter: 6 ≠ 4'],
  ['points for nothing', { label: text('nothing handed in', '未繳交內容'), checks: [] }, 'nothing handed in: 4'],
] as const)
  test(`goals: a line with impossible points is refused: ${what}`, async () => {
    const dir = folder();
    const lines = [
      { format: 'labwright-grades', version: 1 },
      { key: 'a', grade: inGoal() },
      { key: 'b', grade: inGoal(over) },
    ];
    writeFileSync(fileOf(dir), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"control":true}\n`);
    const error = await rejection(openJournal(dir));
    assert.ok(error.text.en.endsWith(`journal.ndjson:3: a grade cannot have these points (${says})`), error.text.en);
  });

test('with a rubric, a grade with other goals is an error; one without any check is restored', async () => {
  const dir = folder();
  const nothing = inGoal({
    checks: [],
    points: 0,
    goals: [{ ...counter, points: 0 }],
    label: text('nothing handed in', '未繳交內容'),
  });
  await written(dir, [
    ['a', inGoal()],
    ['b', nothing],
    ['c', worth(7, { max: 10, checks: [gradedCheck('up/one', { points: 7, max: 10 })] })],
  ]);
  const goals = { counter: { title: counter.title, points: 10 } };
  const journal = await openJournal(dir, {
    max: 10,
    goals,
    checks: { 'up/one': { points: 7, after: [], visible: true, goal: 'counter' } },
  });
  try {
    assert.equal([journal.find('a'), journal.find('b')], [inGoal(), nothing]);
    assert.throws(() => journal.find('c'), /journal\.ndjson:4: a grade cannot have these points \(counter: 10\)$/);
  } finally {
    await journal.close();
  }
});

test('only one journal is open in an output folder at a time, whatever the path', async () => {
  const dir = folder();
  const journal = await openJournal(dir);
  const link = join(folder(), 'out');
  symlinkSync(dir, link);
  const error = await rejection(openJournal(link));
  assert.is(error.code, 'E_SUBMISSION');
  assert.match(error.text.en, /^another lab grade is using /);
  assert.match(error.text.en, `: process ${process.pid}, Node ${process.version}, since 20`);
  assertComplete(error.text, 'lock');
  assertComplete(error.hint, 'lock');
  const other = await openJournal(folder());
  await other.close();
  await journal.close();
  assert.equal(await held(dir, ['a']), [undefined]);
});

test('the file is flushed before an add, a confirmation or a withdrawal resolves', async () => {
  const dir = folder();
  const journal = await openJournal(dir);
  const probe = await open(fileOf(dir), 'r');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  const { datasync } = handles;
  /** The content of the file at the start of the last finished flush. */
  let flushed = '';
  handles.datasync = async function (this: FileHandle) {
    const now = readFileSync(fileOf(dir), 'utf8');
    await datasync.call(this);
    flushed = now;
  };
  try {
    const writes: readonly (readonly [line: string, write: () => Promise<unknown>])[] = [
      ...['a', 'b', 'c'].map((key) => [`"key":"${key}"`, () => journal.add(key, worth(1))] as const),
      ['"control":true', () => journal.confirm()],
      ['"key":"d"', () => journal.add('d', worth(1))],
      ['"withdrawn":["d"]', () => journal.withdraw()],
    ];
    for (const [line, write] of writes) {
      const writing = write();
      assert.not.match(flushed, line);
      await writing;
      assert.match(flushed, line);
    }
  } finally {
    handles.datasync = datasync;
    await probe.close();
    await journal.close();
  }
});

test('on a full disk an add rejects, and so do all later ones; earlier grades are kept', async () => {
  await onSmallDisk('64k', async (disk) => {
    const journal = await openJournal(disk);
    const added: string[] = [];
    let failure: unknown;
    for (let at = 0; failure === undefined && at < 1000; at++)
      await journal.add(`k${at}`, worth(at)).then(
        () => added.push(`k${at}`),
        (error: unknown) => {
          failure = error;
        },
      );
    assert.is((failure as NodeJS.ErrnoException).code, 'ENOSPC');
    const after = await journal.add('later', worth(1)).catch((error: unknown) => error);
    assert.is(after, failure);
    await journal.close();
    assert.ok(added.length > 10, `${added.length} added`);
    const found = await held(disk, [...added, 'later', `k${added.length}`]);
    assert.equal(found, [...added.map((_, at) => worth(at)), undefined, undefined]);
  });
});

/** Adds grades endlessly, and prints each key after its add has resolved. */
const program = `
  import { openJournal } from ${source('src/grade/journal.ts')};
  const [dir, from] = process.argv.slice(-2);
  const journal = await openJournal(dir);
  const checks = Array.from({ length: 30 }, (_, at) => ({ id: 'up/check-' + at, points: 1, max: 1 }));
  for (let at = Number(from); ; at++) {
    await journal.add('k' + at, { status: 'graded', points: 30, max: 30, checks, deductions: [], notes: [], refusals: [], durationMs: at });
    process.stdout.write('k' + at + '\\n');
  }
`;

test('after a kill at a random moment, the journal contains every add that had resolved', async () => {
  const compiled = compile(program);
  const dir = folder();
  let printed: string[] = [];
  let torn = 0;
  for (let time = 0; time < repeats(8, 3); time++) {
    const child = spawn(process.execPath, [compiled, dir, String(printed.length)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await once(child.stdout, 'data');
    await setTimeout(Math.random() * 40);
    child.kill('SIGKILL');
    const [, signal] = await once(child, 'close');
    assert.is(signal, 'SIGKILL');
    const fresh = output.split('\n').slice(0, -1);
    assert.ok(fresh.length > 0);
    printed = [...printed, ...fresh];
    if (!readFileSync(fileOf(dir), 'utf8').endsWith('\n')) torn++;
    // the folder is free: the lock ended with the child
    const found = await held(dir, printed);
    const lost = printed.filter((key, at) => found[at]?.durationMs !== Number(key.slice(1)));
    assert.equal(lost, [], `killed ${time + 1} times, ${printed.length} added, ${torn} torn`);
  }
});

test('characters that control a terminal or mislead the eye are escaped in the file, and restored unchanged', async () => {
  const dir = folder();
  const review = text('a\u009b31m\u202eb\u007f', '甲');
  await written(dir, [['one', worth(1, { review })]]);
  assert.not.match(readFileSync(fileOf(dir), 'utf8'), /[\u007f-\u009f\u202e]/);
  assert.equal((await held(dir, ['one']))[0]?.review, review);
});

test('a control of a worker confirms its own grades of earlier rounds, also after opening again', async () => {
  const dir = folder();
  const first = await openJournal(dir);
  await first.add('here', worth(1));
  await first.add('a1', worth(1), { worker: 'a', round: 1 });
  await first.add('a2', worth(1), { worker: 'a', round: 2 });
  await first.add('b1', worth(1), { worker: 'b', round: 1 });
  await first.confirm({ worker: 'a', round: 2 });
  assert.equal([...first.unconfirmed().keys()], ['here', 'a2', 'b1']);
  await first.close();
  const again = await openJournal(dir);
  assert.equal(
    [...again.unconfirmed()],
    [
      ['here', undefined],
      ['a2', { worker: 'a', round: 2 }],
      ['b1', { worker: 'b', round: 1 }],
    ],
  );
  await again.confirm();
  assert.equal([...again.unconfirmed().keys()], ['a2', 'b1']);
  await again.confirm({ worker: 'c', round: 9 });
  assert.equal([...again.unconfirmed().keys()], ['a2', 'b1']);
  await again.close();
});

test('grades of one worker are withdrawn, those of others and of this process are not', async () => {
  const dir = folder();
  const journal = await openJournal(dir);
  await journal.add('here', worth(1));
  await journal.add('sure', worth(1), { worker: 'a', round: 1 });
  await journal.confirm({ worker: 'a', round: 2 });
  await journal.add('a2', worth(1), { worker: 'a', round: 2 });
  await journal.add('b1', worth(1), { worker: 'b', round: 1 });
  assert.equal(await journal.withdraw((by) => by?.worker === 'a'), ['a2']);
  await journal.close();
  assert.equal(await held(dir, ['here', 'sure', 'a2', 'b1']), [worth(1), worth(1), undefined, worth(1)]);
  const again = await openJournal(dir);
  assert.equal(await again.withdraw(), ['here']);
  assert.equal(await again.withdraw((by) => by !== undefined), ['b1']);
  assert.equal(await again.withdraw((by) => by !== undefined), []);
  await again.close();
});

test.run();
