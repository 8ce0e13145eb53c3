import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../src/lab/event.ts';
import { type Lang, langs } from '../../../src/lab/text.ts';
import { createJsonReporter } from '../../../src/report/json.ts';
import { jsonSchema, type RunReport } from '../../../src/report/schema.ts';
import { interrupted, killed, mixed, passing } from '../../fixtures/events.ts';

const schemaFile = fileURLToPath(new URL('../../../assets/report.schema.json', import.meta.url));
const streams = { passing, mixed, killed, interrupted };

/** The parsed document. */
function report(events: readonly RunEvent[], lang: Lang = 'en'): RunReport {
  const reporter = createJsonReporter(lang);
  for (const event of events) reporter.listen(event);
  return JSON.parse(JSON.stringify(reporter.document()));
}
const step = (document: RunReport, lab: string, id: string) =>
  document.labs.find((one) => one.id === lab)?.steps.find((one) => one.id === id);

test('the JSON Schema in assets is the one generated (UPDATE_GOLDEN=1 writes it)', () => {
  const generated = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(schemaFile, generated);
  assert.fixture(readFileSync(schemaFile, 'utf8'), generated);
});

// formats are annotations only in draft 2020-12; startedAt also has a pattern
const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(jsonSchema() as object);

for (const [name, events] of Object.entries(streams)) {
  for (const lang of langs) {
    test(`${name} in ${lang} is valid by the JSON Schema`, () => {
      validate(report(events, lang));
      assert.equal(validate.errors ?? [], []);
    });
  }
}

test('after each event from the start on, the document is valid', () => {
  for (let length = 0; length <= mixed.length; length += 1) {
    const reporter = createJsonReporter('en');
    for (const event of mixed.slice(0, length)) reporter.listen(event);
    const document = reporter.document();
    if (length === 0) assert.is(document, undefined);
    else assert.ok(validate(JSON.parse(JSON.stringify(document))), `after ${length} events`);
  }
});

test('the schema refuses documents with missing or wrong fields', () => {
  const document = report(passing);
  assert.not.ok(validate({ ...document, outcome: 'waiting' }));
  assert.not.ok(validate({ ...document, surprise: true }));
  assert.not.ok(validate({ ...document, totals: { passed: 1 } }));
});

test('totals count checks, by outcome', () => {
  assert.equal(report(passing).totals, { passed: 7, failed: 0, skipped: 0, errored: 0 });
  assert.equal(report(mixed).totals, { passed: 5, failed: 1, skipped: 2, errored: 1 });
  const document = report(mixed);
  const checks = document.labs.flatMap((lab) => lab.steps.flatMap(({ checks }) => checks));
  for (const [outcome, count] of Object.entries(document.totals))
    assert.is(checks.filter((check) => check.outcome === outcome).length, count);
});

test('the header of the document', () => {
  const { tool, runId, lang, tutorial, engine, outcome, complete, notes, teardown } = report(passing);
  assert.equal(
    { tool, runId, lang, outcome, complete },
    { tool: 'labwright', runId: 'k3v9x2', lang: 'en', outcome: 'passed', complete: true },
  );
  assert.equal(tutorial, { id: 'compose-scale', title: 'Horizontal scaling and load balancing' });
  assert.is(engine.kind, 'private');
  assert.equal(notes, ['Port 8000 is taken on this machine: nginx will publish 8001.']);
  assert.equal(teardown, { removed: 9, durationMs: 10_900 });
});

test('a check that passed: what was seen, its spread, its note, the facts', () => {
  const [answers] = step(report(passing), 'balance', 'curl')?.checks ?? [];
  assert.equal(answers, {
    id: 'all-replicas-answer',
    claim: 'All three replicas answer',
    outcome: 'passed',
    expected: null,
    actual: '3 hostnames in 30 answers',
    help: null,
    spread: {
      bars: [
        { label: '4f0c9be1d2a7', count: 13 },
        { label: 'a81d33c07e55', count: 10 },
        { label: 'c2e9017b6f48', count: 7 },
      ],
      fairness: 0.3412,
    },
    evidence: { answers: 30 },
    looks: 1,
    durationMs: 3310,
  });
  assert.match(step(report(passing), 'setup', 'build')?.checks[1]?.note ?? '', 'Nothing had to be pulled');
});

test('checks that failed, were skipped, or errored', () => {
  const document = report(mixed, 'zh-TW');
  const [wrong, skipped] = step(document, 'balance', 'curl')?.checks ?? [];
  assert.is(wrong?.expected, '來自 3 個副本的回應');
  assert.is(wrong?.actual, '30 次回應全部來自 4f0c9be1d2a7');
  assert.match(wrong?.help ?? '', 'DNS 知道 3 個 flask 副本');
  assert.equal(skipped?.reason, { message: '必須三個副本都有回應才能檢查' });
  const [lost] = step(document, 'nginx', 'up')?.checks ?? [];
  assert.is(lost?.actual, null);
  assert.equal(lost?.reason, {
    code: 'E_ENGINE_LOST',
    message: '查詢容器時，引擎停止回應。',
    hint: '請確認引擎是否仍在執行：lab doctor',
  });
});

test('commands with exit code and time; steps without checks with the reason', () => {
  const document = report(mixed);
  const scale = step(document, 'nginx', 'scale');
  assert.equal(scale?.commands, [{ line: 'docker-compose up -d --scale flask=3', exitCode: 1, durationMs: 1130 }]);
  assert.match(scale?.reason?.message ?? '', 'no space left on device');
  assert.is(step(document, 'cleanup', 'rm')?.outcome, 'skipped');
  assert.is(document.labs.find(({ id }) => id === 'cleanup')?.title, 'Cleanup');
});

test('a stopped run is not complete, and what was running is errored', () => {
  const document = report(killed);
  assert.is(document.complete, false);
  assert.is(document.outcome, 'errored');
  assert.is(document.teardown, null);
  const build = step(document, 'setup', 'build');
  assert.is(build?.outcome, 'errored');
  assert.is(build?.durationMs, 840);
  assert.equal(build?.commands.at(-1), { line: 'docker-compose build', exitCode: null, durationMs: 0 });
});

test('an interrupted run is not complete, although it finished', () => {
  const document = report(interrupted);
  assert.is(document.complete, false);
  assert.is(document.outcome, 'errored');
  assert.equal(document.teardown, { removed: 4, durationMs: 10_900 });
  assert.is(step(document, 'setup', 'up')?.checks.length, 1);
});

test('zod is used by the schema only: a run does not load it', () => {
  const folder = fileURLToPath(new URL('../../../src/report/', import.meta.url));
  const schemas = ['schema.ts', 'events-schema.ts'];
  const wrong = readdirSync(folder).filter(
    (name) =>
      name.endsWith('.ts') &&
      !schemas.includes(name) &&
      /^(?:import|export) (?!type ).*'(?:\.\/(?:events-)?schema\.ts|zod)'/m.test(readFileSync(folder + name, 'utf8')),
  );
  assert.equal(wrong, []);
});

test.run();
