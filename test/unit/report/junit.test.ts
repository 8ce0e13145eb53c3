import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../../src/lab/error.ts';
import type { RunEvent } from '../../../src/lab/event.ts';
import { langs, text, verbatim } from '../../../src/lab/text.ts';
import { errored, failed, type Verdict } from '../../../src/lab/verdict.ts';
import { createJsonReporter } from '../../../src/report/json.ts';
import { renderJunit } from '../../../src/report/junit.ts';
import type { RunReport } from '../../../src/report/schema.ts';
import { interrupted, killed, mixed, passing } from '../../fixtures/events.ts';
import { casesIn, faultsOf, readJunit } from '../../fixtures/junit.ts';

const streams = { passing, mixed, killed, interrupted };

function report(events: readonly RunEvent[], lang: 'en' | 'zh-TW' = 'en'): RunReport {
  const reporter = createJsonReporter(lang);
  for (const event of events) reporter.listen(event);
  const document = reporter.document();
  if (!document) throw new Error('no run started');
  return document;
}
const xml = (events: readonly RunEvent[], lang: 'en' | 'zh-TW' = 'en') => renderJunit(report(events, lang));
const find = (events: readonly RunEvent[], classname: string, name: string, lang: 'en' | 'zh-TW' = 'en') =>
  casesIn(readJunit(xml(events, lang))).find((one) => one.classname === `compose-scale.${classname}` && one.name === name);
/** The events with another verdict for the first check. */
const judged = (verdict: Verdict): RunEvent[] => {
  const at = passing.findIndex((event) => event.kind === 'check-finished');
  return passing.map((event, place) =>
    event.kind === 'check-finished' && place === at
      ? { ...event, result: { ...event.result, verdict, outcome: verdict.outcome } }
      : event,
  );
};

test('each stream in each language is valid by the XSD', async () => {
  const documents = Object.values(streams).flatMap((events) => langs.map((lang) => xml(events, lang)));
  assert.is(documents.length, 8);
  assert.equal(await faultsOf(...documents), []);
});

test('the XSD refuses invalid documents', async () => {
  const good = xml(mixed);
  const changed = (from: string | RegExp, to: string): string => {
    const bad = good.replace(from, to);
    assert.is.not(bad, good, String(from));
    return bad;
  };
  const refused: readonly (readonly [bad: string, why: RegExp])[] = [
    [changed('time="0.120"', 'time="120 ms"'), /time/],
    [changed('failures="1"', 'failures="one"'), /failures/],
    [changed(/ name="images-present"/, ''), /name.*required/],
    [changed('name="flask-image-built"', 'name="images-present"'), /Duplicate|unique/i],
    [changed('<failure', '<skipped message="both"/><failure'), /not expected/],
  ];
  const faults = await faultsOf(...refused.map(([bad]) => bad), good);
  for (const [at, [, why]] of refused.entries())
    assert.match(faults.filter((fault) => fault.startsWith(`${at + 1}.xml: `)).join('\n'), why);
  assert.not.ok(
    faults.some((fault) => fault.startsWith(`${refused.length + 1}.xml`)),
    'the good one is refused too',
  );
  // not XML at all, so it is not validated by the XSD
  assert.match((await faultsOf(changed('</failure>', '\u0001</failure>'))).join('\n'), /PCDATA invalid Char value 1|invalid/i);
});

test('suites are labs, cases are checks, with their counts and times', () => {
  const read = readJunit(xml(mixed));
  assert.equal(
    { name: read.name, tests: read.tests, failures: read.failures, errors: read.errors, time: read.time },
    { name: 'compose-scale', tests: '11', failures: '1', errors: '2', time: '125.000' },
  );
  assert.equal(
    read.testsuite.map((suite) => [suite.name, suite.tests, suite.failures, suite.errors, suite.skipped]),
    [
      ['compose-scale.setup', '4', '0', '0', '0'],
      ['compose-scale.balance', '3', '1', '0', '1'],
      ['compose-scale.nginx', '2', '0', '2', '0'],
      ['compose-scale.cleanup', '2', '0', '0', '2'],
    ],
  );
  assert.equal(find(mixed, 'setup.up', 'one-replica-each'), {
    classname: 'compose-scale.setup.up',
    name: 'one-replica-each',
    time: '1.640',
  });
  const properties = Object.fromEntries((read.testsuite[0]?.properties.property ?? []).map(({ name, value }) => [name, value]));
  assert.is(properties['engine.version'], '28.5.1');
  assert.is(properties['compose'], '2.40.3');
  assert.is(properties['labwright'], report(mixed).version);
});

test('a failure contains expected, saw, try next, in the chosen language', () => {
  const { failure } = find(mixed, 'balance.curl', 'all-replicas-answer') ?? {};
  assert.is(failure?.message, 'All three replicas answer');
  assert.match(
    failure?.['#text'] ?? '',
    /^expected: answers from 3 replicas\nsaw: 30 answers, all from 4f0c9be1d2a7\ntry next: DNS knows/,
  );
  const chinese = find(mixed, 'balance.curl', 'all-replicas-answer', 'zh-TW')?.failure;
  assert.match(chinese?.['#text'] ?? '', /^預期: 來自 3 個副本的回應\n實際: /);
});

test('the log tail of a service follows what was seen', () => {
  const said = { service: 'flask', lines: ['Traceback:', 'KeyError: 無'] };
  const events = judged(failed({ expected: verbatim('e'), actual: verbatim('a'), help: verbatim('h'), said }));
  const message = find(events, 'setup.build', 'images-present')?.failure?.['#text'];
  assert.is(message, 'expected: e\nsaw: a\nits log: Traceback:\nKeyError: 無\ntry next: h');
});

test('an error has its code and its hint, a skip its reason', () => {
  const { error } = find(mixed, 'nginx.up', 'nginx-publishes') ?? {};
  assert.is(error?.type, 'E_ENGINE_LOST');
  assert.is(error?.message, 'The engine stopped answering while it was asked for containers.');
  assert.match(error?.['#text'] ?? '', 'hint: See whether it still runs: lab doctor');
  assert.is(find(mixed, 'balance.curl', 'counter-shared')?.skipped?.message, 'it needs all three replicas to answer');
});

test('a step with failed commands is an error; one that never started is skipped', () => {
  const scale = find(mixed, 'nginx.scale', 'step');
  assert.is(scale?.time, '2.100');
  assert.is(scale?.error?.message, 'docker-compose up exited with 1: no space left on device');
  assert.match(scale?.error?.['#text'] ?? '', '$ docker-compose up -d --scale flask=3  (exit 1)\n');
  assert.is(find(mixed, 'cleanup.rm', 'step')?.skipped?.message, 'balance did not pass');
});

test('an unfinished run never looks as if it had passed', () => {
  for (const events of [killed, interrupted, passing.slice(0, 1), passing.slice(0, -1)]) {
    const read = readJunit(xml(events));
    assert.is.not(read.errors, '0');
    assert.ok(casesIn(read).some((one) => one.error));
  }
  // all labs passed, but a resource of the run could not be removed
  const stuck = passing.map((event) => (event.kind === 'run-finished' ? { ...event, outcome: 'errored' as const } : event));
  assert.is(readJunit(xml(stuck)).errors, '1');
  assert.is(readJunit(xml(passing)).errors, '0');
});

test('characters that XML cannot represent are in their printable form; all others are unchanged', async () => {
  const nasty = `a\u0000b\u001b[31mc\ud800d\uffffe <&> "' ]]> 中文 \u{1f600} & &amp; <![CDATA[ x`;
  const kept = `a[U+0000]b[U+001B][31mc[U+D800]d[U+FFFF]e <&> "' ]]> 中文 \u{1f600} & &amp; <![CDATA[ x`;
  const events = judged(failed({ expected: verbatim(nasty), actual: verbatim('x\ty\nz'), help: verbatim('h') }));
  assert.is(find(events, 'setup.build', 'images-present')?.failure?.['#text'], `expected: ${kept}\nsaw: x\ty\nz\ntry next: h`);
  const lost = judged(errored(new LabError('E_PROBE', text(nasty, nasty), text('h', '提'))));
  assert.equal(await faultsOf(xml(events), xml(lost)), []);
  assert.is(find(lost, 'setup.build', 'images-present')?.error?.message, kept);
});

test('very long texts are cut', async () => {
  const long = '字'.repeat(100_000);
  const events = judged(failed({ expected: verbatim('e'), actual: verbatim(long), help: verbatim('h') }));
  const message = find(events, 'setup.build', 'images-present')?.failure?.['#text'] ?? '';
  assert.match(message, /^expected: e\nsaw: 字+…\ntry next: h$/);
  assert.is(message.split('\n')[1]?.length, 4000);
});

test.run();
