import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderJunit } from '../../../../src/grade/export/junit.ts';
import type { Gradebook } from '../../../../src/grade/types.ts';
import { type Lang, langs } from '../../../../src/lab/text.ts';
import { bigBook, emptyBook, entries, gradebook } from '../../../fixtures/gradebook.ts';
import { casesIn, faultsOf, readJunit } from '../../../fixtures/junit.ts';

const xml = (book: Gradebook, lang: Lang = 'en'): string => [...renderJunit(book, lang)].join('');
const casesOf = (id: string, lang: Lang = 'en') =>
  casesIn(readJunit(xml(gradebook, lang))).filter(({ classname }) => classname === `compose-scale.${id}`);

test('valid by the XSD in each language, whatever the content', async () => {
  const engine = 'Docker \u0001 \ud800';
  const books = [gradebook, emptyBook, bigBook(40), { ...gradebook, engine }];
  const documents = langs.flatMap((lang) => books.map((book) => xml(book, lang)));
  assert.is(documents.length, 8);
  assert.equal(await faultsOf(...documents), []);
});

test('the XSD refuses invalid documents', async () => {
  const good = xml({ ...gradebook, entries: [entries.one] });
  const changed = (from: string, to: string): string => {
    const bad = good.replace(from, to);
    assert.is.not(bad, good, from);
    return bad;
  };
  const bad = [
    changed('failures="1"', 'failures="one"'),
    changed('name="up/nginx-publishes"', 'name="up/flask-has-1-replica"'),
    changed('</failure>', '</failure><skipped message="both"/>'),
  ];
  const named = (await faultsOf(...bad, good)).map((fault) => fault.split(/[: ]/)[0]);
  assert.equal([...new Set(named)].sort(), ['1.xml', '2.xml', '3.xml']);
});

test('students are suites, and all are counted', () => {
  const read = readJunit(xml(gradebook));
  assert.is(read.testsuite.length, gradebook.entries.length);
  for (const [key, element] of [
    ['failures', 'failure'],
    ['errors', 'error'],
  ] as const)
    assert.is(Number(read[key]), casesIn(read).filter((one) => one[element]).length, key);
  assert.is(Number(read.tests), casesIn(read).length);
  const of = (id: string) => read.testsuite.find(({ name }) => name === `compose-scale.${id}`);
  assert.equal([of('b10902002')?.tests, of('b10902002')?.failures, of('b10902002')?.skipped], ['5', '1', '1']);
  const properties = of('b10902002')?.properties.property ?? [];
  assert.is(properties.find(({ name }) => name === 'points')?.value, '59.7');
});

test('faults of the submission are failures, our faults are errors, consequences are skipped', () => {
  const [, , spread, counter] = casesOf('b10902002');
  assert.is(spread?.name, 'scale/spread-is-even');
  assert.is(spread?.failure?.message, 'the load through the proxy is spread evenly over flask');
  assert.match(spread?.failure?.['#text'] ?? '', /\(0\/40\.3\)\nexpected: about 10 answers.*\nsaw: 30 answers.*\nlog of nginx: /);
  assert.match(counter?.skipped?.message ?? '', 'did not pass');
  const [review, , publishes] = casesOf('b10902006');
  assert.is(review?.name, 'review');
  assert.match(review?.error?.['#text'] ?? '', /not a zero: .*\nthe engine was lost three times/);
  assert.match(publishes?.error?.message ?? '', 'E_ENGINE_LOST');
});

test('refusals (with positions) and deductions are failures; what the teacher decided is not', () => {
  const [refused, ...rest] = casesOf('b10902005', 'zh-TW');
  assert.equal(rest, []);
  assert.match(refused?.failure?.['#text'] ?? '', /拒收，由老師決定。\ndocker-compose\.yml:14:5 \(nginx\): privileged 會讓/);
  const taken = casesOf('b10902003').find(({ name }) => name === 'note/container_name');
  assert.is(taken?.failure?.['#text'], 'compose.yaml:9 (flask): container_name is set aside: replicas could not share it (-1.1)');
  const [settled, ...others] = casesOf('b10902007');
  assert.equal(others, []);
  assert.is(settled?.failure ?? settled?.error, undefined);
});

test('two remarks of one kind are two cases', async () => {
  const { grade } = entries.noisy;
  const [taken] = grade.deductions;
  if (!taken) throw new Error('no deduction');
  const book = { ...gradebook, entries: [{ ...entries.noisy, grade: { ...grade, deductions: [taken, taken] } }] };
  assert.equal(await faultsOf(xml(book)), []);
  assert.equal(
    casesIn(readJunit(xml(book)))
      .slice(-2)
      .map(({ name }) => name),
    ['note/container_name', 'note/container_name #2'],
  );
});

test('hostile texts stay texts', () => {
  const written = xml(gradebook);
  assert.not.match(written.replaceAll('\n', ''), /<script|<img|[\p{Cc}\p{Cf}\p{Cs}]/u);
  const attacked = casesIn(readJunit(written)).find(({ classname }) => classname.includes('../../etc/'));
  assert.match(attacked?.failure?.['#text'] ?? '', '<script>alert(document.cookie)</script>');
  assert.match(attacked?.failure?.['#text'] ?? '', ']]><!-- -- --> &amp; &lt; <![CDATA[');
});

test.run();
