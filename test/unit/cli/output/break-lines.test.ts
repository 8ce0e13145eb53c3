import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import type { Cli } from '../../../../src/cli/context.ts';
import { breakList, createdLines, hintLines, portBusy, repairLines, reportOf } from '../../../../src/cli/output/break-lines.ts';
import type { Fault } from '../../../../src/lab/fault.ts';
import { langs, text } from '../../../../src/lab/text.ts';
import type { Progress } from '../../../../src/learn/break/practice.ts';

const plain = (words: string) => words;
const cli = (lang: 'en' | 'zh-TW') => ({ lang, out: { paint: { bold: plain, red: plain, green: plain } } }) as unknown as Cli;
const [fault] = faults as readonly [Fault];
const progress: Progress = {
  tutorial: 'compose-scale',
  number: 1,
  startedAt: '2026-11-27T01:00:00.000Z',
  hints: 1,
  checks: 2,
};
const next = { call: 'lab', path: 'break-01', engine: 'docker' } as const;
const solved = { ...progress, solvedAt: '2026-11-27T01:12:00.000Z' };

test('nothing before the repair names the fault', () => {
  for (const lang of langs) {
    const before = [
      breakList(cli(lang), faults, new Map([[1, progress]])),
      reportOf(fault, 1, next, lang),
      createdLines(cli(lang), fault, 1, next),
      repairLines(cli(lang), fault, progress, { outcome: 'failed', checks: 4, open: [text('x', 'x')] }),
    ];
    for (const shown of before) {
      assert.not.ok(shown.includes(fault.cause[lang]));
      assert.not.ok(shown.includes(fault.id));
    }
  }
});

test('a port that another exercise publishes is named, with its folder and the command that stops it', () => {
  const busy = { port: 8000, project: 'nginx', dir: '/home/me/my lab/nginx' };
  for (const lang of langs)
    assert.match(portBusy(cli(lang), busy), / 8000 .*\/home\/me\/my lab\/nginx.*docker compose -p nginx stop\n$/);
});

test('the list marks what was repaired and what was begun, and counts', () => {
  const list = breakList(
    cli('en'),
    faults,
    new Map([
      [1, solved],
      [2, { ...progress, number: 2 }],
    ]),
  );
  assert.match(list, /^ {2}✓ {2}1 /m);
  assert.match(list, /^ {2}… {2}2 /m);
  assert.match(list, /^ {5}3 /m);
  assert.match(list, new RegExp(`^1 of ${faults.length} repaired\\.`, 'm'));
});

test('hints so far, how many are left, and what a solution is worth', () => {
  assert.is(hintLines(cli('en'), fault, progress), `1. ${fault.hints[0].en}\n2 more; a solution is now worth 80 points.\n`);
  assert.match(hintLines(cli('en'), fault, { ...progress, hints: 3 }), /^3\. .*\nThat was the last hint; .* 40 points\.$/m);
});

test('a repair that is not complete: up to three claims, and no remedy', () => {
  const open = ['a', 'b:', 'c', 'd'].map((claim) => text(`${claim}\nmore`, claim));
  const shown = repairLines(cli('en'), fault, progress, { outcome: 'failed', checks: 9, open });
  assert.is(
    shown,
    'Not repaired yet. These claims are still false:\n  ✗ a\n  ✗ b: more\n  ✗ c\n  and 1 more\nTry next: compare this with `docker compose ps --all` and `docker compose logs`; a hint: lab break --hint\n',
  );
});

test('a repair: points, time, and what was wrong', () => {
  const shown = repairLines(cli('en'), fault, solved, { outcome: 'passed', checks: 35, open: [] });
  assert.match(shown, /^Repaired: 35 checks pass\.\n80 points, 12 min, 1 of 3 hints, checked 2 times\.\n/);
  assert.ok(shown.includes(`What was wrong: ${fault.cause.en}`) && shown.includes(`How to find it: ${fault.find.en}`));
  assert.match(
    repairLines(cli('zh-TW'), fault, solved, { outcome: 'passed', checks: 35, open: [] }),
    /^已修復：35 項檢查都通過。\n80 分，耗時 12 分鐘/,
  );
});

test.run();
