import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasExited, wasRestarted } from '../../../src/checks/availability/exits.ts';
import { loadIs } from '../../../src/checks/availability/load.ts';
import { loadReported, readReport } from '../../../src/checks/availability/load-report.ts';
import { isReplaced } from '../../../src/checks/availability/replacement.ts';
import { loadScript, readLoad } from '../../../src/checks/evidence/load-script.ts';
import { isHealthy } from '../../../src/checks/health.ts';
import { hasReplicas } from '../../../src/checks/replicas.ts';
import type { AnyCheck } from '../../../src/lab/check.ts';
import type { Surroundings, World } from '../../../src/lab/world.ts';
import { assertComplete, type Case, fail, inEnglish, pass, skip, wait } from '../../fixtures/english-verdict.ts';
import { client, flask, flasks, stackFacts } from '../../fixtures/facts.ts';

const judged = (name: string, check: AnyCheck, cases: readonly Case[]) => {
  for (const { name: about, facts, before, verdict } of cases)
    test(`${name}: ${about}`, () => assert.equal(inEnglish(check.judge(facts, before)), verdict));
};

const killed = (n: number) => flask(n, { state: 'exited', exitCode: 137, finishedAt: '2026-01-01T08:01:00.5Z' });
const exits = (...replicas: Parameters<typeof stackFacts>[0]) => ({ ...stackFacts(replicas), lastWords: {} });
const sees = 'see the state of each replica: docker compose ps --all flask';

judged('exited with 137', hasExited('flask', { count: 1, code: 137 }), [
  { name: 'one was killed', facts: exits(killed(1), flask(2)), verdict: pass('id-f1 (137)') },
  {
    name: 'it ended on SIGTERM',
    facts: exits({ ...killed(1), exitCode: 143 }, flask(2)),
    verdict: fail(
      '1 replica of flask, exited with code 137',
      'exited: id-f1 (143); running: 1',
      'code 143: SIGTERM ended it at once; to finish its requests, the app of flask has to handle SIGTERM',
    ),
  },
  {
    name: 'all run',
    facts: exits(...flasks(2)),
    verdict: wait('1 replica of flask, exited with code 137', 'exited: none; running: 2', sees),
  },
  {
    name: 'two were killed',
    facts: exits(killed(1), killed(2)),
    verdict: fail(
      '1 replica of flask, exited with code 137',
      'exited: id-f1 (137), id-f2 (137); running: 0',
      'start those that should run: docker compose up -d',
    ),
  },
]);
judged('exited with 0', hasExited('flask', { count: 1, code: 0 }), [
  {
    name: 'it was killed',
    facts: exits(killed(1)),
    verdict: fail(
      '1 replica of flask, exited with code 0',
      'exited: id-f1 (137); running: 0',
      'code 137: SIGKILL ended it, from `docker kill` or because it did not end within `stop_grace_period`',
    ),
  },
  {
    name: 'it failed',
    facts: exits({ ...killed(1), exitCode: 3 }),
    verdict: fail(
      '1 replica of flask, exited with code 0',
      'exited: id-f1 (3); running: 0',
      'code 3: see why it ended: docker compose logs flask',
    ),
  },
]);
judged('exited with any code', hasExited('flask', { count: 0 }), [
  { name: 'none has', facts: exits(flask(1)), verdict: pass('none') },
]);

/** The end of a container that Docker missed. */
const lost = (n: number) => {
  const { exitCode: _, finishedAt: __, ...rest } = killed(n);
  return rest;
};

test('exited with a code: Docker has no record of the end', () => {
  for (const code of [0, 137]) {
    const judgement = hasExited('flask', { count: 1, code }).judge(exits(lost(1), flask(2)));
    assert.is(judgement.outcome, 'errored', `code ${code}`);
    if (judgement.outcome === 'errored') {
      assertComplete(judgement.reason.text, 'reason');
      assert.is(judgement.reason.code, 'E_PROBE');
      assert.match(judgement.reason.text.en, /^Docker has no record of when and how a container of flask ended \(id-f1\)/);
    }
  }
});

test('exited with a code: the code that the engine reported when the container ended', async () => {
  const check = hasExited('flask', { count: 1, code: 137 });
  const around = { reportedExitCode: async () => 137 } as unknown as Surroundings;
  const { replicas, networks, project } = exits(lost(1), flask(2));
  const world = {
    ...{ around, spec: { id: 's', dir: '.', services: { flask: { name: 'flask' } }, probeFrom: 'flask' } },
    state: async () => ({ replicas, networks, project }),
    log: async () => '',
  } as unknown as World;
  assert.equal(inEnglish(check.judge(await check.gather(world))), pass('id-f1 (137)'));
});

judged('exited with a code, one of them without a record', hasExited('flask', { count: 2, code: 137 }), [
  {
    name: 'another has a wrong code',
    facts: exits(lost(1), { ...killed(2), exitCode: 0 }),
    verdict: fail(
      '2 replicas of flask, exited with code 137',
      'exited: id-f1 (?), id-f2 (0); running: 0',
      'code 0: see why it ended: docker compose logs flask',
    ),
  },
]);
judged('exited with any code, without a record', hasExited('flask', { count: 1 }), [
  { name: 'the state shows it', facts: exits(lost(1)), verdict: pass('id-f1 (?)') },
]);

judged('restarted', wasRestarted('flask'), [
  { name: 'once', facts: exits(flask(1, { restarts: 1 }), flask(2)), verdict: pass('started again: id-f1 ×1') },
  {
    name: 'not yet',
    facts: exits(flask(1)),
    verdict: wait('a replica of flask that Docker started again', 'no replica of flask was started again', sees),
  },
  {
    name: 'on its way',
    facts: exits(flask(1, { state: 'restarting', exitCode: 1, restarts: 1 })),
    verdict: wait('a replica of flask that Docker started again', 'id-f1 is restarting, exit code 1', sees),
  },
  {
    name: 'it stays down',
    facts: exits(killed(1)),
    verdict: fail(
      'a replica of flask that Docker started again',
      'id-f1 is exited, exit code 137',
      'Docker starts it again only with `restart:` in compose.yaml, and not after `docker kill` or `docker stop`',
    ),
  },
]);

test('restarted: Docker has no record of the end', () => {
  assert.is(wasRestarted('flask').judge(exits(lost(1), flask(2))).outcome, 'errored');
});

const none = hasReplicas('flask', 0);
const removeIt = 'remove it: docker compose rm -sf flask';
judged('no replica', none, [
  { name: 'no container', facts: stackFacts([]), verdict: pass('none') },
  { name: 'one runs', facts: stackFacts([flask(1)]), verdict: fail('no container of flask', '1 running', removeIt) },
  {
    name: 'one has exited',
    facts: stackFacts([killed(1)]),
    verdict: fail('no container of flask', '0 running, id-f1 exited with code 137', removeIt),
  },
]);
test('no replica: the claim, and no cause of one that does not run', () => {
  assert.equal([none.id, none.claim.en, none.explain], ['flask-has-0-replicas', 'flask has no container', undefined]);
});

const inspect = 'see what its health check printed: docker inspect --format "{{json .State.Health.Log}}" p-flask-1';
judged('healthy', isHealthy('flask'), [
  { name: 'all', facts: exits(flask(1, { health: 'healthy' })), verdict: pass('1 healthy') },
  {
    name: 'it is started again',
    facts: exits(flask(1, { state: 'restarting', health: 'unhealthy', restarts: 1 })),
    verdict: wait('flask is healthy', 'p-flask-1 restarting', inspect),
  },
  {
    name: 'unhealthy',
    facts: exits(flask(1, { health: 'unhealthy' })),
    verdict: fail('flask is healthy', 'p-flask-1 unhealthy', inspect),
  },
]);

const newOnes = 'start new replicas, and stop and remove each earlier one: docker compose ps --all flask';
const onlyNew = 'new containers of flask, and none of the earlier ones';
judged('replaced', isReplaced('flask'), [
  { name: 'all', before: stackFacts([flask(1)]), facts: stackFacts([flask(2)]), verdict: pass('1 replaced by id-f2') },
  {
    name: 'one remains',
    before: stackFacts(flasks(2)),
    facts: stackFacts([killed(1), flask(3)]),
    verdict: fail(onlyNew, 'still there: id-f1 exited', newOnes),
  },
  {
    name: 'removed only',
    before: stackFacts([flask(1)]),
    facts: stackFacts([]),
    verdict: fail(onlyNew, 'no container of flask', newOnes),
  },
  {
    name: 'nothing to replace',
    before: stackFacts([]),
    facts: stackFacts([flask(1)]),
    verdict: fail(onlyNew, 'there were none before this step', newOnes),
  },
]);

const sent = (answered: number, others: Record<string, number> = {}, more: object = {}) => ({
  ...stackFacts([client(), flask(1)]),
  sent: 20,
  answered,
  others,
  ...more,
});
const load = { from: 'client', to: 'flask', path: '/', requests: 20 } as const;
judged('no lost answer', loadIs({ ...load, lost: 0 }, 'flask-answers-all'), [
  { name: 'all answered', facts: sent(20), verdict: pass('answered 20, lost 0') },
  { name: 'a few requests, all answered', facts: sent(20, {}, { few: true }), verdict: pass('answered 20, lost 0') },
  {
    name: 'some lost',
    facts: sent(15, { '502': 3, '000': 2 }),
    verdict: wait(
      'an answer to each of 20 requests to flask',
      'answered 15, lost 5 (HTTP 502: 3, no answer: 2)',
      'see why flask does not answer: docker compose logs flask',
    ),
  },
  {
    name: 'no client',
    facts: { ...sent(0), sent: 0 },
    verdict: fail('requests from client to flask', 'client does not run', 'start the stack: docker compose up -d', {
      cause: 'client does not run',
    }),
  },
]);
judged('lost answers', loadIs({ ...load, lost: 'some' }, 'flask-loses-some'), [
  { name: 'some', facts: sent(19, { '502': 1 }), verdict: pass('answered 19, lost 1 (HTTP 502: 1)') },
  {
    name: 'none',
    facts: sent(20),
    verdict: wait(
      'lost answers among 20 requests to flask',
      'answered 20, lost 0',
      'this step needs a failure that shows: read its task again',
    ),
  },
  {
    name: 'none of a few',
    facts: sent(20, {}, { few: true }),
    verdict: skip('only many requests show it: lab verify --thorough'),
  },
]);

test('the script of a load prints one status for each request, and missing ones count as lost', () => {
  const result = { exitCode: 0, stdout: 'status 200\nstatus 502\nstatus 000\nstatus 204\n', stderr: '' };
  assert.equal(readLoad(result, 5), { answered: 2, others: { '502': 1, '000': 2 } });
  assert.match(loadScript('web:80', '/a?b=c', 3), /lt 3[\s\S]*'http:\/\/web:80\/a\?b=c'/);
  for (const bad of ["/a'b", '/a b', 'a', '/$(x)']) assert.throws(() => loadScript('web:80', bad, 3), /not a plain address/);
});

/** 08:00:50 to 08:01:10 of the first of January 2026. */
const window = 'from 1767254450 to 1767254470';
const reported = (stdout: string, ...replicas: Parameters<typeof stackFacts>[0]) => ({
  ...stackFacts([client(), ...replicas]),
  result: { exitCode: 0, stdout, stderr: '' },
});
const wanted = { in: 'client', run: 'load result', during: 'flask' } as const;
const noneLost = 'a load with no lost answer, while replicas of flask change';
const someLost = 'a load with lost answers, while replicas of flask change';
judged('a load without a lost answer', loadReported({ ...wanted, lost: 0 }, 'no-answer-was-lost'), [
  { name: 'none lost', facts: reported(`answered 9 lost 0 ${window}`, killed(1), flask(2)), verdict: pass('answered 9, lost 0') },
  {
    name: 'some lost',
    facts: reported(`answered 9 lost 2 ${window}`, killed(1)),
    verdict: fail(noneLost, 'answered 9, lost 2', 'see what failed, and repeat the load: docker compose logs'),
  },
  {
    name: 'nothing was sent',
    facts: reported(`answered 0 lost 0 ${window}`, killed(1)),
    verdict: fail(noneLost, 'answered 0, lost 0', 'see what failed, and repeat the load: docker compose logs'),
  },
  {
    name: 'the replica ended later',
    facts: reported(`answered 9 lost 0 ${window}`, { ...killed(1), finishedAt: '2026-01-01T08:01:12Z' }),
    verdict: fail(
      noneLost,
      'the load had ended before the last change of flask',
      'start the load, change flask, and then stop the load',
    ),
  },
  {
    name: 'no replica changed',
    facts: reported(`answered 9 lost 0 ${window}`, flask(1)),
    verdict: fail(
      noneLost,
      'the load began after the last change of flask',
      'start the load, change flask, and then stop the load',
    ),
  },
]);
for (const amount of [0, 'some'] as const)
  test(`a load with ${amount} lost answers: Docker has no record of when the replica ended`, () => {
    const check = loadReported({ ...wanted, lost: amount }, 'report');
    assert.is(check.judge(reported(`answered 9 lost 0 ${window}`, lost(1), flask(2))).outcome, 'errored');
    const later = { ...killed(2), finishedAt: '2026-01-01T08:01:12Z' };
    assert.is(check.judge(reported(`answered 9 lost 0 ${window}`, lost(1), later)).outcome, 'failed', 'another ended after it');
  });

judged('a load with lost answers', loadReported({ ...wanted, lost: 'some' }, 'answers-were-lost'), [
  { name: 'some', facts: reported(`answered 9 lost 2 ${window}`, killed(1)), verdict: pass('answered 9, lost 2') },
  {
    name: 'none',
    facts: reported(`answered 9 lost 0 ${window}`, killed(1)),
    verdict: fail(someLost, 'answered 9, lost 0', 'this step needs a failure that shows: read its task again'),
  },
  {
    name: 'no load',
    facts: reported('', killed(1)),
    verdict: fail(someLost, 'no load has ended yet', 'start a load, do what the step asks for, and stop the load'),
  },
  {
    name: 'no client',
    facts: stackFacts([killed(1)]),
    verdict: fail(someLost, 'client does not run', 'start the stack: docker compose up -d', { cause: 'client does not run' }),
  },
]);

test('a report without counts is none', () => {
  assert.equal(readReport(`x\nanswered 1 lost 2 ${window}\n`), { answered: 1, lost: 2, from: 1767254450, to: 1767254470 });
  for (const bad of ['', 'answered 1 lost 2', 'answered x lost 2 from 1 to 2']) assert.is(readReport(bad), undefined, bad);
});

test.run();
