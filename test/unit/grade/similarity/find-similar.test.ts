import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownServer } from '../../../../labs/compose-scale/cases/alternatives/apps.ts';
import { documentsOf, type SourceDocument } from '../../../../src/grade/similarity/documents.ts';
import { bounds, common, findSimilar } from '../../../../src/grade/similarity/find-similar.ts';
import type { Sources } from '../../../../src/grade/similarity/read-sources.ts';
import { disguised, documents, fromClass, handedOut, source } from '../../../fixtures/similar.ts';
import { dice } from '../../../helpers/dice.ts';

const base = documentsOf(handedOut.files, handedOut.env);
const all = ({ files, env }: Sources): SourceDocument[] => documentsOf(files, env);
const listed = (submissions: readonly (readonly SourceDocument[])[]): string[] =>
  findSimilar(submissions, base).pairs.map(({ submissions: [one, other] }) => `${one} ${other}`);

const right = await fromClass(/^(?:right|other|fair)-/);
/** Those with too little of their own beside the tutorial's files: a copy of them shows nothing. */
const little = right.filter(({ sources }) => listed([all(sources), all(sources)]).length === 0).map(({ name }) => name);

test('independent solutions are not listed, neither in their class nor any two alone', () => {
  const own = right.map(({ sources }) => all(sources));
  assert.ok(own.length >= 40);
  assert.equal(listed(own), []);
  for (const [at, one] of own.entries()) for (const other of own.slice(at + 1)) assert.equal(listed([one, other]), []);
});

test('copies with other names, comments, blanks and order of keys are listed, and nothing else', () => {
  const own = right.map(({ sources }) => all(sources));
  const copied = right.flatMap(({ name }, at) => (little.includes(name) ? [] : [at]));
  assert.ok(copied.length >= 15, `${copied.length}`);
  const copies = copied
    .map((at) => right[at]?.sources ?? handedOut)
    .map(({ files, env }) => documentsOf(files.map(disguised), env));
  const expected = copied.map((at, copy) => `${at} ${own.length + copy}`);
  assert.equal(listed([...own, ...copies]).sort(), expected.sort());
});

test("the tutorial's own text alone is no evidence, also disguised", () => {
  assert.equal(listed([base, base, documentsOf(handedOut.files.map(disguised))]), []);
  assert.is(findSimilar([base, base], []).pairs.length, 1, 'without base code it would be');
});

const wordy = (seed: number): string => {
  const roll = dice(seed);
  const line = () => {
    const signs = Array.from({ length: 8 }, () => '+-*/%.,([<>&|~@!?'[Math.floor(roll() * 17)]);
    return `x ${signs.join(' x ')} x`;
  };
  return Array.from({ length: 12 }, line).join('\n');
};
const program = (...parts: readonly string[]) => documents(source('app.py', parts.join('\n')));

test('a share, the files and the lines of what is shared', () => {
  const [pair, ...more] = findSimilar(
    [program(wordy(1), wordy(2)), documents(source('lib/main.js', wordy(3)), source('b.py', wordy(2)))],
    base,
  ).pairs;
  assert.is(more.length, 0);
  const [part] = pair?.parts ?? [];
  assert.equal(part?.files, ['app.py', 'b.py']);
  assert.ok(Math.abs((part?.shares[0] ?? 0) - 0.5) < 0.05, String(part?.shares[0]));
  assert.is(part?.shares[1], 1);
  assert.equal(part?.regions, [[Array.from({ length: 12 }, (_, at) => 13 + at), Array.from({ length: 12 }, (_, at) => 1 + at)]]);
});

test('what more than a share of the class has is not compared; in a small class it is', () => {
  const class_ = (students: number, have: number) =>
    Array.from({ length: students }, (_, at) => program(...(at < have ? [wordy(1000)] : []), wordy(at + 1)));
  assert.is(listed(class_(10, 3)).length, 3, 'three of ten are 30 percent: not more');
  assert.is(listed(class_(10, 4)).length, 0);
  assert.is(listed(class_(common.from - 1, common.from - 1)).length, 36);
});

test('the same class has the same result, in any form of the same files', () => {
  const own = right.map(({ sources }) => all(sources));
  const class_ = [...own, ...right.map(({ sources }) => documentsOf(sources.files.map(disguised), sources.env))];
  const first = findSimilar(class_, base);
  assert.ok(first.pairs.length > 10);
  assert.equal(findSimilar(class_, base), first);
});

test('1,000 submissions: work and pairs are bounded, whatever they have in common', () => {
  // three groups of 250 with a common part each, which is less than the share that is left out
  const class_ = Array.from({ length: 1000 }, (_, at) => program(at < 750 ? wordy(5000 + (at % 3)) : '', wordy(at)));
  const { pairs, more, work } = findSimilar(class_, base);
  assert.is(pairs.length, bounds.pairs);
  assert.ok(more > 0);
  assert.ok(work.counted <= bounds.counted, `${work.counted}`);
  assert.is(work.compared, bounds.compared);
  const unlike = findSimilar(
    Array.from({ length: 1000 }, (_, at) => program(wordy(at))),
    base,
  );
  assert.equal([unlike.pairs.length, unlike.more], [0, 0]);
  assert.ok(unlike.work.counted < 10_000, `${unlike.work.counted}`);
});

test('a copy is found in a class of 1,000', () => {
  const class_ = Array.from({ length: 1000 }, (_, at) => program(wordy(at)));
  const copy = documents(disguised(source('app.py', wordy(17))));
  assert.equal(listed([...class_, copy]), ['17 1000']);
});

test('another program for the same task is not listed', () => {
  const own = documents(source('app.py', ownServer));
  assert.equal(
    right.flatMap(({ sources }) => listed([own, all(sources)])),
    [],
  );
  assert.equal(listed([own, documents(disguised(source('app.py', ownServer)))]), ['0 1']);
});

test.run();
