import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { notYetListening } from '../../../src/checks/causes/no-answer.ts';
import { type PageExpectation, pageIs } from '../../../src/checks/page.ts';
import type { Replica } from '../../../src/lab/facts.ts';
import type { Answer } from '../../../src/lab/world.ts';
import { type EnglishVerdict, fail, inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';
import { nginx, redis, stackFacts } from '../../fixtures/facts.ts';

const answer = (over: Partial<Answer>): Answer => ({ nonce: '', status: 200, address: '127.0.0.1', body: '', ...over });
const judge = (wanted: Partial<PageExpectation>, seen: Answer | undefined, replicas = [nginx()]): EnglishVerdict =>
  inEnglish(
    pageIs({ path: '/health', status: 200, ...wanted }).judge({ ...stackFacts(replicas), ...(seen ? { answer: seen } : {}) }),
  );
const curl = 'curl -i http://localhost:8000/health';
const ps = 'see what runs, and which port it publishes: docker compose ps';

test('the page is as expected', () => {
  assert.equal(judge({}, answer({})), pass('200'));
  assert.equal(judge({ contains: 'ok' }, answer({ body: 'it is ok' })), pass('"ok"'));
  assert.equal(judge({ status: 404 }, answer({ status: 404 })), pass('404'));
});

test('another status, or another text', () => {
  assert.equal(judge({}, answer({ status: 502, body: 'Bad Gateway\n' })), wait('status 200', 'status 502: "Bad Gateway"', curl));
  assert.equal(judge({ contains: 'ok' }, answer({ body: 'no' })), wait('status 200, with "ok"', 'status 200: "no"', curl));
  assert.equal(
    judge({ contains: 'ok' }, answer({ status: 500, body: 'ok' })),
    wait('status 200, with "ok"', 'status 500: "ok"', curl),
  );
});

test('no answer: while something runs, it may still come', () => {
  assert.equal(judge({}, undefined), wait('status 200', 'no answer', ps));
  assert.equal(judge({}, undefined, []), fail('status 200', 'no answer', ps));
});

const milk = pageIs({ path: '/notes', status: 200, contains: 'milk' });
const answered = (status: number, body: string) => ({ nonce: '', address: '', status, body });
const facts = (replicas: readonly Replica[], more: object = {}) => ({
  ...stackFacts([...replicas]),
  role: 'nginx',
  hostPort: 8080,
  ...more,
});
const expected = 'status 200, with "milk"';

test('the page has the status and the text', () => {
  assert.equal(inEnglish(milk.judge(facts([nginx()], { answer: answered(200, 'buy milk') }))), pass('"milk"'));
  const help = 'curl -i http://localhost:8080/notes';
  assert.equal(
    inEnglish(milk.judge(facts([nginx()], { answer: answered(500, 'milk') }))),
    wait(expected, 'status 500: "milk"', help),
  );
  assert.equal(
    inEnglish(milk.judge(facts([nginx()], { answer: answered(200, '[]') }))),
    wait(expected, 'status 200: "[]"', help),
  );
});

test('a page of JSON is quoted so that its own quotes can be read', () => {
  const done = pageIs({ path: '/jobs', status: 200, contains: '"done":true' });
  assert.is(done.claim.en, '/jobs on the published port answers `"done":true`');
  const judged = inEnglish(
    done.judge(facts([nginx()], { answer: { nonce: '', status: 200, address: '', body: '{"done":false}' } })),
  );
  assert.equal([judged.expected, judged.actual], ['status 200, with `"done":true`', 'status 200: `{"done":false}`']);
});

test('without an answer: what is up may answer later, and what ended shows its log', () => {
  const ps = 'see what runs, and which port it publishes: docker compose ps';
  assert.equal(inEnglish(milk.judge(facts([nginx()]))), wait(expected, 'no answer', ps));
  assert.equal(inEnglish(milk.judge(facts([]))), fail(expected, 'no answer', ps));
  // another service that runs does not answer on this port
  assert.equal(inEnglish(milk.judge(facts([redis()]))), fail(expected, 'no answer', ps));
  const exited = nginx({ state: 'exited', exitCode: 1 });
  const lines = ['no database'];
  const service = exited.service;
  const over = ['no answer: p-nginx-1 ended with exit code 1', `see why it ended: docker compose logs ${service}`] as const;
  const lastWords = { [exited.id]: lines };
  assert.equal(
    inEnglish(milk.judge(facts([exited, redis()], { lastWords }))),
    fail(expected, ...over, { said: { service, lines }, cause: 'p-nginx-1 ended with exit code 1' }),
  );
  const again = nginx({ state: 'restarting', exitCode: 1, restarts: 2 });
  assert.is(inEnglish(milk.judge(facts([again], { lastWords }))).outcome, 'waiting');
});

test('no answer of a container that has just started: it does not listen yet, and why --wait did not wait for it', () => {
  const start = '2026-01-01T00:00:00Z';
  const cause = (seconds: number, open: number[], over: Partial<Replica> = {}) =>
    notYetListening({
      replica: nginx({ startedAt: start, ...over }),
      port: 8080,
      ports: { open, loopback: [] },
      now: new Date(Date.parse(start) + seconds * 1000).toISOString(),
    });
  assert.is(
    cause(2, [])?.text.en,
    'nginx runs, but does not listen on port 8080 yet; it started 2 s ago and has no health check, so `--wait` does not wait until it listens',
  );
  assert.is(
    cause(2, [], { health: 'starting' })?.text.en,
    'nginx runs, but does not listen on port 8080 yet; it started 2 s ago',
  );
  assert.is(cause(2, [8080]), undefined);
  assert.is(cause(600, []), undefined);
});

test.run();
