import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeGathers } from '../../../../src/checks/catalogue/gathers.ts';
import { catalogue } from '../../../../src/checks/catalogue/index.ts';
import type { AnyCheck } from '../../../../src/lab/check.ts';
import { type EnglishVerdict, fail, inEnglish, pass, wait } from '../../../fixtures/english-verdict.ts';
import { redis, stackFacts } from '../../../fixtures/facts.ts';

/** `removed`: the checks of `rm` and `down`, which need something to remove. */

const removed = (params: object): readonly AnyCheck[] => {
  const entry = catalogue.find(({ name }) => name === 'removed');
  return entry?.make(entry.params.parse(params) as never, makeGathers()) ?? [];
};
const judge = (check: AnyCheck | undefined, facts: unknown, before?: unknown): EnglishVerdict | undefined =>
  check && inEnglish(check.judge(facts, before));
const [containers, networks] = removed({ networks: true });
const [only, none] = removed({});
const before = stackFacts([redis()]);
const gone = stackFacts([], { networks: [] });

test('without `networks` only the containers count', () => {
  assert.equal(
    [only?.id, none?.id, containers?.id, networks?.id],
    ['containers-are-gone', undefined, 'containers-are-gone', 'networks-are-gone'],
  );
  assert.ok([only, containers, networks].every((check) => check?.needsBaseline));
});

test('all removed', () => {
  assert.equal(judge(only, stackFacts([]), before), pass('none left'));
  assert.equal(judge(containers, gone, before), pass('none left'));
  assert.equal(judge(networks, gone, before), pass('none left'));
});

test('some are left', () => {
  const expected = 'no container of the project p';
  assert.equal(
    judge(only, before, before),
    fail(expected, 'redis-server running', 'stop them first: docker compose stop, then docker compose rm'),
  );
  assert.equal(
    judge(containers, stackFacts([redis({ state: 'exited' })]), before),
    fail(
      expected,
      'redis-server exited',
      'docker compose down; for a service that compose.yaml no longer has: docker compose down --remove-orphans',
    ),
  );
  assert.equal(
    judge(only, stackFacts([redis({ state: 'removing' })]), before),
    wait(expected, 'redis-server removing', 'docker compose rm'),
  );
  assert.is(judge(networks, before, before)?.outcome, 'failed');
});

test('where there was nothing to remove, nothing was removed', () => {
  const nothing = fail(
    'containers of the project to remove',
    'there were none before this step',
    'start the stack first: docker compose up -d',
  );
  for (const check of [only, containers, networks]) assert.equal(judge(check, gone, stackFacts([])), nothing);
});

test.run();
