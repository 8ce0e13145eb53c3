import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { createFollower, ndjsonLine, plainLines } from '../../../../src/cli/learn/follow.ts';
import type { Lang } from '../../../../src/lab/text.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { failed, passed, type Verdict } from '../../../../src/lab/verdict.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { reduce } from '../../../../src/learn/reduce.ts';
import { type Action, type LearnEvent, stateAt } from '../../../../src/learn/state.ts';

const [tutorial] = tutorials;
if (!tutorial) throw new Error('no tutorial');
const key = 'scale/out';
const first = { ...stateAt(planOf(tutorial, 'base'), key, {}), phase: 'working' as const };
const id = first.checks[0]?.id ?? '';
const claim = first.checks[0]?.claim.en ?? '';
const at = '2026-01-01T10:00:00.000Z';

/** A session at the first check of a step, and the lines that each of its events causes. */
function session(lang: Lang = 'en') {
  const followed = createFollower(tutorial as NonNullable<typeof tutorial>, lang);
  let state: ReturnType<typeof reduce>['state'] = first;
  const printed = (event: LearnEvent, render: typeof plainLines): string => {
    const before = state;
    state = reduce(before, event).state;
    return followed(state, event, before)
      .map((one) => render(one, lang))
      .join('');
  };
  return {
    /** The lines after a whole look with this verdict, without those of actions. */
    looked: (verdict: Verdict, render = plainLines): string => {
      const result = { id, claim: verbatim(''), outcome: verdict.outcome, verdict, evidence: null, looks: 1, durationMs: 0 };
      return printed({ kind: 'result', key, result }, render) + printed({ kind: 'looked', key, at }, render);
    },
    /** The lines of a check that still waits, and shows why. */
    early: (verdict: Verdict, render = plainLines): string => {
      const result = { id, claim: verbatim(''), outcome: verdict.outcome, verdict, evidence: null, looks: 1, durationMs: 0 };
      return printed({ kind: 'result', key, result, early: true }, render);
    },
    did: (what: string, kind: Action['kind'] = 'command') =>
      void printed({ kind: 'acted', action: { kind, at, what, id: what } }, plainLines),
  };
}
const seen = (actual: string, help = 'wait') =>
  failed({ expected: verbatim('3'), actual: verbatim(actual), help: verbatim(help) });
const line = (actual: string, help = 'wait') => `  ○ ${claim}: ${actual}\n    try next: ${help}\n`;

test('an open check has a line when what was seen or what to try has other words', () => {
  const { looked } = session();
  assert.is(looked(seen('nothing runs')), line('nothing runs'));
  assert.is(looked(seen('nothing runs')), '');
  assert.is(looked(seen('one has exited')), line('one has exited'));
  assert.is(looked(seen('one has exited', 'read its log')), line('one has exited', 'read its log'));
  assert.is(looked(seen('one has exited', 'read its log')), '');
});

test('a reason that shows before the look has ended has its line at once, and no second one', () => {
  const { early, looked } = session();
  assert.is(early(seen('it listens on port 8080')), line('it listens on port 8080'));
  assert.is(looked(seen('it listens on port 8080')), '');
  // for programs, the line says that the look has not ended
  assert.is(JSON.parse(early(seen('it listens on 127.0.0.1 only'), ndjsonLine)).early, true);
  assert.is(JSON.parse(looked(seen('it does not listen'), ndjsonLine)).early, undefined);
});

test('other counts, addresses and hostnames are no new reason, whatever the learner asks', () => {
  const { looked, did } = session();
  looked(seen('2 of 3 reached in 12: 0123456789ab, 172.18.0.3'));
  for (const [total, list] of [
    [13, '0123456789ab, 172.18.0.3'],
    [26, 'ba9876543210, 0123456789ab, 172.18.0.4'],
  ] as const) {
    did(`curl ${total}`, 'traffic');
    did(`client: curl ${total}`, 'exec');
    assert.is(looked(seen(`2 of 3 reached in ${total}: ${list}`)), '');
  }
});

test('after another command or change of a file, another count is a new reason, once', () => {
  const { looked, did } = session();
  looked(seen('1 running'));
  did('docker compose up -d --scale flask=2');
  assert.is(looked(seen('2 running')), line('2 running'));
  assert.is(looked(seen('4 running')), '');
  did('compose.yaml', 'edit');
  assert.is(looked(seen('4 running')), line('4 running'));
  did('docker compose ps');
  assert.is(looked(seen('4 running')), '', 'the same reason');
});

test('a check that was lost has a new line with its reason too, and one that is true has none', () => {
  const { looked, did } = session();
  looked(passed(verbatim('3 running')));
  did('docker compose stop');
  assert.match(looked(seen('3 exited')), /^ {2}✗ .*: 3 exited \(after .*docker compose stop.*\)\n$/);
  assert.match(looked(seen('all removed', 'start them')), /^ {2}✗ .*: all removed .*\n {4}try next: start them\n$/);
  assert.is(looked(passed(verbatim('3 running'))), `  ✓ ${claim}: 3 running\n`);
});

test('ndjson has what to try; in Chinese as well', () => {
  const { looked } = session('zh-TW');
  looked(seen('nothing runs'));
  const verdict = failed({
    expected: verbatim('3'),
    actual: text('one has exited', '一個已結束'),
    help: text('its log', '查看日誌'),
  });
  const found = JSON.parse(looked(verdict, ndjsonLine));
  assert.equal(
    [found.kind, found.check, found.mark, found.seen, found.tryNext],
    ['check', id, 'waiting', '一個已結束', '查看日誌'],
  );
});

test.run();
