import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lastLines, logTailOf, withLogTail } from '../../../../src/checks/evidence/log-tail.ts';
import type { World } from '../../../../src/lab/world.ts';
import { flask } from '../../../fixtures/facts.ts';

test('the last eight lines that are not empty, each of 200 characters at most', () => {
  const log = Array.from({ length: 20 }, (_, at) => `line ${at}`).join('\n');
  assert.equal(
    lastLines(log),
    [12, 13, 14, 15, 16, 17, 18, 19].map((at) => `line ${at}`),
  );
  assert.equal(lastLines('one\n\n \ntwo  \n\n'), ['one', 'two']);
  assert.equal(lastLines('\n'), []);
  assert.equal(lastLines('\tindented\tby tabs'), ['    indented    by tabs']);
  assert.equal(lastLines('x'.repeat(200)), ['x'.repeat(200)]);
  assert.equal(lastLines('x'.repeat(201)), [`${'x'.repeat(199)}…`]);
});

test('only the logs of the given replicas are read, and only their ends', async () => {
  const asked: unknown[] = [];
  const log: World['log'] = async (id, options) => {
    asked.push([id, options]);
    return id === 'id-f1' ? '' : 'no redis\n';
  };
  const replicas = [flask(1), flask(2)];
  const words = await logTailOf({ log } as World, replicas);
  assert.equal(words, { 'id-f1': [], 'id-f2': ['no redis'] });
  assert.equal(asked, [
    ['id-f1', { lines: 16 }],
    ['id-f2', { lines: 16 }],
  ]);
  assert.equal(withLogTail(replicas, words), { said: { service: 'flask', lines: ['no redis'] } });
  assert.equal(withLogTail(replicas, {}), {});
});

test.run();
