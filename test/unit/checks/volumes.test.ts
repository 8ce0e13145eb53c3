import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mountedVolume, volumeExists, volumeGone } from '../../../src/checks/volumes.ts';
import type { Mount, Volume } from '../../../src/lab/facts.ts';
import { fail, inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';
import { redis, stackFacts } from '../../fixtures/facts.ts';

const data: Volume = { name: 'p_data', key: 'data' };
const at = '/data';
const mounted = (mount: Partial<Mount>) =>
  redis({ mounts: [{ type: 'volume', source: '/v', destination: at, writable: true, ...mount }] });
const facts = (volumes: readonly Volume[], replicas = [redis()]) => ({ ...stackFacts(replicas), volumes });

test('a volume exists', () => {
  const { judge } = volumeExists('data');
  assert.equal(inEnglish(judge(facts([data]))), pass('p_data'));
  const verdict = inEnglish(judge(facts([{ name: 'p_other', key: 'other' }])));
  assert.is(verdict.expected, 'a volume data of the project p');
  assert.is(verdict.actual, 'other');
  assert.is(inEnglish(judge(facts([]))).actual, 'no volume of this project');
});

test('a volume is removed: it existed before, and the containers are removed first', () => {
  const { judge } = volumeGone('data');
  assert.equal(inEnglish(judge(facts([], []), facts([data]))), pass('removed'));
  assert.is(inEnglish(judge(facts([], []), facts([], []))).actual, 'there was none before this step');
  const still = ['no volume data of the project p', 'p_data'] as const;
  const help = '`down` keeps volumes unless its option for them is given: docker compose down --help';
  assert.equal(inEnglish(judge(facts([data], []), facts([data]))), wait(...still, help));
  assert.equal(inEnglish(judge(facts([data]), facts([data]))), fail(...still, help));
});

test('a volume is mounted at a path', () => {
  const { judge } = mountedVolume('data', { role: 'redis-server', at });
  const help = 'under `volumes:` of redis-server: data:/data; then: docker compose up -d';
  const wrong = (actual: string) => fail('the volume data at /data of redis-server', actual, help);
  assert.equal(inEnglish(judge(facts([data], [mounted({ name: 'p_data' })]))), pass('p_data'));
  assert.equal(
    inEnglish(judge(facts([data], [mounted({ name: 'p_data', destination: '/old' })]))),
    wrong('it is mounted at /old'),
  );
  assert.equal(inEnglish(judge(facts([data], [mounted({ type: 'bind', source: '/h' })]))), wrong('another bind: /h'));
  assert.equal(inEnglish(judge(facts([data], [redis()]))), wrong('nothing is mounted there'));
  // an anonymous volume, and no volume of that name
  assert.equal(inEnglish(judge(facts([], [mounted({ name: '0a1b' })]))), wrong('another volume: /v'));
});

test.run();
