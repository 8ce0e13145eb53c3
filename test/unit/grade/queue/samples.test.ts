import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSame, Samples } from '../../../../src/grade/queue/samples.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';

const keys = Array.from({ length: 2000 }, (_, at) => `key-${at}`);
const started = (samples: Samples, key: string, worker = 'w1') =>
  samples.start(`${key}-again`, key, { name: `student of ${key}`, first: grade(), worker });

test('about 5 % are chosen, by content, and the first graded one', () => {
  const samples = new Samples('salt');
  assert.ok(samples.chooses('any', grade()));
  started(samples, 'any');
  const chosen = keys.filter((key) => samples.chooses(key, grade()));
  assert.ok(chosen.length > 60 && chosen.length < 140, String(chosen.length));
  assert.equal(
    keys.filter((key) => samples.chooses(key, grade())),
    chosen,
  );
  const other = new Samples('another');
  started(other, 'any');
  assert.not.equal(
    keys.filter((key) => other.chooses(key, grade())),
    chosen,
  );
});

test('a submission without points is not chosen, nor the same one again', () => {
  const samples = new Samples('salt');
  assert.not.ok(samples.chooses('any', grade({ status: 'review', points: null })));
  assert.ok(samples.chooses('any', grade()));
  started(samples, 'any');
  assert.not.ok(samples.chooses('any', grade()));
});

test('equal, different and missing second grades are counted', () => {
  const samples = new Samples('salt');
  for (const key of ['a', 'b', 'c', 'd']) started(samples, key);
  assert.is(samples.open, 4);
  samples.end('a-again', grade({ durationMs: 99 }));
  samples.end('b-again', grade({ points: 19 }));
  samples.end('c-again', undefined);
  samples.end('d-again', grade({ status: 'review', points: null }));
  samples.end('unknown', grade());
  assert.is(samples.open, 0);
  assert.equal(samples.stability(), { compared: 2, equal: 1, different: ['student of b'], dropped: 2 });
});

test('the jobs of a worker are those that it has not ended', () => {
  const samples = new Samples('salt');
  started(samples, 'a', 'w1');
  started(samples, 'b', 'w2');
  started(samples, 'c', 'w1');
  samples.end('a-again', grade());
  assert.equal(samples.of('w1'), ['c-again']);
});

test('grades are the same if all points are, whatever was seen', () => {
  const seen = (actual: string) => grade({ checks: [gradedCheck('up/one', { actual: { en: actual, 'zh-TW': actual } })] });
  assert.ok(isSame(seen('3 replicas in 1.2 s'), seen('3 replicas in 1.3 s')));
  assert.not.ok(isSame(grade(), grade({ status: 'refused', points: null })));
  assert.not.ok(isSame(grade(), grade({ checks: [gradedCheck('up/one', { points: 3 }), gradedCheck('up/two')] })));
});

test.run();
