import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { missingServices } from '../../../../src/grade/scoring/missing-services.ts';

const named = (...names: string[]) =>
  ({ services: Object.fromEntries(names.map((name) => [name, {}])), networks: {}, volumes: [] }) as unknown as NormalStack;
const spec = { services: { flask: { name: 'flask' }, redis: { name: 'redis-server' }, nginx: { name: 'nginx' } } };

test('a service with another name: reports the required name and the names found', () => {
  const [only, more] = missingServices(named('flask', 'cache', 'nginx'), spec);
  assert.equal([only?.code, only?.service, more], ['service-missing', 'redis-server', undefined]);
  assert.is(only?.text.en, 'no service named redis-server (the rubric requires it). Found: flask, cache, nginx');
  assert.is(only?.text['zh-TW'], '沒有名為 redis-server 的服務（評分標準需要它）。檔案裡的服務：flask、cache、nginx');
});

test('no remark if all required services exist, even with others beside them', () =>
  assert.equal(missingServices(named('flask', 'redis-server', 'nginx', 'logger'), spec), []));

test.run();
