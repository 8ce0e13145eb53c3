import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageIs } from '../../../src/checks/page.ts';
import type { Replica } from '../../../src/lab/facts.ts';
import { fail, inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';
import { nginx, redis, stackFacts } from '../../fixtures/facts.ts';

const { judge } = pageIs({ path: '/notes', status: 200, contains: 'milk' });
const answer = (status: number, body: string) => ({ nonce: '', address: '', status, body });
const facts = (replicas: readonly Replica[], more: object = {}) => ({ ...stackFacts([...replicas]), role: 'nginx', hostPort: 8080, ...more });
const expected = 'status 200, with "milk"';

test('the page has the status and the text', () => {
  assert.equal(inEnglish(judge(facts([nginx()], { answer: answer(200, 'buy milk') }))), pass('"milk"'));
  const help = 'curl -i http://localhost:8080/notes';
  assert.equal(inEnglish(judge(facts([nginx()], { answer: answer(500, 'milk') }))), wait(expected, 'status 500: "milk"', help));
  assert.equal(inEnglish(judge(facts([nginx()], { answer: answer(200, '[]') }))), wait(expected, 'status 200: "[]"', help));
});

test('without an answer: what is up may answer later, and what ended shows its log', () => {
  const ps = 'see what runs, and which port it publishes: docker compose ps';
  assert.equal(inEnglish(judge(facts([nginx()]))), wait(expected, 'no answer', ps));
  assert.equal(inEnglish(judge(facts([]))), fail(expected, 'no answer', ps));
  // another service that runs does not answer on this port
  assert.equal(inEnglish(judge(facts([redis()]))), fail(expected, 'no answer', ps));
  const exited = nginx({ state: 'exited', exitCode: 1 });
  const lines = ['no database'];
  const service = exited.service;
  const over = ['no answer: p-nginx-1 ended with exit code 1', `see why it ended: docker compose logs ${service}`] as const;
  const lastWords = { [exited.id]: lines };
  assert.equal(inEnglish(judge(facts([exited, redis()], { lastWords }))), fail(expected, ...over, { said: { service, lines } }));
  const again = nginx({ state: 'restarting', exitCode: 1, restarts: 2 });
  assert.is(inEnglish(judge(facts([again], { lastWords }))).outcome, 'waiting');
});

test.run();
