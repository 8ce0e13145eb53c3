import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import type { Cli } from '../../../../src/cli/context.ts';
import { examCheckLine, examCheckSummary, examCreated, examReadme } from '../../../../src/cli/output/exam-lines.ts';
import { chooseFaults } from '../../../../src/lab/exam.ts';
import { langs, text } from '../../../../src/lab/text.ts';

const plain = (words: string) => words;
const cli = (lang: 'en' | 'zh-TW') => ({ lang, out: { paint: { bold: plain, red: plain, green: plain } } }) as unknown as Cli;
const exam = { count: 25, seed: 9 };
const all = chooseFaults(faults, exam);
const next = { call: 'npx lab', path: 'exam', engine: 'private' } as const;

test('the README and the first output list what users report, and name no fault', () => {
  for (const lang of langs)
    for (const shown of [examReadme(all, exam, next, lang), examCreated(cli(lang), all, exam, next)])
      for (const { folder, fault } of all) {
        assert.ok(shown.includes(folder) && shown.includes(fault.report[lang]));
        assert.not.ok(shown.includes(fault.id) || shown.includes(fault.cause[lang]), fault.id);
      }
});

test('the commands of the private engine and of the folder are shown as they are typed', () => {
  const shown = examCreated(cli('en'), all, exam, next);
  assert.match(
    shown,
    /\n {2}eval "\$\(npx lab engine env\)"\n {2}cd exam\/fault-1\n {2}docker compose up -d --build\n {2}npx lab break --check\n/,
  );
  assert.not.match(examCreated(cli('en'), all, exam, { ...next, engine: 'docker' }), /engine env/);
});

test('each folder is one line: repaired, or the first claim that is false', () => {
  const open = [text('it answers\nmore', '有回應'), text('b', 'b')];
  assert.is(examCheckLine(cli('en'), 'fault-1', { outcome: 'passed', checks: 9, open: [] }), '✓ fault-1  repaired\n');
  assert.is(
    examCheckLine(cli('en'), 'fault-2', { outcome: 'failed', checks: 9, open }),
    '✗ fault-2  not repaired yet: it answers\n',
  );
  assert.match(examCheckSummary(cli('en'), 1, 2), /^1 of 2 repaired\. Next: /);
  assert.match(examCheckSummary(cli('zh-TW'), 2, 2), /^已修復 2 \/ 2。請繳交/);
});

test.run();
