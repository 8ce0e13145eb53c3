import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SentWork } from '../../../../src/grade/grade-key.ts';
import { ClassBodies, openSetup, sealSetup } from '../../../../src/grade/queue/bodies.ts';
import {
  type Order,
  parseOrder,
  parseResult,
  parseSetup,
  type Result,
  receivedError,
  type Setup,
  sentError,
  written,
} from '../../../../src/grade/queue/messages.ts';
import { SealError, seal } from '../../../../src/grade/queue/seal.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { text } from '../../../../src/lab/text.ts';
import { grade } from '../../../fixtures/graded.ts';
import { folder } from '../../../helpers/folder.ts';

const setup: Setup = {
  rules: {
    tutorial: 'compose-scale',
    rubric: { path: '/x/rubric.yaml', source: 'lab: nginx # 班級' },
    exam: { count: 5, seed: 2026 },
  },
  buildNetwork: 'packages',
  trust: false,
};
const order: Order = {
  kind: 'grade',
  key: 'a'.repeat(64),
  part: 'fault-3',
  composeFile: 'compose.yaml',
  images: ['python:3.13-slim sha256:1'],
  answers: { flask: 'web' },
  notes: [{ code: 'file-names', text: text('decoded as Big5', '以 Big5 解碼') }],
};
const failed = { code: 'E_CONTROL', text: text('a point was lost', '少了一分'), hint: text('look', '看看') } as const;
const results: readonly Result[] = [
  { kind: 'grade', grade: grade(), final: true, round: 2 },
  { kind: 'images', images: ['redis:7 sha256:2'] },
  { kind: 'reference', round: 1 },
  { kind: 'reference', round: 0, failed },
];
const key = Buffer.alloc(32, 1);
const garbage: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['shorter than its length', Buffer.from([0, 0])],
  ['no JSON', Buffer.from('\0\0\0\x05{"kin')],
  ['JSON that ends too early', written({ kind: 'reference' }).subarray(0, 10)],
  ['a length beyond its end', Buffer.from('\xff\xff\xff\xff{}', 'latin1')],
  ['another object', written({} as Order)],
  ['null', written(null as unknown as Order)],
  ['an unknown kind', written({ kind: 'shell' } as unknown as Order)],
];

test('each message is read as it was written', () => {
  assert.equal(parseSetup(written(setup)), setup);
  const attached = Buffer.from([0, 255, 10, 13]);
  assert.equal(parseOrder(written(order, attached)), { order, attached });
  assert.equal(parseOrder(written({ kind: 'reference' })).order, { kind: 'reference' });
  for (const one of results) assert.equal(parseResult(written(one)), one);
});

for (const [name, body] of garbage)
  test(`what is no message is not read: ${name}`, () => {
    for (const parse of [parseSetup, parseOrder, parseResult]) assert.throws(() => parse(body));
  });

test('a message with a wrong, missing or further field is not read', () => {
  const { trust: _, ...incomplete } = setup;
  const wrong = (change: object) => written({ ...order, ...change } as Order);
  assert.throws(() => parseSetup(written(incomplete as Setup)));
  assert.throws(() => parseSetup(written({ ...setup, buildNetwork: 'host' } as unknown as Setup)));
  for (const change of [{ images: 'x' }, { answers: { flask: 1 } }, { name: 'ann' }, { notes: [{}] }])
    assert.throws(() => parseOrder(wrong(change)), JSON.stringify(change));
  assert.throws(() => parseResult(written({ kind: 'grade', grade: grade(), final: true, round: -1 })));
  assert.throws(() => parseResult(written({ kind: 'grade', grade: { points: 100 }, final: true, round: 0 } as never)));
});

test('an error arrives with its code, texts and hint', () => {
  const error = new LabError(failed.code, failed.text, failed.hint);
  assert.equal(sentError(error), failed);
  const { code, text: words, hint, exitCode } = receivedError(sentError(error));
  assert.equal([code, words, hint, exitCode], [failed.code, failed.text, failed.hint, error.exitCode]);
});

function work(): SentWork {
  const dir = folder();
  mkdirSync(join(dir, 'app'));
  writeFileSync(join(dir, 'app', 'main.py'), 'canary content of the submission');
  const { kind: _, ...rest } = order as Extract<Order, { kind: 'grade' }>;
  return { ...rest, name: 'canary-ann', dir };
}
const { signal } = new AbortController();
const ended = (id: string, body: Buffer) => ({ id, ok: true, worker: 'w1', body, durationMs: 1 }) as const;

for (const own of [key, undefined])
  test(`bodies ${own ? 'with' : 'without'} a key belong to one class and one job`, async () => {
    const bodies = new ClassBodies('class-1', own);
    const body = await bodies.grade('job-1', work(), signal);
    const { order: read, attached } = bodies.order('job-1', body);
    assert.equal(read, order);
    assert.equal([...attached.subarray(0, 2)], [0x1f, 0x8b], 'a gzip file');
    assert.not.ok(body.includes('canary-ann'), 'the name of a student is not sent');
    assert.is(body.includes('compose.yaml'), own === undefined);
    assert.throws(() => bodies.order('job-2', body), /./);
    for (const other of [new ClassBodies('class-2', own), new ClassBodies('class-1', own ? undefined : key)])
      assert.throws(
        () => other.order('job-1', body),
        (error: Error) => error instanceof SealError,
      );
    assert.throws(
      () => bodies.order('job-1', bodies.result('job-1', results[2] as Result)),
      (error: Error) => error instanceof SealError,
    );
    assert.equal(bodies.order('r', bodies.reference('r')).order, { kind: 'reference' });

    const sealed = sealSetup(setup, 'class-1', own);
    assert.equal(openSetup(sealed, 'class-1', own), setup);
    assert.throws(
      () => openSetup(sealed, 'class-2', own),
      (error: Error) => error instanceof SealError,
    );
  });

test('a result counts only for its job; anything else is undefined', () => {
  const bodies = new ClassBodies('class-1', key);
  for (const one of results) assert.equal(bodies.read(ended('job-1', bodies.result('job-1', one))), one);
  const body = bodies.result('job-1', results[0] as Result);
  assert.is(bodies.read(ended('job-2', body)), undefined, 'of another job');
  assert.is(bodies.read(ended('job-1', new ClassBodies('class-1', undefined).result('job-1', results[0] as Result))), undefined);
  assert.is(bodies.read(ended('job-1', body.subarray(0, -1))), undefined, 'cut off');
  const changed = Buffer.from(body);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  assert.is(bodies.read(ended('job-1', changed)), undefined, 'changed');
  assert.is(bodies.read(ended('job-1', bodies.reference('job-1'))), undefined, 'an order');
  for (const [name, plain] of garbage) {
    assert.is(bodies.read(ended('job-1', plain)), undefined, name);
    assert.is(bodies.read(ended('job-1', seal(plain, 'class-1 result job-1', key))), undefined, `sealed: ${name}`);
  }
});

test.run();
