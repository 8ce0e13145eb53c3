import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckResult } from '../../../../src/lab/event.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { didNotPass, failed, passed, skipped, type Verdict } from '../../../../src/lab/verdict.ts';
import { renderStepChecks } from '../../../../src/report/terminal/step-checks.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';

const { screen } = fakeScreen();
const claim = (id: string) => text(`claim ${id}`, `主張 ${id}`);
const result = (id: string, verdict: Verdict): CheckResult => ({
  id,
  claim: claim(id),
  outcome: verdict.outcome,
  verdict,
  evidence: null,
  looks: 1,
  durationMs: 5,
});
const fine = passed(verbatim('fine'));
const broken = failed({ expected: verbatim('e'), actual: verbatim('s'), help: verbatim('h') });
const rendered = (results: readonly CheckResult[], lang: 'en' | 'zh-TW' = 'en') =>
  renderStepChecks({ columns: 80, paint: screen.paint, lang, brief: true }, results, { time: '1.2 s' }).map((line) =>
    line.trim(),
  );
const saw = ['expected  e', 'saw       s', 'try next  h'];

test('checks that passed are one line with the time of the step', () => {
  const all = ['a', 'b', 'c'].map((id) => result(id, fine));
  assert.match(rendered(all).join('|'), /^✓ 3 checks passed +1\.2 s$/);
  assert.match(rendered(all, 'zh-TW').join('|'), /^✓ 3 項檢查通過 +1\.2 s$/);
});

test('the number is put beside the last line of output if it is all there is to show, and fits', () => {
  const page = { columns: 80, paint: screen.paint, lang: 'en', brief: true } as const;
  const below = (output: string, results: readonly CheckResult[]) => renderStepChecks(page, results, { time: '1.2 s', output });
  const all = ['a', 'b'].map((id) => result(id, fine));
  const [line = '', ...further] = below('      2 containers', all);
  assert.match(line, /^ {6}2 containers {2,}✓ 2 checks passed {2}1\.2 s$/);
  assert.equal([line.length, further], [80, []]);
  const long = `      ${'x'.repeat(60)}`;
  assert.equal(below(long, all)[0], long);
  assert.match(below(long, all)[1] ?? '', /^ {4}✓ 2 checks passed +1\.2 s$/);
  assert.equal(below('      out', [result('a', broken), result('b', fine)])[0], '      out');
  assert.equal(below('      out', []), ['      out']);
});

test('the only check of a step is named', () => {
  assert.match(rendered([result('a', fine)]).join('|'), /^✓ claim a — fine +1\.2 s$/);
});

test('evidence is shown: marked checks, bars, notes; the others are counted beside the last', () => {
  const bars = { bars: [{ label: 'x', count: 2 }] };
  const lines = rendered([
    result('a', fine),
    result('b', { ...fine, shown: true } as Verdict),
    result('c', passed(verbatim('2'), { spread: bars })),
    result('d', passed(verbatim('fine'), { note: verbatim('remark') })),
  ]);
  assert.equal(
    lines.map((line) => line.replace(/█+/, '█').replace(/ {2,}/g, '  ')),
    ['✓ claim b — fine', '✓ claim c — 2', 'x  █ 2', '✓ claim d — fine  and 1 other check  1.2 s', 'remark'],
  );
});

test('what was seen is below a claim that fills its line, unless bars or a remark show it; then the others have a line of their own', () => {
  const long = (id: string, verdict: object) => ({
    ...result(id, { ...fine, ...verdict } as Verdict),
    claim: verbatim('claim '.repeat(12).trim()),
  });
  const lines = rendered([result('a', fine), long('b', { shown: true }), long('c', { note: verbatim('remark') })]);
  const claimed = `✓ ${'claim '.repeat(12).trim()}`;
  assert.equal(lines.slice(0, -1), [claimed, 'fine', claimed, 'remark']);
  assert.match(lines.at(-1) ?? '', /^✓ 1 other check passed +1\.2 s$/);
});

test('bars that only repeat what a command printed are counted', () => {
  const bars = { bars: [{ label: 'x', count: 2 }] };
  const lines = rendered([
    result('a', fine),
    result('b', { ...passed(verbatim('2'), { spread: bars }), shown: false } as Verdict),
  ]);
  assert.match(lines.join('|'), /^✓ 2 checks passed +1\.2 s$/);
});

test('the cause of the most skipped checks is first, and these are counted below it', () => {
  const because = (id: string) => skipped(didNotPass(claim(id)));
  const lines = rendered([
    result('side', broken),
    result('root', broken),
    result('b', because('root')),
    result('c', because('root')),
    result('other', skipped(verbatim('cannot be seen'))),
    result('fine', fine),
    result('too', fine),
  ]);
  assert.equal(lines.slice(0, -1), [
    '✗ claim root',
    ...saw,
    '2 more checks depend on this',
    '✗ claim side',
    ...saw,
    '– claim other — skipped: cannot be seen',
  ]);
  assert.match(lines.at(-1) ?? '', /^✓ 2 other checks passed/);
});

test.run();
