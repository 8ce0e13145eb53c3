import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gramsOf, winnow } from '../../../../src/grade/similarity/fingerprints.ts';
import { dice } from '../../../helpers/dice.ts';

const none = () => false;

test('the example of the paper: the hashes of its figure 2, in windows of 4', () => {
  const hashes = Uint32Array.from([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]);
  assert.equal(winnow(hashes, none, 4), [17, 17, 8, 39, 17]);
});

test('a common part of size + window - 1 tokens has a common fingerprint wherever it is, a shorter one than size never', () => {
  const [size, window] = [6, 4];
  const roll = dice(7);
  const random = (count: number): number[] => Array.from({ length: count }, () => 1 + Math.floor(roll() * 1e9));
  const prints = (tokens: readonly number[]) =>
    new Set(
      winnow(gramsOf(Int32Array.from(tokens), new Uint16Array(tokens.length), size, 1).subarray(0, 1 - size), none, window),
    );
  const shared = (length: number): boolean => {
    const part = random(length);
    const [one, other] = [0, 1].map(() => prints([...random(roll() * 40), ...part, ...random(roll() * 40)]));
    return [...(one ?? [])].some((print) => other?.has(print));
  };
  for (let round = 0; round < 300; round += 1) {
    assert.ok(shared(size + window - 1));
    assert.not.ok(shared(size - 1));
  }
});

test('k-grams do not cross files, and what is left out does not hide what is beside it', () => {
  assert.equal(
    [...gramsOf(Int32Array.from([1, 2, 3, 4]), Uint16Array.from([0, 0, 1, 1]), 2, 1)].map((gram) => gram !== 0),
    [true, false, true, false],
  );
  // 1 is the least of each window, and left out: the least of each side is kept
  assert.equal(
    winnow(Uint32Array.from([9, 8, 1, 7, 9]), (gram) => gram === 1, 4),
    [8, 7],
  );
});

test('the same tokens have the same hashes in each kind of file, and another one in another kind', () => {
  const codes = Int32Array.from([5, 6, 7]);
  const grams = (seed: number) => gramsOf(codes, new Uint16Array(3), 3, seed)[0];
  assert.is(grams(1), grams(1));
  assert.is.not(grams(1), grams(2));
});

test.run();
