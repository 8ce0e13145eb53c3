import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { negated } from '../../../../src/checks/catalogue/negated.ts';
import { defineCheck } from '../../../../src/lab/check.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { errored, failed, type Judgement, passed, skipped, waiting } from '../../../../src/lab/verdict.ts';
import { fail, inEnglish, pass, skip, wait } from '../../../fixtures/english-verdict.ts';

const mismatch = { expected: verbatim('3'), actual: verbatim('2'), help: verbatim('docker compose ps') };
const opposite = (judgement: Judgement, mode: 'now' | 'once' = 'now') =>
  negated(
    defineCheck({
      id: 'three-run',
      claim: text('three run', '三個在執行'),
      mode,
      needsBaseline: true,
      gather: async () => ({}),
      judge: () => judgement,
    }),
  );
const judge = (judgement: Judgement) => opposite(judgement).judge({}, {});

test('it has an ID and a claim of its own, and the baseline of the check', () => {
  const check = opposite(passed(verbatim('3')));
  assert.equal(
    [check.id, check.claim, check.needsBaseline],
    ['not-three-run', text('not: three run', '不成立：三個在執行'), true],
  );
});

test('what passes may still end: it waits, unless it stays true; what fails or waits passes, unless it is true and may not last', () => {
  const seen = ['not: three run', '3', 'this step needs the opposite: read its task again'] as const;
  assert.equal(inEnglish(judge(passed(verbatim('3')))), wait(...seen));
  assert.equal(inEnglish(opposite(passed(verbatim('3')), 'once').judge({}, {})), fail(...seen));
  assert.equal(inEnglish(judge(failed(mismatch))), pass('2'));
  assert.equal(inEnglish(judge(waiting(mismatch))), pass('2'));
  assert.equal(inEnglish(judge(waiting(mismatch, { holds: true }))), wait(seen[0], '2', seen[2]));
});

test('what cannot be judged stays so', () => {
  const reason = new LabError('E_PROBE', verbatim('-'), verbatim('-'));
  assert.equal(judge(errored(reason)), errored(reason));
  assert.equal(inEnglish(judge(skipped(text('a reason', '原因')))), skip('a reason'));
});

test.run();
