import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf } from '../../../../../../src/learn/web/page/stack/service-lines.ts';
import {
  countText,
  runningText,
  shareOf,
  stateText,
  summaryOf,
  trafficText,
} from '../../../../../../src/learn/web/page/stack/summary.ts';
import { wordsOf } from '../../../../../../src/learn/web/page/words/words.ts';
import { pictures } from '../../../../../fixtures/page-states.ts';

const words = wordsOf('en');

test('a stale proxy is said in words', () => {
  const [flask] = summaryOf(pictures.stale, words);
  assert.equal(flask?.facts, [
    'DNS: 3 addresses: 172.19.0.3, 172.19.0.4, 172.19.0.5',
    'DNS: 3 · nginx: 1 · stale',
    'nginx passes requests to 1 of the 3 replicas in DNS',
    '3 replicas',
  ]);
  assert.equal(flask?.replicas[0], {
    name: 'lab-flask-1',
    addresses: '172.18.0.3, 172.19.0.3',
    state: 'running · healthy',
    requests: '40 requests',
  });
});

const flask = pictures.three.services[0];
const one = flask?.replicas[0];
if (!flask || !one) throw new TypeError('no replica');

test('replicas that do not run are not counted as running', () => {
  assert.is(countText({ replicas: [] }, words), 'no replica');
  assert.is(countText({ replicas: [one] }, words), '1 replica');
  assert.is(countText({ replicas: [one, { ...one, state: 'exited' }] }, words), '1 of 2 running');
});

test('what was not measured is not shown as zero', () => {
  const { dns: _, ...unknown } = flask;
  const proxy = { service: 'nginx', upstream: 'flask', reached: {}, stale: false };
  assert.equal(linesOf({ ...pictures.three, services: [unknown], proxy }, unknown), []);
  const { requests: __, ...silent } = one;
  assert.is(trafficText(silent, words), undefined);
  assert.is(trafficText({ ...silent, packets: 1234 }, words), '1,234 packets');
});

test('states and shares', () => {
  assert.is(stateText({ ...one, state: 'exited', exitCode: 137 }, words), 'exited (137)');
  assert.is(shareOf(one, flask), 40 / 77);
  assert.is(runningText(pictures.three, wordsOf('zh-TW')), 'flask：3 個執行中；redis-server：1 個執行中；nginx：1 個執行中');
});

test.run();
