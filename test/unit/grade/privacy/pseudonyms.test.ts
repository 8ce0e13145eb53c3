import { createHmac } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprintOf, looksLikePseudonym, pseudonymOf, pseudonymsOf } from '../../../../src/grade/privacy/pseudonyms.ts';

const key = Buffer.alloc(32, 7);
const other = Buffer.alloc(32, 8);

test('a pseudonym is short and readable, the same for the same key, another for another key or ID', () => {
  const [ann, bob] = [pseudonymOf(key, 'ann'), pseudonymOf(key, 'bob')];
  assert.match(ann, /^s-[2-9bcdfghjkmnpqrstvwxyz]{6}$/);
  assert.is(pseudonymOf(key, 'ann'), ann);
  assert.is.not(ann, bob);
  assert.is.not(pseudonymOf(other, 'ann'), ann);
  assert.ok(looksLikePseudonym(ann));
  for (const word of ['ann', 's-abc', 's-aeiou1', `${ann}x/`]) assert.not.ok(looksLikePseudonym(word), word);
});

test('it follows from HMAC-SHA256 of the ID with the secret', () => {
  let rest = BigInt(`0x${createHmac('sha256', key).update('student\nb10902001').digest('hex')}`);
  let expected = '';
  for (let at = 0; at < 6; at++, rest /= 28n) expected += '23456789bcdfghjkmnpqrstvwxyz'[Number(rest % 28n)];
  assert.is(pseudonymOf(key, 'b10902001'), `s-${expected}`);
});

test('the fingerprint of a key is no part of a pseudonym', () => {
  assert.is(fingerprintOf(key), fingerprintOf(key));
  assert.is.not(fingerprintOf(key), fingerprintOf(other));
});

test('two IDs of a class with the same pseudonym get longer ones, all others keep theirs', () => {
  const seen = new Map<string, string>();
  let pair: readonly [string, string] | undefined;
  for (let at = 0; !pair; at++) {
    const name = pseudonymOf(key, `id-${at}`);
    const before = seen.get(name);
    if (before !== undefined) pair = [before, `id-${at}`];
    seen.set(name, `id-${at}`);
  }
  const names = pseudonymsOf(key, [...pair, 'ann']);
  const [one, two] = pair.map((id) => names.get(id) ?? '');
  assert.is.not(one, two);
  assert.equal([one?.length, two?.length, names.get('ann')], [10, 10, pseudonymOf(key, 'ann')]);
  assert.is(names.size, 3);
});

test.run();
