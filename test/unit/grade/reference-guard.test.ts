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

/** A guard with a reference solution that ends with the next of these each time; lists what happened in order. */
function setting(...ends: readonly (Error | undefined)[]) {
  const happened: string[] = [];
  const left = [...ends];
  const guard: ReferenceGuard = new ReferenceGuard({
    journal: {
      confirm: async () => void happened.push('confirm'),
      withdraw: async () => {
        happened.push('withdraw');
        return [];
      },
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

test('the first submission waits for the reference solution to pass; the second runs beside it', async () => {
  const { guard, happened, grade } = setting();
  assert.equal(await Promise.all([grade('a'), grade('b')]), ['a', 'b']);
  assert.equal(happened.slice(0, 3), ['active', 'reference', 'b begins']);
  assert.equal(happened.filter((one) => !one.startsWith('b')).slice(2), ['confirm', 'idle', 'a begins', 'a ends']);
  assert.is(guard.trusted, true);
});

test('no grade counts before the reference solution has passed; without a submission there is nothing to wait for', async () => {
  const { guard, happened, grade } = setting();
  await guard.passed();
  assert.equal(happened, []);
  const first = grade('a');
  await guard.passed();
  assert.ok(happened.includes('confirm'));
  await first;
});

test('the reference solution is graded again only if something was graded, and then as one that has passed', async () => {
  const { guard, order, grade } = setting();
  assert.is(await guard.again(), undefined);
  assert.equal(order(), []);
  await grade('a');
  assert.is(await guard.again(), undefined);
  assert.equal(order().slice(-2), ['reference again', 'confirm']);
});

test('a faulty machine is no longer trusted: grades added since are withdrawn, and a later pass does not confirm them', async () => {
  const fault = errorOf('E_CONTROL');
  const { guard, order, grade } = setting(undefined, fault);
  await grade('a');
  assert.is(await thrown(guard.again()), fault);
  assert.equal([guard.trusted, order().slice(-2)], [false, ['reference again', 'withdraw']]);
  await guard.again();
  assert.equal(order().slice(-2), ['withdraw', 'reference again']);
});

test('a faulty rubric is no longer trusted, and nothing is withdrawn: those grades belong to other rubrics', async () => {
  const fault = errorOf('E_RUBRIC_INVALID');
  const { guard, order, grade } = setting(fault);
  assert.is(await thrown(grade('a')), fault);
  assert.is(await thrown(guard.passed()), fault);
  assert.equal([guard.trusted, guard.active, order()], [false, false, ['reference']]);
});

test('another error does not affect the trust in the machine', async () => {
  const lost = errorOf('E_ENGINE_LOST');
  const { guard, order, grade } = setting(undefined, lost);
  await grade('a');
  assert.is(await thrown(guard.again()), lost);
  assert.equal([guard.trusted, order().includes('withdraw')], [true, false]);
});

test('contention in the first grading: running submissions end, then the reference solution is graded alone', async () => {
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

test('contention in a later grading returns a task that grades the reference solution alone', async () => {
  const { guard, order, grade } = setting(undefined, new ContentionError('memory'));
  await grade('a');
  const left = await guard.again();
  assert.is(order().at(-1), 'reference again');
  await left?.();
  assert.equal(order().slice(-2), ['reference again alone', 'confirm']);
});

test.run();
