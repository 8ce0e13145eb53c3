import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AloneGate } from '../../../../src/grade/queue/alone-gate.ts';

/** Works that are ended by hand, and what happened in order. */
function setting() {
  const gate = new AloneGate();
  const happened: string[] = [];
  const work = (name: string) => {
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const run = async () => {
      happened.push(`${name} begins`);
      await ended;
      happened.push(`${name} ends`);
    };
    return { run, end };
  };
  return { gate, happened, work };
}
const turns = () => new Promise((resolve) => setImmediate(resolve));

test('works run beside each other', async () => {
  const { gate, happened, work } = setting();
  const [one, two] = [work('one'), work('two')];
  const both = [gate.beside(one.run), gate.beside(two.run)];
  await turns();
  assert.equal(happened, ['one begins', 'two begins']);
  one.end();
  two.end();
  await Promise.all(both);
});

test('work alone waits for the others, and the others wait for it', async () => {
  const { gate, happened, work } = setting();
  const [one, alone, later, second] = [work('one'), work('alone'), work('later'), work('second')];
  const all = [gate.beside(one.run), gate.alone(alone.run), gate.beside(later.run), gate.alone(second.run)];
  await turns();
  assert.equal(happened, ['one begins']);
  one.end();
  await turns();
  assert.equal(happened.slice(1), ['one ends', 'alone begins']);
  alone.end();
  await turns();
  assert.equal(happened.slice(3), ['alone ends', 'second begins']);
  second.end();
  later.end();
  await Promise.all(all);
  assert.equal(happened.slice(5), ['second ends', 'later begins', 'later ends']);
});

test('a failure reaches the caller only', async () => {
  const { gate } = setting();
  const fails = async () => {
    throw new Error('no');
  };
  for (const failing of [gate.beside(fails), gate.alone(fails)])
    assert.is(await failing.catch((error: Error) => error.message), 'no');
  assert.is(await gate.beside(async () => 'works'), 'works');
});

test.run();
