import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { answersAlone, numberIsStored } from '../../../../src/checks/audit/app.ts';
import { type AuditFacts, areInTurn, gatherAudit, type Store, type TrustedFacts } from '../../../../src/checks/audit/evidence.ts';
import { proxyPassesEachOn, proxyWritesLog } from '../../../../src/checks/audit/proxy.ts';
import { receivesItsRequests, servesEveryVisitor } from '../../../../src/checks/audit/visitors.ts';
import type { AnyCheck } from '../../../../src/lab/check.ts';
import type { Answer, GraderTools, Visitor, World } from '../../../../src/lab/world.ts';
import { flasks, nginx, redis, stackFacts } from '../../../fixtures/facts.ts';

const gather = async (): Promise<AuditFacts> => {
  throw new Error('not gathered here');
};
const checks = {
  visitors: servesEveryVisitor('flask', 'nginx', gather),
  received: receivesItsRequests('flask', 'nginx', gather),
  passes: proxyPassesEachOn('flask', 'nginx', gather),
  log: proxyWritesLog('flask', 'nginx', gather),
  alone: answersAlone('flask', gather),
  stored: numberIsStored('flask', 'redis', gather),
};

const answer = (body: string, status = 200): Answer => ({ nonce: '', status, address: '172.19.0.2:80', body });
const page = (host: string, count: number) => answer(`Seen ${count} times by ${host}.`);
const hosts = ['host-f1', 'host-f2', 'host-f3'];
/** In turn, with numbers that rise from `first`. */
const inTurn = (count: number, first = 1, of: readonly string[] = hosts) =>
  Array.from({ length: count }, (_, at) => page(of[at % of.length] ?? '', first + at));

const numberAt = (at: number) => String(10 ** 12 + at);
const ours = ['ours-1', 'ours-2', 'ours-3'];

/** What our own app and its visitors saw: `who` is the replica of each answer. */
function trusted(who: (at: number) => number, over: Partial<TrustedFacts> = {}): TrustedFacts {
  const answers = Array.from({ length: 240 }, (_, at) => page(ours[who(at)] ?? '', Number(numberAt(at))));
  const served = ours.map((hostname, one) => ({
    hostname,
    served: answers.flatMap((_, at) => (who(at) === one ? [numberAt(at)] : [])),
  }));
  const visited = { curl: answers.slice(0, 120), browser: answers.slice(120, 180), kept: answers.slice(180) };
  return { visited, replicas: served, logged: { 'var/log/nginx/access.log': answers.length }, ...over };
}

/** A right stack. */
const facts = (over: Partial<AuditFacts> = {}): AuditFacts => ({
  ...stackFacts([...flasks(3), redis(), nginx()]),
  role: 'flask',
  visited: { curl: inTurn(30), browser: inTurn(15, 31) },
  received: { 'id-f1': 200, 'id-f2': 200, 'id-f3': 200 },
  alone: { 'id-f1': page('host-f1', 46), 'id-f2': page('host-f2', 47), 'id-f3': page('host-f3', 48) },
  store: { state: 'kept', before: inTurn(9, 49), after: inTurn(9, 49) },
  trusted: trusted((at) => at % 3),
  ...over,
});

const outcome = (check: AnyCheck, over: Partial<AuditFacts> = {}) => check.judge(facts(over)).outcome;

/** Asserts that it fails, and what it shows: expected | saw | try next. */
function fails(check: AnyCheck, over: Partial<AuditFacts>, shown: RegExp): void {
  const judged = check.judge(facts(over));
  if (judged.outcome !== 'failed') assert.unreachable(`${check.id} is ${judged.outcome}`);
  else assert.match([judged.expected.en, judged.actual.en, judged.help.en].join(' | '), shown);
}

test('a right stack passes every audit', () => {
  for (const check of Object.values(checks)) assert.is(outcome(check), 'passed', check.id);
});

test('a visitor is refused, sees pages without a hostname, or stays at one replica', () => {
  const { visitors } = checks;
  const refused = { visited: { curl: inTurn(30).map((one) => ({ ...one, status: 403 })), browser: inTurn(15) } };
  fails(visitors, refused, /plain request of curl \| 30 of 30 requests have status 403 \| curl -v http:\/\/localhost:\d+\/;/);
  fails(
    visitors,
    { visited: { curl: inTurn(30), browser: [answer('', 0)] } },
    /of a browser \| 1 of 1 requests have no answer \|/,
  );
  fails(
    visitors,
    { visited: { curl: [...inTurn(29), answer('It works!')] } },
    /to curl \| 1 of 30 answers contain none \| does nginx answer/,
  );
  fails(
    visitors,
    { visited: { curl: inTurn(30), browser: inTurn(15, 1, ['host-f2']) } },
    /about 5 of 15 answers from each replica, for plain requests of a browser \| none from host-f1, host-f3 in 15 answers \|/,
  );
});

test('the number stands still for one visitor; if that visitor does not reach all replicas, another check reports it', () => {
  const still = Array.from({ length: 15 }, (_, at) => page(hosts[at % 3] ?? '', 30));
  const seen = { curl: inTurn(30), browser: still };
  fails(
    checks.stored,
    { visited: seen },
    /for a browser too \| none of 15 answers to a browser has one, the last of them "Seen 30 times/,
  );
  const one = { curl: inTurn(30), browser: still.map(() => page('host-f1', 30)) };
  assert.is(outcome(checks.stored, { visited: one }), 'passed');
  const { visited: _, ...without } = facts();
  assert.is(checks.stored.judge(without).outcome, 'passed', 'the stack has no proxy');
});

test('the fault is in the configuration, unless the proxy does right with an app of our own: then in the app', () => {
  const faultIn = (over: Partial<AuditFacts>) => {
    const judged = checks.visitors.judge(facts({ visited: { curl: inTurn(30, 1, ['host-f1']) }, ...over }));
    return judged.outcome === 'failed' ? judged.faultIn : judged.outcome;
  };
  assert.equal(faultIn({}), ['flask']);
  assert.equal(faultIn({ trusted: trusted(() => 0) }), ['conf']);
});

test('a replica received fewer packets than its hostname answers', () => {
  fails(
    checks.received,
    { received: { 'id-f1': 500, 'id-f2': 3, 'id-f3': 2 } },
    /\| 15 answers with the hostname host-f3, which received 2 packets \(.*host-f2 15\/3, host-f3 15\/2\) \| another container/,
  );
  fails(checks.received, { received: {} }, /host-f1 15\/0/);
});

test('the proxy answers by itself, copies answers, or prefers a replica', () => {
  const { passes } = checks;
  const right = trusted((at) => at % 3);
  const [first] = right.visited.curl ?? [];
  if (!first) return assert.unreachable();
  fails(
    passes,
    { trusted: { ...right, visited: { curl: inTurn(60) } } },
    /\| 60 of 60 answers are not from the app, or are a copy \| nginx answers by itself/,
  );
  fails(
    passes,
    { trusted: { ...right, visited: { curl: [first, first, first] } } },
    /\| 2 of 3 answers are not from the app, or are a copy \|/,
  );
  fails(passes, { trusted: trusted((at) => (at % 4 === 3 ? 0 : at % 4)) }, /chance allows .* \| 120 : 60 : 60 \|/);
  fails(passes, { trusted: trusted(() => 0) }, /\| 240 : 0 : 0 \|/);
  const sticky = trusted((at) => (at >= 120 && at < 180 ? 0 : at % 3));
  fails(passes, { trusted: sticky }, /\| 120 : 60 : 60 \|/);
  fails(
    passes,
    { trusted: { ...right, visited: { kept: [answer('', 502)] } } },
    /on one connection \| 1 of 1 requests have status 502 \|/,
  );
});

test('answers in turn need no further requests; weights, and a visitor that stays at one replica, do', () => {
  const { visited } = trusted((at) => at % 3);
  assert.ok(areInTurn(visited, ours));
  // two processes, each with its own turns
  assert.ok(areInTurn({ curl: [...inTurn(31, 1, ours), ...inTurn(32, 1, ours)] }, ours));
  assert.not.ok(areInTurn(trusted((at) => (at % 4 === 3 ? 0 : at % 4)).visited, ours));
  assert.not.ok(areInTurn({ ...visited, browser: inTurn(24, 1, ['ours-1']) }, ours));
});

/** The verdict on the visitors of a proxy that chose these hostnames, and how many requests each visitor sent. */
async function visited(choose: (visitor: Visitor, at: number) => string, status = 200) {
  const sent: Partial<Record<Visitor, number>> = {};
  const grader: GraderTools = {
    ask: async () => [],
    exchange: async () => '',
    visit: async (count, visitor) => {
      const from = sent[visitor] ?? 0;
      sent[visitor] = from + count;
      return Array.from({ length: count }, (_, at) => answer(`by ${choose(visitor, from + at)}`, status));
    },
    received: async () => ({}),
    alone: (_id, _keep, work) => work(),
    settings: () => [],
    logLines: async () => ({}),
    withTrusted: async () => undefined,
  };
  const { replicas, networks } = facts();
  const spec = composeScale.stacks['nginx'];
  if (!spec) throw new Error('no such stack');
  const world = { spec, grader, state: async () => ({ replicas, networks }) } as unknown as World;
  const store: Store = { save: async () => 'none', restore: async () => 'none' };
  const found = await gatherAudit({ role: 'flask', storeRole: 'redis', store, mayNeed: () => false })(world);
  return { sent, outcome: checks.visitors.judge(found).outcome };
}

test('a random balancer that left a replica out by chance is asked again before that is held against it', async () => {
  const host = (at: number) => hosts[at % hosts.length] ?? '';
  const inTurn = { sent: { curl: 30, browser: 15 }, outcome: 'passed' };
  assert.equal(await visited((_, at) => host(at)), inTurn);
  const unlucky = await visited((visitor, at) => (visitor === 'browser' && at < 15 ? host(at % 2) : host(at)));
  assert.equal(unlucky, { sent: { curl: 150, browser: 51 }, outcome: 'passed' });
  const sticky = await visited((visitor, at) => (visitor === 'browser' ? 'host-f1' : host(at)));
  assert.equal(sticky, { sent: { curl: 150, browser: 51 }, outcome: 'failed' });
  assert.equal(await visited(() => 'host-f1', 403), { ...inTurn, outcome: 'failed' }, 'refused: more requests show no more');
});

test('a random balancer is right', () => {
  let state = 7;
  const drawn = Array.from({ length: 240 }, () => {
    state = (state * 48271) % 2147483647;
    return state % 3;
  });
  assert.is(outcome(checks.passes, { trusted: trusted((at) => drawn[at] ?? 0) }), 'passed');
});

test('a log that gains no lines while the app is stopped is written by the app', () => {
  fails(
    checks.log,
    { trusted: trusted((at) => at % 3, { logged: { 'var/log/nginx/access.log': 0 } }) },
    /240 new lines .* \| 240 requests, 0 new lines in var\/log\/nginx\/access\.log \| another container writes this file, or nginx does not/,
  );
  assert.is(outcome(checks.log, { trusted: trusted((at) => at % 3, { logged: {} }) }), 'skipped');
});

test('a replica that does not answer alone, or not a plain request', () => {
  const { 'id-f1': one, 'id-f2': two } = facts().alone;
  if (!one || !two) return assert.unreachable();
  fails(checks.alone, { alone: { 'id-f1': one, 'id-f2': two } }, /its own hostname .* \| no answer from host-f3 \|/);
  fails(
    checks.alone,
    { alone: { 'id-f1': one, 'id-f2': two, 'id-f3': page('host-f1', 9) } },
    /\| host-f3: status 200, "Seen 9 times by host-f1\." \|/,
  );
  fails(
    checks.alone,
    { alone: { 'id-f1': one, 'id-f2': two, 'id-f3': { ...page('host-f3', 9), status: 403 } } },
    /host-f3: status 403/,
  );
});

test('the number goes on although the store was set back', () => {
  const stored = (before: readonly Answer[], after: readonly Answer[]) => ({ store: { state: 'kept', before, after } as const });
  fails(
    checks.stored,
    stored(inTurn(9, 1), inTurn(9, 10)),
    /the same numbers again, after the data of redis-server was set back \| 9, then 10: the number did not go back \| the app counts somewhere else/,
  );
  const clock = (at: number) => page('host-f1', 1_795_000_000 + at);
  fails(checks.stored, stored([clock(1), clock(2)], [clock(3), clock(4)]), /1795000002, then 1795000003/);
  fails(
    checks.stored,
    stored([page('host-f1', 5), page('host-f1', 5)], [page('host-f1', 5), page('host-f1', 5)]),
    /no number that rises/,
  );
  fails(checks.stored, stored([], []), /no answers/);
  fails(checks.stored, { store: { state: 'none', before: [], after: [] } }, /does not answer such commands/);
  // its health check counts too
  assert.is(outcome(checks.stored, stored(inTurn(9, 49), inTurn(9, 52))), 'passed');
  for (const state of ['locked', 'unsure'] as const)
    assert.is(outcome(checks.stored, { store: { state, before: [], after: [] } }), 'errored', state);
});

test.run();
