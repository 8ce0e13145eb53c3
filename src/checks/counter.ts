import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { type Text, text } from '../lab/text.ts';
import { failed, type Judgement, passed } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { requestFailure } from './answers.ts';
import type { SampleFacts } from './evidence/sample.ts';
import { nameOf, runningOf, textWith } from './evidence/stack-facts.ts';

/** The only integer in an answer, without its hostname and HTML tags; undefined if there is none or more than one. */
function numberIn(body: string, replicas: readonly Replica[]): number | undefined {
  const words = body
    .replace(/<[^>]*>/g, ' ')
    .split(/[^\w.-]+/)
    .map((word) => word.replace(/\.$/, ''));
  const numbers = words.filter((word) => /^\d+$/.test(word) && !replicas.some((one) => one.hostname === word));
  return numbers.length === 1 ? Number(numbers[0]) : undefined;
}

/**
 * All replicas share one counter: our numbers are distinct and rising, whichever replica answers. Other clients may send requests
 * in between. `help`: how the replicas share it.
 */
export function counterRises<R extends string>(
  id: string,
  claim: Text,
  { gather, help }: { readonly gather: (world: World) => Promise<SampleFacts<R>>; readonly help: Text },
): Check<SampleFacts, R> {
  return defineCheck({ id, claim, gather, judge: (facts) => judgeCounter(facts, help) });
}

function judgeCounter(facts: SampleFacts, help: Text): Judgement {
  const bad = requestFailure(facts);
  if (bad) return bad;
  const numbers = facts.answers.map((answer) => numberIn(answer.body, runningOf(facts, facts.role)));
  const expected = textWith('numbers that rise from answer to answer', '每個回應的數字都比前一個大');
  if (numbers.length < 2) {
    return failed({ expected, actual: textWith('one answer', '只有一個回應'), help });
  }
  const silent = numbers.indexOf(undefined);
  if (silent >= 0) {
    return failed({
      expected: text('one number in each answer', '每個回應裡有一個數字'),
      actual: textWith('"{body}"', '「{body}」', { body: facts.answers[silent]?.body.slice(0, 120) ?? '' }),
      help: text(
        "the app must answer with the counter's number, and no other",
        '應用程式的回應必須包含計數器的數字，而且不能有其他數字',
      ),
    });
  }
  const known = numbers.filter((number) => number !== undefined);
  const at = known.findIndex((number, index) => index > 0 && number <= (known[index - 1] ?? 0));
  if (at < 0)
    return passed(
      textWith('{first} to {last}, rising', '{first} 到 {last}，持續增加', { first: known[0] ?? 0, last: known.at(-1) ?? 0 }),
    );
  return failed({
    expected,
    actual: textWith('{before}, then {after}', '{before} 之後是 {after}', { before: known[at - 1] ?? 0, after: known[at] ?? 0 }),
    // An identical answer may come from a cache.
    help:
      facts.answers[at]?.body === facts.answers[at - 1]?.body &&
      facts.proxy !== undefined &&
      runningOf(facts, facts.proxy).length > 0
        ? textWith(
            'the same answer again: does {front} keep answers (`proxy_cache`), or does the app not count?',
            '再次出現相同的回應：是 {front} 快取了回應（`proxy_cache`），還是應用程式沒有計數？',
            { front: nameOf(facts, facts.proxy) },
          )
        : help,
  });
}
