import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import type { Replica } from '../../../src/lab/facts.ts';
import { finalVerdict } from '../../../src/lab/verdict.ts';
import { tutorialDigest } from '../../../src/learn/receipt/digest.ts';
import { recordOf } from '../../../src/learn/receipt/recorder.ts';
import { client, flasks, redis, stackFacts } from '../../fixtures/facts.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';

/** `lab verify --receipt`, without an engine. */

const env = { DOCKER_HOST: `unix://${join(folder(), 'none.sock')}`, XDG_STATE_HOME: folder() };
const ended = { state: 'exited', exitCode: 0, finishedAt: '2026-01-01T09:00:00Z' } as const;
const stopped: Replica[] = [...flasks(1), redis(), client()].map((one) => ({ ...one, ...ended }));
const [check] = composeScale.labs.find(({ id }) => id === 'cleanup')?.steps.find(({ id }) => id === 'stop')?.verify ?? [];
assert.ok(check);
const facts = stackFacts(stopped);
const verdict = finalVerdict(check.judge(facts));
assert.is(verdict.outcome, 'passed');
const { id, claim } = check;
const recorded = recordOf(check, { id, claim, outcome: 'passed', verdict, evidence: facts, looks: 1, durationMs: 1 });
const receipt = JSON.stringify({
  version: 1,
  labwright: '0.1.0',
  tutorial: { id: composeScale.id, title: composeScale.title, digest: tutorialDigest(composeScale), steps: 10 },
  folder: 'compose-scale/base',
  startedAt: '2026-01-01T08:00:00Z',
  engine: { kind: 'docker', version: '29.0.0', compose: '2.40.0' },
  steps: [
    {
      ...{ key: 'cleanup/stop', title: claim, at: '2026-01-01T09:00:00Z' },
      ...{ hints: 0, solutionShown: false, performed: false, checks: [recorded] },
    },
  ],
});
const verify = (written: string, ...args: string[]) =>
  lab(['verify', '--receipt', 'r.json', ...args], { cwd: folder({ 'r.json': written }), env });

test('a receipt is judged without an engine, in both languages and as JSON; one step of ten is not the whole: exit code 1', async () => {
  const finished = receipt.replace('"steps":10', '"steps":1').replace('"engine"', '"finishedAt":"2026-01-01T09:00:00Z","engine"');
  const { exitCode, stdout, stderr } = await verify(finished);
  assert.is(exitCode, 1, stderr);
  assert.match(stdout, '✓ cleanup/stop');
  assert.match(stdout, '1 of 10 steps of this part of the tutorial confirmed. The receipt has 1.');
  assert.match(stdout, 'they can be made up');
  assert.not.match(stdout, 'finished');
  assert.match((await verify(finished, '--lang', 'zh-TW')).stdout, '共有 10 個步驟，已確認 1 個');
  const { confirmed, counts } = JSON.parse((await verify(finished, '--reporter', 'json')).stdout) as Record<string, unknown>;
  assert.equal([confirmed, counts], [false, { confirmed: 1, recorded: 1, part: 10 }]);
});

test('facts that were changed: exit code 1, and the check', async () => {
  const { exitCode, stdout } = await verify(receipt.replace('"state":"exited"', '"state":"running"'));
  assert.is(exitCode, 1);
  assert.match(stdout, '✗ cleanup/stop');
  assert.match(stdout, 'the recorded facts have another result');
  const other = await verify(receipt, '--tutorial', 'failover');
  assert.is(other.exitCode, 1);
  assert.match(other.stdout, 'The receipt is of the tutorial compose-scale, not failover. Nothing was judged.');
});

test('no receipt, none there, an unknown tutorial, a step or a file for the report: exit code 2', async () => {
  const path = receipt.replaceAll('"id":"compose-scale"', '"id":"../other/tutorial.ts"');
  for (const [written, args, said] of [
    ['{', [], 'r.json is not a receipt: it is not JSON'],
    [receipt.replace('"hints":0', '"hints":"0"'), [], 'steps.0.hints has another form'],
    [path, [], 'the receipt is of the tutorial ../other/tutorial.ts, which does not come with labwright'],
    [receipt, ['scale'], 'judges every step of a receipt, not only scale'],
    [receipt, ['--reporter', 'junit'], 'prints its result to stdout'],
    [receipt, ['--reporter', 'json', '--out', 'x.json'], 'prints its result to stdout'],
    [receipt, ['--receipt', 'none.json'], 'none.json does not exist'],
  ] as const) {
    const { exitCode, stderr } = await verify(written, ...args);
    assert.is(exitCode, 2, said);
    assert.match(stderr, said);
  }
});

test.run();
