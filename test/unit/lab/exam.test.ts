import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../labs/compose-scale/faults/index.ts';
import { chooseFaults, fingerprintOf } from '../../../src/lab/exam.ts';
import { newExamFile, parseExamFile, withClaim } from '../../../src/lab/exam-file.ts';

const ids = (count: number, seed: number, of = faults) => chooseFaults(of, { count, seed }).map(({ fault }) => fault.id);

test('a seed selects the same faults on every machine, whatever their order in the list', () => {
  const five = ['redis-host-misspelt', 'localhost-in-conf', 'redis-on-another-port', 'fixed-host-port', 'counter-in-memory'];
  assert.equal(ids(5, 2026), five);
  assert.equal(ids(5, 2026, [...faults].reverse()), five);
  assert.is.not(ids(5, 2027).join(), five.join());
});

test('levels are mixed, the easiest first, each fault once', () => {
  for (let seed = 0; seed < 200; seed++) {
    const levels = chooseFaults(faults, { count: 5, seed }).map(({ fault }) => fault.level);
    assert.equal(levels, [1, 1, 2, 2, 3]);
    assert.is(new Set(ids(5, seed)).size, 5);
  }
  assert.equal(
    chooseFaults(faults, { count: 3, seed: 1 }).map(({ folder, fault }) => [folder, fault.level]),
    [
      ['fault-1', 1],
      ['fault-2', 2],
      ['fault-3', 3],
    ],
  );
  assert.equal([...ids(25, 7)].sort(), faults.map(({ id }) => id).sort(), 'all of them');
});

test('each fault is selected by some seeds', () => {
  const seen = new Set(Array.from({ length: 200 }, (_, seed) => ids(5, seed)).flat());
  assert.is(seen.size, faults.length);
});

test('the fingerprint changes with the faults, their places and their edits', () => {
  const five = chooseFaults(faults, { count: 5, seed: 1 });
  const [first, ...others] = five;
  if (!first) throw new Error('no fault');
  const edits = [{ file: 'a', from: 'b', to: 'c' }] as const;
  const all = [
    five,
    chooseFaults(faults, { count: 5, seed: 2 }),
    others,
    [...others, first],
    [{ ...first, fault: { ...first.fault, edits } }, ...others],
  ];
  assert.is(new Set(all.map(fingerprintOf)).size, all.length);
});

const file = newExamFile(
  { tutorial: 'compose-scale', version: '0.1.0', startedAt: '2026-11-27T01:00:00.000Z' },
  { count: 5, seed: 1 },
  chooseFaults(faults, { count: 5, seed: 1 }),
);

test('a result file names no fault, and is read as it was written', () => {
  const written = JSON.stringify(file);
  for (const { id } of faults) assert.not.ok(written.includes(id), id);
  assert.equal(parseExamFile(written), file);
  const claim = { folder: 'fault-2', hints: 1, checks: 3, repairedAt: '2026-11-27T01:10:00.000Z' };
  const changed = withClaim(file, claim);
  assert.equal(changed.faults[1], claim);
  assert.equal(changed.faults[0], file.faults[0]);
});

test('a result file of another form is refused', () => {
  const wrong = [
    'no JSON',
    '{}',
    JSON.stringify({ ...file, seed: -1 }),
    JSON.stringify({ ...file, seed: '1' }),
    JSON.stringify({ ...file, fingerprint: '../../x' }),
    JSON.stringify({ ...file, faults: [{ folder: '../fault-1', hints: 0, checks: 0 }] }),
    JSON.stringify({ ...file, faults: [{ folder: 'fault-1', hints: -5, checks: 0 }] }),
  ];
  for (const one of wrong) assert.throws(() => parseExamFile(one), undefined, one);
});

test.run();
