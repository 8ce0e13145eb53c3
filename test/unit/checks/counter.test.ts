import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { numbersIn } from '../../../labs/compose-scale/stored-numbers.ts';
import { apartCause, counterOf } from '../../../src/checks/counter.ts';
import { verbatim } from '../../../src/lab/text.ts';

const counted = (numbers: readonly unknown[], page: (n: unknown) => string, hostnames?: readonly string[]) =>
  counterOf(
    numbers.map((n) => ({ body: page(n) })),
    hostnames,
  );

test('the number that rises, among numbers that do not', () => {
  const pages: readonly ((n: unknown) => string)[] = [
    (n) => `${n}`,
    (n) => `Hello Docker 101! I have been seen ${n} times. Redis: redis-server:6379`,
    (n) => `{"port":5000,"seen":${n},"ids":[1,200]}`,
    (n) => `2026-11-26 13:14:05.123456 host-f1 第${n}次, NT$ 1,000`,
    (n) => `<title>Page 1</title><h1 style="margin: 12px">${n}</h1>&#128075;`,
    (n) => `<style>body{margin:${n}} h1{width:100}</style><script>let a = 5, b = ${100 - Number(n)};</script><p>${n}</p>`,
    (n) => `<!-- ${100 - Number(n)} --><p>${n}</p>`,
  ];
  for (const page of pages) assert.equal(counted([7, 8, 12], page), [7, 8, 12], page('N'));
});

test('pages with more and fewer numbers: the place is counted from the start or from the end', () => {
  const answers = ['5 apples, seen 1', 'no apples, seen 2', '3 apples, 4 pears, seen 3'].map((body) => ({ body }));
  assert.equal(counterOf(answers), [1, 2, 3]);
});

test('thousands are separated by a comma, a dot, a space or an apostrophe', () => {
  const nearly = [998, 999, 1000, 1001];
  const english = (n: unknown) => Number(n).toLocaleString('en');
  for (const mark of [',', '.', ' ', "'", '_', '\u00a0', '\u202f', '&nbsp;']) {
    const page = (n: unknown) => `Seen ${english(n).replace(',', mark)} times, by host-f1.`;
    assert.equal(counted(nearly, page), nearly, mark);
    assert.equal(counted([1998, 1999, 2000], page), [1998, 1999, 2000], mark);
    assert.equal(
      counted([1_999_999, 2_000_000], (n) => page(n).replace(',', mark)),
      [1_999_999, 2_000_000],
      mark,
    );
  }
  assert.equal(
    counted([1000, 1500], (n) => `Seen ${english(n)}, others asked in between`),
    [1000, 1500],
  );
});

test('two numbers that could be one are two if one of them rises', () => {
  assert.equal(
    counted([7, 8, 9], (n) => `${n} 200 OK`),
    [7, 8, 9],
  );
  assert.equal(
    counted([7, 8, 9], (n) => `${n},200`),
    [7, 8, 9],
  );
});

test('no number that rises throughout', () => {
  for (const numbers of [[1], [1, 1], [2, 1], [1, 2, 2], [1, 3, 2], ['', 1], []])
    assert.is(
      counted(numbers, (n) => `port 5000, seen ${n}`),
      undefined,
      `${numbers}`,
    );
});

test('a time is no counter, whatever its unit', () => {
  const now = 1_764_162_845;
  for (const unit of [1n, 1000n, 1_000_000n, 1_000_000_000n]) {
    const times = [0n, 9n, 20n].map((more) => BigInt(now) * unit + more * 1000n);
    assert.is(
      counted(times, (n) => `seen ${n}`),
      undefined,
    );
    assert.is(
      counted(times, (n) => `seen 3 at ${n}`),
      undefined,
    );
  }
  for (const page of [(n: unknown) => `13:14:${n}`, (n: unknown) => `13:14:05.${n}`, (n: unknown) => `${now}.${n}`])
    assert.is(counted([15, 16, 18], page), undefined);
});

test('seconds with three decimals are no thousands', () => {
  assert.is(
    counted(['12.345', '12.351', '12.360'], (n) => `up for ${n} s`),
    undefined,
  );
});

test('the counter is preferred to a number that rises faster', () => {
  assert.equal(
    counted([3, 4, 5], (n) => `${Number(n) * 1000} ms, seen ${n}, page ${Number(n) * 2}`),
    [3, 4, 5],
  );
});

test('a hostname of digits is no number', () => {
  const page = (n: unknown) => `${123_456_789_012 + Number(n)} seen 7 times`;
  assert.is(counted([0, 1], page, ['123456789012', '123456789013']), undefined);
});

test('a hostile page takes no long time', () => {
  for (const part of ['<style', '<style>', '<!--', '<', '1,000,', '1 000 ', '12:12:12', '&#', '9'])
    counterOf(Array.from({ length: 60 }, () => ({ body: part.repeat(4000 / part.length) })));
});

const two = [
  { hostname: 'aaa111', numbers: [1, 2, 3] },
  { hostname: 'bbb222', numbers: [4, 5] },
];
const why = (numbers?: Readonly<Record<string, number>>) => {
  const stored = numbers && {
    service: 'store',
    numbers: Object.entries(numbers).map(([key, value]) => ({ key, value })),
  };
  return apartCause(two, verbatim('share it'), stored).text.en;
};

test('replicas that count apart: under a key each, or in their own memory, as what is stored shows', () => {
  const apart = 'each replica counts under a key of its own in store: ';
  assert.is(why({ 'hits:aaa111': 3, 'hits:bbb222': 5 }), `${apart}hits:aaa111, hits:bbb222 (aaa111: 1, 2, 3; bbb222: 4, 5)`);
  // requests of others in between
  assert.ok(why({ 'hits:aaa111': 4, 'hits:bbb222': 9 }).startsWith(apart));
  assert.ok(why({ one: 5, two: 3, other: 1 }).startsWith(`${apart}two, one (`));
  const memory = 'each replica counts in its own memory: store stores none of these numbers (';
  assert.ok(why({}).startsWith(memory));
  assert.ok(why({ hits: 2 }).startsWith(memory), 'an earlier counter');
});

test('where what is stored shows neither, or cannot be seen, the cause is that each counts for itself', () => {
  const itself = 'each replica counts for itself (aaa111: 1, 2, 3; bbb222: 4, 5)';
  assert.is(why(), itself);
  assert.is(why({ hits: 1000 }), itself);
  assert.is(why({ hits: 5 }), itself, 'one key has the number of one replica');
});

test('the numbers that redis-cli prints', () => {
  assert.equal(numbersIn('7 hits\n12 visits of web\ntext name\n\n'), [
    { key: 'hits', value: 7 },
    { key: 'visits of web', value: 12 },
  ]);
  assert.equal(numbersIn(''), []);
  assert.is(numbersIn('many\n'), undefined);
  assert.is(numbersIn('ERR unknown command\n'), undefined);
});

test.run();
