import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Evidence } from '../../../../src/grade/substitution/evidence.ts';
import { partsToTry } from '../../../../src/grade/substitution/parts.ts';
import { ended, loadedReference, ownStack, project, seen } from '../../../fixtures/substitution.ts';

const reference = await loadedReference();
const prices = Object.fromEntries(['conf', 'flask', 'nginx', 'redis', 'networks'].map((part) => [part, { points: 5 }]));
const order = (evidence: Evidence, over: Partial<Parameters<typeof partsToTry>[0]> = {}): string[] =>
  partsToTry({ ...project, reference, prices, ...over }, evidence);
const first = (evidence: Evidence, over: Partial<Parameters<typeof partsToTry>[0]> = {}) => order(evidence, over)[0];
const failedBuild = { service: 'web', instruction: 'RUN x', file: 'app/Dockerfile', output: [] };

test('at most four parts are tried, each once', () => {
  assert.equal(order(seen()), ['conf', 'flask', 'networks', 'redis']);
  assert.equal(order(seen({ redis: ended(), nginx: ended() })), ['redis', 'conf', 'nginx', 'flask']);
});

test('the proxy gets no answer, or ended: its configuration first', () => {
  assert.is(first(seen({}, { status: 0 })), 'conf');
  assert.equal(order(seen({ nginx: ended() })).slice(0, 2), ['conf', 'nginx']);
});

test('the app ended, fails its health check, cannot be built, or accepts no connection: the app first', () => {
  assert.is(first(seen({ flask: ended() })), 'flask');
  assert.is(first(seen({ flask: ended(), nginx: ended() })), 'flask', 'a proxy that does not find its upstream ends too');
  assert.is(first(seen({ flask: { state: 'unhealthy', log: [] }, nginx: ended() })), 'flask');
  assert.is(first(seen({ flask: { state: 'absent', log: [] } }, { failedBuild })), 'flask');
  const deaf = { state: 'running', log: [], ports: { open: [], loopback: [8000] } } as const;
  assert.is(first(seen({ flask: deaf })), 'flask');
  assert.is(first(seen({}, { status: 500 })), 'flask');
});

test('another service ended or is missing: that service first', () => {
  assert.is(first(seen({ redis: ended(), flask: ended() })), 'redis');
  const { cache: _, ...services } = ownStack.services;
  assert.is(first(seen({ redis: { state: 'absent', log: [] } }), { stack: { ...ownStack, services } }), 'redis');
});

test("two services share no network although the reference's do: networks first", () => {
  const { web } = ownStack.services;
  if (!web) throw new Error('there is no web');
  const apart = { ...ownStack, services: { ...ownStack.services, web: { ...web, networks: { back: { aliases: [] } } } } };
  assert.is(first(seen({ nginx: ended() }), { stack: apart }), 'networks');
});

test('a part without a price is never replaced', () => {
  assert.equal(order(seen(), { prices: { redis: { points: 11 }, conf: { points: 0 } } }), ['redis']);
  assert.equal(order(seen(), { prices: {} }), []);
});

test.run();
