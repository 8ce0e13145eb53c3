import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ContentionError } from '../../../src/grade/errors.ts';
import { ReferenceGuard } from '../../../src/grade/reference-guard.ts';
import { type ErrorCode, LabError } from '../../../src/lab/error.ts';
import { verbatim } from '../../../src/lab/text.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const errorOf = (code: ErrorCode) => new LabError(code, verbatim(code), verbatim('hint'));

/** A guard whose reference solution ends each time as the next of these; all that happens is listed in order. */
function setting(...ends: readonly (Error | undefined)[]) {
  const happened: string[] = [];
  const left = [...ends];
  const guard: ReferenceGuard = new ReferenceGuard({
    journal: {
      confirm: async () => void happened.push('confirm'),
      withdraw: async () => void happened.push('withdraw'),
    },
    gradeReference: async ({ passed, alone }) => {
      happened.push(`reference${passed ? ' again' : ''}${alone ? ' alone' : ''}`);
      await turn();
      const end = left.shift();
      if (end) throw end;
    },
    onChange: () => void happened.push(guard.active ? 'active' : 'idle'),
  });
  const grade = (id: string, until: Promise<unknown> = turn()) =>
    guard.begin(async () => {
      happened.push(`${id} begins`);
      await until;
      happened.push(`${id} ends`);
      return id;
    });
  const order = () => happened.filter((one) => one !== 'active' && one !== 'idle');
  return { guard, happened, grade, order };
}

test('the reference solution passes before the first submission begins; the second goes on beside it', async () => {
  const { guard, happened, grade } = setting();
  assert.equal(await Promise.all([grade('a'), grade('b')]), ['a', 'b']);
  assert.equal(happened.slice(0, 3), ['active', 'reference', 'b begins']);
  assert.equal(happened.filter((one) => !one.startsWith('b')).slice(2), ['confirm', 'idle', 'a begins', 'a ends']);
  assert.is(guard.trusted, true);
});

test('nothing counts before the reference solution has passed; where nothing was graded, there is nothing to wait for', async () => {
  const { guard, happened, grade } = setting();
  await guard.passed();
  assert.equal(happened, []);
  const first = grade('a');
  await guard.passed();
  assert.ok(happened.includes('confirm'));
  await first;
});

test('it is graded again only where something was graded, and then as one that has passed', async () => {
  const { guard, order, grade } = setting();
  assert.is(await guard.again(), undefined);
  assert.equal(order(), []);
  await grade('a');
  assert.is(await guard.again(), undefined);
  assert.equal(order().slice(-2), ['reference again', 'confirm']);
});

test('a machine at fault is trusted no more: what was added since is withdrawn, and no later pass confirms it', async () => {
  const fault = errorOf('E_CONTROL');
  const { guard, order, grade } = setting(undefined, fault);
  await grade('a');
  assert.is(await thrown(guard.again()), fault);
  assert.equal([guard.trusted, order().slice(-2)], [false, ['reference again', 'withdraw']]);
  await guard.again();
  assert.equal(order().slice(-2), ['withdraw', 'reference again']);
});

test('a rubric at fault is trusted no more, and nothing is withdrawn: other rubrics graded that', async () => {
  const fault = errorOf('E_RUBRIC_INVALID');
  const { guard, order, grade } = setting(fault);
  assert.is(await thrown(grade('a')), fault);
  assert.is(await thrown(guard.passed()), fault);
  assert.equal([guard.trusted, guard.active, order()], [false, false, ['reference']]);
});

test('another error says nothing about the machine', async () => {
  const lost = errorOf('E_ENGINE_LOST');
  const { guard, order, grade } = setting(undefined, lost);
  await grade('a');
  assert.is(await thrown(guard.again()), lost);
  assert.equal([guard.trusted, order().includes('withdraw')], [true, false]);
});

test('contention at the first check: all under way ends, then it is graded alone', async () => {
  const { order, grade } = setting(new ContentionError());
  let end = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    end = resolve;
  });
  const both = Promise.all([grade('a'), grade('b', until)]);
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.equal(order(), ['reference', 'b begins']);
  end();
  await both;
  assert.equal(order(), ['reference', 'b begins', 'b ends', 'reference alone', 'confirm', 'a begins', 'a ends']);
});

test('contention at a later check leaves a task that grades it alone', async () => {
  const { guard, order, grade } = setting(undefined, new ContentionError('memory'));
  await grade('a');
  const left = await guard.again();
  assert.is(order().at(-1), 'reference again');
  await left?.();
  assert.equal(order().slice(-2), ['reference again alone', 'confirm']);
});

test.run();
