import { readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { verbatim } from '../../../../src/lab/text.ts';
import { loadReceipt, parseReceipt, readReceipt, receiptPath, saveReceipt } from '../../../../src/learn/receipt/file.ts';
import { type Receipt, receiptJsonSchema } from '../../../../src/learn/receipt/schema.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const check = {
  id: 'runs',
  claim: verbatim('it runs'),
  outcome: 'passed',
  actual: verbatim('it does'),
  evidence: { count: 3 },
} as const;
const step = {
  key: 'scale/out',
  title: verbatim('Scale out'),
  at: '2026-01-01T09:00:00.000Z',
  hints: 1,
  solutionShown: false,
  performed: false,
} as const;
const receipt: Receipt = {
  version: 1,
  labwright: '0.1.0',
  tutorial: { id: 'small', title: verbatim('Small'), digest: 'abc', steps: 2 },
  folder: 'small/base',
  startedAt: '2026-01-01T08:00:00.000Z',
  engine: { kind: 'docker', version: '29.0.0', compose: '2.40.0' },
  steps: [
    { ...step, checks: [check] },
    { ...step, key: 'scale/in' },
  ],
};
const written = JSON.stringify(receipt);
const whyNot = (text: string): string => {
  const found = parseReceipt(text);
  return 'why' in found ? found.why.en : 'it is a receipt';
};

test('a receipt is read as it was saved, and its file is valid by the schema', async () => {
  const dir = folder();
  assert.is(await readReceipt(dir), undefined);
  await saveReceipt(dir, receipt);
  assert.equal(await readReceipt(dir), receipt);
  const validate = new Ajv2020({ strict: false, logger: false }).compile(
    JSON.parse(readFileSync(join(assets, 'receipt.schema.json'), 'utf8')),
  );
  assert.ok(validate(JSON.parse(readFileSync(join(dir, receiptPath), 'utf8'))), JSON.stringify(validate.errors));
});

test('assets/receipt.schema.json is the schema (update: UPDATE_GOLDEN=1)', () => {
  const file = join(assets, 'receipt.schema.json');
  const current = `${JSON.stringify(receiptJsonSchema(), null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, current);
  assert.is(readFileSync(file, 'utf8'), current);
});

test('what is no receipt says why', () => {
  assert.is(whyNot(written), 'it is a receipt');
  assert.is(whyNot('{'), 'it is not JSON');
  assert.is(whyNot('null'), 'version has another form');
  assert.is(whyNot(written.replace('"version":1', '"version":2')), 'version has another form');
  assert.is(whyNot(written.replace('"hints":1', '"hints":-1')), 'steps.0.hints has another form');
  assert.is(whyNot(written.replace('"performed":false', '"performed":false,"grade":100')), 'steps.0 has another form');
  assert.is(whyNot(written.replace('scale/in', 'scale/out')), 'steps has another form');
  assert.is(
    whyNot(JSON.stringify({ ...receipt, steps: [{ ...step, checks: [check, check] }] })),
    'steps.0.checks has another form',
  );
});

test('__proto__ and deep nesting are refused before anything reads the facts', () => {
  assert.is(whyNot(written.replace('{"count":3}', '{"a":[{"__proto__":{"count":3}}]}')), 'it has a field named __proto__');
  assert.is(whyNot(written.replace('{"count":3}', `${'['.repeat(90)}3${']'.repeat(90)}`)), 'it is nested too deep');
  const deep = written.replace('{"count":3}', `${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  assert.match(whyNot(deep), /nested too deep|not JSON/);
  assert.is(({} as { count?: number }).count, undefined);
});

test('more steps, checks or facts than a receipt has are refused before the schema reads them', () => {
  const copies = (count: number) => Array<number>(count).fill(0);
  assert.is(whyNot(JSON.stringify({ ...receipt, steps: copies(1001) })), 'it has more than 1000 steps');
  assert.is(whyNot(JSON.stringify({ ...receipt, steps: copies(1000) })), 'steps.0 has another form');
  assert.is(
    whyNot(JSON.stringify({ ...receipt, steps: [step, { ...step, checks: copies(101) }] })),
    'steps.1 has more than 100 checks',
  );
  const large = { ...check, evidence: { log: 'x'.repeat(150_000) }, before: { log: 'x'.repeat(150_000) } };
  const why = 'steps.0.checks.1 has more than 250000 characters of facts';
  assert.is(whyNot(JSON.stringify({ ...receipt, steps: [{ ...step, checks: [check, large] }] })), why);
  const less = { ...large, before: {} };
  assert.is(whyNot(JSON.stringify({ ...receipt, steps: [{ ...step, checks: [less] }] })), 'it is a receipt');
  for (const odd of ['[]', '"steps"', '{"steps":[null]}', '{"steps":[{"checks":[null]}]}'])
    assert.match(whyNot(odd), 'has another form');
});

test('a file that is too large, a folder, or a link in a learner’s folder is an error that names it', async () => {
  const dir = folder({ 'large.json': '', '.labwright/other.json': written });
  truncateSync(join(dir, 'large.json'), 10_000_001);
  assert.match(String(await rejection(loadReceipt(join(dir, 'large.json'), 'E_USAGE'))), /large\.json is larger than 10 MB/);
  assert.match(String(await rejection(loadReceipt(dir, 'E_USAGE'))), 'a folder');
  symlinkSync('other.json', join(dir, receiptPath));
  assert.match(String(await rejection(readReceipt(dir))), 'a symbolic link');
  assert.ok(statSync(join(dir, '.labwright/other.json')).size > 0);
});

test.run();
