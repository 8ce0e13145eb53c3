import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../src/lab/event.ts';
import { langs } from '../../../src/lab/text.ts';
import { type EventLine, eventsJsonSchema } from '../../../src/report/events-schema.ts';
import { eventLine } from '../../../src/report/ndjson.ts';
import { openReporters } from '../../../src/report/reporters.ts';
import { interrupted, killed, mixed, passing } from '../../fixtures/events.ts';
import { fakeScreen } from '../../fixtures/screen.ts';
import { folder } from '../../helpers/folder.ts';

const { signal } = new AbortController();

const schemaFile = fileURLToPath(new URL('../../../assets/events.schema.json', import.meta.url));
const streams = { passing, mixed, killed, interrupted };
const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(eventsJsonSchema() as object);

/** A parsed line. */
const read = (event: RunEvent, lang: 'en' | 'zh-TW' = 'en') => JSON.parse(JSON.stringify(eventLine(event, lang))) as EventLine;

test('the JSON Schema in assets is the one generated (UPDATE_GOLDEN=1 writes it)', () => {
  const generated = `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(schemaFile, generated);
  assert.fixture(readFileSync(schemaFile, 'utf8'), generated);
});

for (const [name, events] of Object.entries(streams)) {
  for (const lang of langs) {
    test(`every line of ${name} in ${lang} is valid by the JSON Schema, and in that language only`, () => {
      for (const event of events) {
        const line = read(event, lang);
        assert.ok(validate(line), `${JSON.stringify(line)}: ${JSON.stringify(validate.errors)}`);
        assert.not.match(JSON.stringify(line), '"zh-TW":');
        assert.equal([line.kind, line.atMs], [event.kind, event.atMs]);
      }
    });
  }
}

test('the streams contain every kind of event', () => {
  const branches = (eventsJsonSchema() as { oneOf: { properties: { kind: { const: string } } }[] }).oneOf;
  const seen = new Set([...passing, ...mixed].map(({ kind }) => kind as string));
  assert.equal(branches.map(({ properties }) => properties.kind.const).sort(), [...seen].sort());
});

test('the schema refuses lines with missing or wrong fields', () => {
  const [started, note] = passing.map((event) => read(event));
  assert.not.ok(validate({ ...started, surprise: true }));
  assert.not.ok(validate({ ...note, kind: 'remark' }));
  assert.not.ok(validate({ kind: 'run-finished', atMs: 1, durationMs: 1, outcome: 'waiting' }));
  assert.not.ok(validate({ ...note, text: { en: 'a', 'zh-TW': '甲' } }));
});

test('a verification of the learner’s own project is marked as such', () => {
  const [started] = passing as [Extract<RunEvent, { kind: 'run-started' }>];
  const line = read({ ...started, mode: 'verify' });
  assert.ok(validate(line));
  assert.is(line.kind === 'run-started' && line.mode, 'verify');
  assert.not.ok('mode' in read(started));
});

test('an error in a verdict is its code, its message and its hint', () => {
  const lost = mixed.find((event) => event.kind === 'check-finished' && event.result.outcome === 'errored');
  const line = read(lost as RunEvent, 'zh-TW');
  assert.equal(line.kind === 'check-finished' ? [line.check.outcome, line.check.reason] : line, [
    'errored',
    { code: 'E_ENGINE_LOST', message: '查詢容器時，引擎停止回應。', hint: '請確認引擎是否仍在執行：lab doctor' },
  ]);
});

test('each line is in the file before the next event', async () => {
  const file = join(folder({ 'events.ndjson': 'of an earlier run\n' }), 'events.ndjson');
  const { screen, text } = fakeScreen();
  const reporters = openReporters(['ndjson'], [file], { out: screen, err: screen, lang: 'en', signal });
  assert.is(readFileSync(file, 'utf8'), 'of an earlier run\n', 'until a run starts, nothing is lost');
  for (const [at, event] of passing.entries()) {
    reporters.listen(event);
    const lines = readFileSync(file, 'utf8').split('\n');
    assert.is(lines.length, at + 2);
    assert.is(lines.at(-1), '');
    assert.equal(JSON.parse(lines.at(-2) ?? ''), read(event));
  }
  assert.equal(await reporters.close(), []);
  assert.is(text(), '');
});

test('on stdout: lines and nothing else', async () => {
  const { screen, text } = fakeScreen();
  const reporters = openReporters(['ndjson'], [], { out: screen, err: fakeScreen().screen, lang: 'zh-TW', signal });
  for (const event of mixed) reporters.listen(event);
  assert.equal(await reporters.close(), []);
  const lines = text().trimEnd().split('\n');
  assert.equal(
    lines.map((line) => JSON.parse(line)),
    mixed.map((event) => read(event, 'zh-TW')),
  );
});

test.run();
