import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { closestWord } from '../../../src/formats/closest-word.ts';

const known = ['setup', 'scale', 'balance', 'cleanup', 'nginx'];

test('a misspelled word: a character added, left out, replaced, or swapped with its neighbour', () => {
  for (const [typed, meant] of [
    ['ngnix', 'nginx'],
    ['nginxx', 'nginx'],
    ['ngnx', 'nginx'],
    ['NGINX', 'nginx'],
    ['blance', 'balance'],
    ['ballance', 'balance'],
    ['setuo', 'setup'],
    ['sclae', 'scale'],
  ] as const)
    assert.is(closestWord(typed, known), meant, typed);
});

test('a word that resembles none', () => {
  for (const typed of ['nope', 'frobnicate', '', 'x']) assert.is(closestWord(typed, known), undefined, typed);
  assert.is(closestWord('nginx', []), undefined);
});

test.run();
