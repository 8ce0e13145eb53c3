import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NormalService, NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { inOrder } from '../../../../src/grade/sandbox/start-order.ts';
import { bare } from '../../../fixtures/submission.ts';

const services = { flask: 'web', redis: 'redis-server', nginx: 'front' };
const proxy = { role: 'nginx', upstream: 'flask', confDir: '/etc', confFiles: [] };
const service = (...on: string[]): NormalService =>
  bare({ dependsOn: Object.fromEntries(on.map((name) => [name, 'service_started'])) });
const stack = (all: Record<string, NormalService>): NormalStack => ({ services: all, networks: {}, volumes: [] });

test('a proxy that waits for no service is made to wait for the app, with a remark in both languages', () => {
  const { stack: made, notes } = inOrder(stack({ web: service(), front: service() }), services, proxy);
  assert.equal(made.services.front?.dependsOn, { web: 'service_started' });
  assert.equal(made.services.web?.dependsOn, {});
  assert.equal(
    notes.map(({ code, service: of }) => [code, of]),
    [['order', 'front']],
  );
  assert.match(notes[0]?.text.en ?? '', /^front does not wait for web/);
  assert.match(notes[0]?.text['zh-TW'] ?? '', /front 沒有等待 web/);
});

test('a stack without a proxy is unchanged', () => {
  const given = stack({ web: service(), front: service() });
  assert.equal(inOrder(given, services, undefined), { stack: given, notes: [] });
});

test('a proxy that waits for the app, directly or indirectly, is unchanged', () => {
  for (const given of [
    stack({ web: service(), front: service('web') }),
    stack({ web: service(), between: service('web'), front: service('between') }),
  ]) {
    const { stack: made, notes } = inOrder(given, services, proxy);
    assert.equal([made, notes], [given, []]);
  }
});

test('if the app waits for the proxy, the dependency is reversed', () => {
  const { stack: made, notes } = inOrder(stack({ web: service('front', 'redis-server'), front: service() }), services, proxy);
  assert.equal(made.services.front?.dependsOn, { web: 'service_started' });
  assert.equal(made.services.web?.dependsOn, { 'redis-server': 'service_started' });
  assert.equal(
    notes.map(({ code }) => code),
    ['order'],
  );
});

test('the proxy waits for all other services that do not wait for it, without a remark', () => {
  const copies = { web2: service(), web3: service('web2'), tester: service('front'), after: service('tester') };
  const { stack: made, notes } = inOrder(stack({ web: service(), ...copies, front: service('web') }), services, proxy);
  assert.equal(made.services, {
    web: service(),
    ...copies,
    front: service('web', 'web2', 'web3'),
  });
  assert.equal(notes, []);
});

test('no cycle is created, and no service waits for one that does not exist', () => {
  for (const given of [
    stack({ web: service('between'), between: service('front'), front: service() }),
    stack({ web: { ...service(), dependsOn: { front: 'service_healthy' } }, front: service() }),
    stack({ front: service() }),
    stack({ web: service() }),
  ])
    assert.equal(inOrder(given, services, proxy), { stack: given, notes: [] });
});

test.run();
