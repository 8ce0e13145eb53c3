import type { AnyCheck } from '../../lab/check.ts';
import { type Text, text } from '../../lab/text.ts';
import { failed, type Judgement, type Mismatch, passed, waiting } from '../../lab/verdict.ts';

/**
 * The opposite of a check: it passes as soon as the claim is false. While the claim is true it waits, unless the claim stays true (`once`). So it does while the
 * claim is true and may not last (`holds`). A check that cannot be judged stays so.
 */
export function negated(check: AnyCheck): AnyCheck {
  const claim = text(`not: ${check.claim.en}`, `不成立：${check.claim['zh-TW']}`);
  // the causes are those of the claim
  const { explain: _, ...rest } = check;
  return {
    ...rest,
    id: `not-${check.id}`,
    claim,
    judge: (facts, before): Judgement => {
      const judgement = check.judge(facts, before);
      switch (judgement.outcome) {
        case 'passed':
          return (check.mode === 'once' ? failed : waiting)(opposed(claim, judgement.actual));
        case 'waiting':
          return judgement.holds ? waiting(opposed(claim, judgement.actual)) : passed(judgement.actual);
        case 'failed':
          return passed(judgement.actual);
        default:
          return judgement;
      }
    },
  };
}

const opposed = (claim: Text, actual: Text): Mismatch => ({
  expected: claim,
  actual,
  help: text('this step needs the opposite: read its task again', '這一步需要相反的狀態：請再看一次這一步的任務'),
});
