import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PageExpectation, pageIs } from '../../../src/checks/page.ts';
import type { Answer } from '../../../src/lab/world.ts';
import { type EnglishVerdict, fail, inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';
import { nginx, stackFacts } from '../../fixtures/facts.ts';

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

test.run();
