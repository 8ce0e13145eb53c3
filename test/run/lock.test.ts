import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lock, tryLock } from '../../src/engine/lock.ts';
import { holdPort } from '../../src/engine/port.ts';

/** A process that takes a lock, says so, and stays. */
async function holder(name: string): Promise<ChildProcess> {
  const program = `
    import { tryLock } from ${JSON.stringify(new URL('../../src/engine/lock.ts', import.meta.url).href)};
    console.log(await tryLock(${JSON.stringify(name)}) ? 'held' : 'taken');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const [said] = await once(child.stdout.setEncoding('utf8'), 'data');
  assert.is(said, 'held\n');
  return child;
}

test('one has it, nobody else, until it is released', async () => {
  const name = randomUUID();
  const first = await tryLock(name);
  assert.ok(first);
  assert.is(await tryLock(name), undefined);
  const other = await tryLock(`${name} `);
  assert.ok(other, 'another name is another lock');
  await first.release();
  const second = await tryLock(name);
  assert.ok(second);
  await Promise.all([second.release(), other.release()]);
});

test('released twice is released once', async () => {
  const held = await tryLock(randomUUID());
  await held?.release();
  await held?.release();
});

test('of many at once one gets it', async () => {
  const name = randomUUID();
  const all = await Promise.all(Array.from({ length: 20 }, () => tryLock(name)));
  assert.is(all.filter(Boolean).length, 1);
  await Promise.all(all.map((one) => one?.release()));
});

test('who waits is woken, one after another, and is told once that it has to wait', async () => {
  const name = randomUUID();
  const first = await lock(name, () => assert.unreachable('nobody had it'));
  const order: number[] = [];
  let waits = 0;
  const waiters = Array.from({ length: 5 }, async (_, at) => {
    const mine = await lock(name, () => waits++);
    order.push(at);
    assert.is(await tryLock(name), undefined, 'two at a time');
    await mine.release();
  });
  assert.equal(order, []);
  await first.release();
  await Promise.all(waiters);
  assert.is(order.length, 5);
  assert.is(waits, 5);
});

test('a holder that is killed loses it: who waits gets it', async () => {
  const name = randomUUID();
  const child = await holder(name);
  assert.is(await tryLock(name), undefined);
  let waiting: () => void = () => undefined;
  const waits = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  const mine = lock(name, waiting);
  await waits;
  child.kill('SIGKILL');
  await (await mine).release();
});

test('a port: the one wanted, else another; never one that is held', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const busy = (taken.address() as AddressInfo).port;
  const instead = await holdPort(busy);
  assert.is.not(instead.port, busy);
  assert.ok(instead.port > 0);

  // not listened on, only held: the same port is not given twice
  const another = await holdPort(instead.port);
  assert.is.not(another.port, instead.port);
  await instead.release();
  const again = await holdPort(instead.port);
  assert.is(again.port, instead.port);
  await Promise.all([another.release(), again.release()]);
  taken.close();
});

test('a port: any, and one that is taken on every address', async () => {
  const any = await holdPort(0);
  assert.ok(any.port > 0);
  await any.release();

  const everywhere = createServer().listen(0, '0.0.0.0');
  await once(everywhere, 'listening');
  const busy = (everywhere.address() as AddressInfo).port;
  const instead = await holdPort(busy);
  assert.is.not(instead.port, busy);
  await instead.release();
  everywhere.close();
});

test('many runs at once get a port each', async () => {
  const wanted = await holdPort(0);
  await wanted.release();
  const held = await Promise.all(Array.from({ length: 10 }, () => holdPort(wanted.port)));
  assert.is(new Set(held.map(({ port }) => port)).size, 10);
  assert.ok(held.some(({ port }) => port === wanted.port));
  await Promise.all(held.map((one) => one.release()));
});

test.run();
