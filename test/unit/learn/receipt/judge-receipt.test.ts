import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasReplicas, isUntouched } from '../../../../src/checks/replicas.ts';
import type { AnyCheck } from '../../../../src/lab/check.ts';
import { defineCheck } from '../../../../src/lab/check.ts';
import { defineLab, defineTutorial } from '../../../../src/lab/define.ts';
import type { CheckResult } from '../../../../src/lab/event.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { failed, finalVerdict, passed } from '../../../../src/lab/verdict.ts';
import { tutorialDigest } from '../../../../src/learn/receipt/digest.ts';
import { judgeReceipt } from '../../../../src/learn/receipt/judge-receipt.ts';
import { recordOf } from '../../../../src/learn/receipt/recorder.ts';
import type { Receipt } from '../../../../src/learn/receipt/schema.ts';
import { flasks, redis, stackFacts } from '../../../fixtures/facts.ts';

/** A receipt whose facts were changed is not confirmed, and says why. */
const test = suite('judge a receipt');

const hint = verbatim('hint');
const checks: readonly AnyCheck[] = [hasReplicas('flask', 3), isUntouched('redis')];
const tutorial = defineTutorial({
  id: 'small',
  title: verbatim('Small'),
  stacks: {
    base: {
      id: 'base',
      dir: 'base',
      services: { flask: { name: 'flask' }, redis: { name: 'redis-server' } },
      probeFrom: 'flask',
    },
  },
  labs: [
    defineLab({
      id: 'scale',
      title: verbatim('Scale'),
      stack: 'base',
      steps: [
        {
          id: 'out',
          title: text('Scale out', '擴展'),
          teach: verbatim('teach'),
          hints: [hint, hint, hint],
          run: async () => undefined,
          verify: checks,
        },
      ],
    }),
  ],
});

const before = stackFacts([...flasks(1), redis()]);
const now = { ...stackFacts([...flasks(3), redis()]), said: {}, execs: [] };
const resultOf = (check: AnyCheck, facts: object): CheckResult => {
  const verdict = finalVerdict(check.judge(facts, check.needsBaseline ? before : undefined));
  const evidence = check.needsBaseline ? { before, now: facts } : facts;
  return { id: check.id, claim: check.claim, outcome: verdict.outcome, verdict, evidence, looks: 1, durationMs: 1 };
};
const receipt: Receipt = JSON.parse(
  JSON.stringify({
    version: 1,
    labwright: '0.1.0',
    tutorial: { id: 'small', title: tutorial.title, digest: tutorialDigest(tutorial), steps: 1 },
    folder: 'small/base',
    startedAt: '2026-01-01T08:00:00.000Z',
    engine: { kind: 'docker', version: '29.0.0', compose: '2.40.0' },
    steps: [
      {
        key: 'scale/out',
        title: text('Scale out', '擴展'),
        at: '2026-01-01T09:00:00.000Z',
        hints: 0,
        solutionShown: false,
        performed: false,
        checks: checks.map((check) => recordOf(check, resultOf(check, now))),
      },
    ],
  }),
);

const time = { now: () => performance.now(), limitMs: 20_000 };
const judged = (one: Receipt) => judgeReceipt(one, tutorial, time);

/** A copy of the receipt that was changed as text. */
const changed = (change: (copy: Receipt) => void): Receipt => {
  const copy = structuredClone(receipt);
  change(copy);
  return copy;
};
const findings = (one: Receipt) => judged(one).steps.flatMap(({ checks: all }) => all.map(({ finding }) => finding));
// biome-ignore lint/suspicious/noExplicitAny: a receipt can contain anything
const first = (one: Receipt): any => one.steps[0];
const check = (one: Receipt, at: number) => first(one).checks[at];

test('what was recorded is confirmed', () => {
  const found = judged(receipt);
  assert.equal([found.tutorial, found.possible], ['same', 1]);
  assert.equal(
    found.steps.map(({ finding }) => finding),
    ['confirmed'],
  );
  assert.equal(findings(receipt), ['confirmed', 'confirmed']);
  assert.ok(found.confirmed);
});

test('a replica that is removed from the facts, or that ran before, is noticed', () => {
  const two = changed((one) => void check(one, 0).evidence.replicas.splice(2, 1));
  assert.equal(findings(two), ['changed', 'confirmed']);
  assert.not.ok(judged(two).confirmed);
  const restarted = changed((one) => {
    check(one, 1).before.replicas[1].startedAt = '2025-12-31T08:00:00Z';
  });
  assert.equal(findings(restarted), ['confirmed', 'changed']);
});

test('words that the facts do not show are noticed', () => {
  const more = changed((one) => {
    check(one, 0).actual['zh-TW'] = '5 個副本';
  });
  assert.equal(findings(more), ['other-words', 'confirmed']);
  const none = changed((one) => {
    check(one, 0).actual = null;
  });
  assert.equal(findings(none), ['other-words', 'confirmed']);
});

test('facts that show a failure, recorded as one, are no pass', () => {
  const honest = changed((one) => {
    check(one, 0).evidence.replicas.splice(2, 1);
    check(one, 0).outcome = 'failed';
  });
  assert.equal(findings(honest), ['not-passed', 'confirmed']);
  assert.not.ok(judged(honest).confirmed);
});

test('a check that was removed, added or renamed, or that claims something else', () => {
  const removed = changed((one) => void first(one).checks.pop());
  assert.equal(findings(removed), ['confirmed', 'absent']);
  assert.not.ok(judged(removed).confirmed);
  const added = changed((one) => void first(one).checks.push({ ...check(one, 0), id: 'toString' }));
  assert.equal(findings(added), ['confirmed', 'confirmed', 'unknown']);
  assert.not.ok(judged(added).confirmed);
  const other = changed((one) => {
    check(one, 0).claim = verbatim('flask has 5 replicas');
  });
  assert.equal(findings(other), ['other-claim', 'confirmed']);
  const chinese = changed((one) => {
    check(one, 0).claim['zh-TW'] = '有 5 個副本';
  });
  assert.equal(findings(chinese), ['other-claim', 'confirmed']);
});

test('facts of another form cannot be judged, and are no error', () => {
  for (const evidence of [null, 3, 'x', [], {}, { replicas: 3 }, { replicas: [null] }, { services: null, replicas: [{}] }]) {
    const odd = changed((one) => {
      check(one, 0).evidence = evidence;
      check(one, 1).evidence = evidence;
    });
    assert.ok(
      findings(odd).every((one) => one === 'not-judged' || one === 'changed'),
      JSON.stringify(evidence),
    );
    assert.not.ok(judged(odd).confirmed);
  }
  const without = changed((one) => void delete check(one, 1).before);
  assert.equal(findings(without), ['confirmed', 'not-judged']);
  const none = changed((one) => void delete check(one, 0).evidence);
  assert.equal(findings(none), ['no-facts', 'confirmed']);
});

test('an unknown step, one without facts, and no steps at all', () => {
  const step = (one: Receipt) => judged(one).steps.map(({ finding }) => finding);
  assert.equal(step(changed((one) => void Object.assign(first(one), { key: 'scale/far' }))), ['unknown']);
  assert.equal(step(changed((one) => void delete first(one).checks)), ['no-facts']);
  const empty = judged({ ...receipt, steps: [] });
  assert.not.ok(empty.confirmed);
});

test('a receipt without some steps of its part of the tutorial is not confirmed as a whole, whatever it says about their number', () => {
  const [lab] = tutorial.labs;
  const [only] = lab?.steps ?? [];
  assert.ok(lab && only);
  const more = { ...only, id: 'more' };
  const longer = {
    ...tutorial,
    labs: [
      { ...lab, steps: [only, more] },
      { ...lab, id: 'other', stack: 'other', steps: [more] },
    ],
  };
  const digest = tutorialDigest(longer);
  const one: Receipt = { ...receipt, tutorial: { ...receipt.tutorial, digest, steps: 1 }, finishedAt: receipt.startedAt };
  const partial = judgeReceipt(one, longer, time);
  assert.equal([partial.tutorial, partial.steps[0]?.finding, partial.possible], ['same', 'confirmed', 2]);
  assert.not.ok(partial.confirmed);
  const whole = judgeReceipt({ ...one, steps: [first(receipt), { ...first(receipt), key: 'scale/more' }] }, longer, time);
  assert.equal([whole.possible, whole.confirmed], [2, true]);
});

test('judging that does not end is ended, and its check and those after it are not judged', () => {
  const endless = defineCheck<object>({
    ...{ id: 'one', claim: hint, gather: async () => ({}) },
    judge: () => {
      for (;;);
    },
  });
  const [lab] = tutorial.labs;
  const [only] = lab?.steps ?? [];
  assert.ok(lab && only);
  const quick = defineCheck<object>({ id: 'two', claim: hint, gather: async () => ({}), judge: () => passed(hint) });
  const verify = [...checks, endless, quick];
  const slow = { ...tutorial, labs: [{ ...lab, steps: [{ ...only, verify }] }] };
  const recorded = ['one', 'two'].map((id) => ({ id, claim: hint, outcome: 'passed' as const, actual: hint, evidence: {} }));
  const long = changed((one) => void first(one).checks.push(...recorded));
  const began = performance.now();
  const { steps, confirmed } = judgeReceipt(long, slow, { ...time, limitMs: 500 });
  const tookMs = performance.now() - began;
  assert.ok(tookMs >= 500 && tookMs < 8000, `${tookMs} ms`);
  assert.equal(
    steps[0]?.checks.map(({ finding }) => finding),
    ['confirmed', 'confirmed', 'not-judged', 'not-judged'],
  );
  assert.not.ok(confirmed);
});

test('another tutorial is not judged; another version of it is, and is not confirmed as a whole', () => {
  const other = judged({ ...receipt, tutorial: { ...receipt.tutorial, id: 'large' } });
  assert.equal([other.tutorial, other.steps, other.confirmed], ['other', [], false]);
  const version = judged({ ...receipt, tutorial: { ...receipt.tutorial, digest: 'x' } });
  assert.equal([version.tutorial, version.steps.length, version.confirmed], ['other-version', 1, false]);
});

test('the digest follows the claims and checks, not the explanations', () => {
  const [lab] = tutorial.labs;
  const [step] = lab?.steps ?? [];
  assert.ok(lab && step);
  const withStep = (over: object) => ({ ...tutorial, labs: [{ ...lab, steps: [{ ...step, ...over }] }] });
  assert.is(tutorialDigest(withStep({ teach: verbatim('more') })), tutorialDigest(tutorial));
  assert.is.not(tutorialDigest(withStep({ verify: checks.slice(1) })), tutorialDigest(tutorial));
  assert.is.not(tutorialDigest(withStep({ verify: [{ ...checks[0], claim: verbatim('x') }] })), tutorialDigest(tutorial));
});

test('facts that JSON cannot hold, or that are too large, are not recorded, and the receipt says so', () => {
  const judge = (facts: { seen: ReadonlySet<string> }) =>
    facts.seen.has('a') ? passed(verbatim('a')) : failed({ expected: hint, actual: hint, help: hint });
  const odd = defineCheck({ id: 'odd', claim: hint, gather: async () => ({ seen: new Set(['a']) }), judge });
  const recorded = recordOf(odd, resultOf(odd, { seen: new Set(['a']) }));
  assert.equal(recorded, { id: 'odd', claim: hint, outcome: 'passed', actual: verbatim('a'), unrecorded: 'not-json' });
  const cyclic: Record<string, unknown> = { seen: new Set(['a']) };
  cyclic['self'] = cyclic;
  assert.is(recordOf(odd, resultOf(odd, cyclic)).unrecorded, 'not-json');
  // the same outcome, and other words
  const number = defineCheck<{ most: number }>({
    ...{ id: 'number', claim: hint, gather: async () => ({ most: 1 }) },
    judge: ({ most }) => passed(verbatim(String(most))),
  });
  assert.is(recordOf(number, resultOf(number, { most: Number.POSITIVE_INFINITY })).unrecorded, 'not-json');
  assert.is(recordOf(number, resultOf(number, { most: 3 })).unrecorded, undefined);
  const large = recordOf(odd, resultOf(odd, { seen: new Set(['a']), log: 'x'.repeat(300_000) }));
  assert.is(large.unrecorded, 'too-large');
});

test.run();
