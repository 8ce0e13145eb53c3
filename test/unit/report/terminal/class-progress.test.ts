import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ClassState, createClassProgress, rateOf, renderClass } from '../../../../src/report/terminal/class-progress.ts';
import { widthOf } from '../../../../src/report/terminal/layout.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';

const state = (over: Partial<ClassState> = {}): ClassState => ({
  queued: 6,
  running: ['amy', 'bob'],
  control: false,
  done: 4,
  review: 1,
  known: 0,
  ...over,
});

test('the rate counts what was graded in this run; the remaining time follows from it', () => {
  assert.equal(rateOf(state(), 60_000), { perMinute: 4, leftMs: 120_000 });
  assert.equal(rateOf(state({ known: 2 }), 60_000), { perMinute: 2, leftMs: 240_000 });
  assert.is(rateOf(state({ known: 4 }), 60_000), undefined, 'nothing was graded now');
  assert.is(rateOf(state({ done: 0 }), 0), undefined);
});

test('the table has a heading, a row and names, aligned in both languages', () => {
  const { screen } = fakeScreen();
  for (const [lang, done, left] of [
    ['en', 'done', '2 m 00 s'],
    ['zh-TW', '完成', '2 分 00 秒'],
  ] as const) {
    const [blank, head = '', row = '', names = ''] = renderClass(state(), 60_000, { lang, columns: 80, paint: screen.paint });
    assert.is(blank, '');
    assert.ok(head.includes(done), head);
    assert.match(row, new RegExp(`^\\s+4\\s+2\\s+6\\s+1\\s+4\\.0\\s+${left}$`));
    assert.is(widthOf(head), widthOf(row));
    assert.match(names, /amy.+bob/);
  }
});

test('the reference solution is named while it is graded', () => {
  const { screen } = fakeScreen();
  const last = (lang: 'en' | 'zh-TW', control: boolean) =>
    renderClass(state({ control }), 1000, { lang, columns: 80, paint: screen.paint }).at(-1)?.trim();
  assert.is(last('en', false), 'grading amy, bob');
  assert.is(last('en', true), 'grading the reference solution, amy, bob');
  assert.is(last('zh-TW', true), '正在評分：參考解答、amy、bob');
});

test('the progress fits a narrow terminal, whatever the names', () => {
  const { screen } = fakeScreen();
  const running = Array.from({ length: 9 }, (_, at) => `王小明的作業${at}`);
  for (const line of renderClass(state({ running }), 1000, { lang: 'zh-TW', columns: 40, paint: screen.paint }))
    assert.ok(widthOf(line) < 40, line);
});

test('where other machines grade, each has a line in place of the names', () => {
  const { screen } = fakeScreen();
  const workers = [
    { host: 'lab2', stage: 'grading', running: ['amy', 'bob'] },
    { host: 'lab3', stage: 'grading', running: [] },
    { host: 'lab4', stage: 'preparing', running: [] },
    { host: 'lab5', stage: 'unfit', running: [] },
  ];
  const below = (lang: 'en' | 'zh-TW', over: Partial<ClassState>) =>
    renderClass(state(over), 1000, { lang, columns: 80, paint: screen.paint })
      .slice(3)
      .map((line) => line.trim());
  assert.equal(below('en', { workers }), ['lab2: amy, bob', 'lab3: idle', 'lab4: preparing', 'lab5: does not grade']);
  assert.equal(below('zh-TW', { workers }), ['lab2：amy、bob', 'lab3：閒置', 'lab4：準備中', 'lab5：不評分']);
  assert.equal(below('en', { workers: [], running: [] }), ['no worker']);
  assert.equal(below('zh-TW', { workers: [], running: [] }), ['沒有 worker']);
});

test('lines of workers fit a narrow terminal', () => {
  const { screen } = fakeScreen();
  const running = Array.from({ length: 9 }, (_, at) => `王小明的作業${at}`);
  const workers = [{ host: 'a-machine-with-a-very-long-name.school.example', stage: 'grading', running }];
  for (const line of renderClass(state({ workers, running }), 1000, { lang: 'zh-TW', columns: 40, paint: screen.paint }))
    assert.ok(widthOf(line) < 40, line);
});

test('without a terminal only permanent lines are printed', () => {
  const fake = fakeScreen();
  const progress = createClassProgress(fake.screen, 'en', () => 0);
  progress.update(state());
  progress.printLine('amy  96/100');
  progress.update(state({ done: 5 }));
  progress.close();
  assert.is(fake.text(), 'amy  96/100\n');
});

test.run();
