import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lock, lockHolder, tryLock } from '../../../src/platform/lock.ts';
import { holdPort } from '../../../src/platform/port.ts';
import { folder } from '../../helpers/folder.ts';
import { compile, source } from '../../helpers/program.ts';
import { rejection } from '../../helpers/rejection.ts';
import { repeats } from '../../helpers/repeats.ts';
import { onSmallDisk } from '../../helpers/small-disk.ts';

/** A lock file that does not exist yet. */
const fresh = (): string => join(folder(), 'a.lock');

/** A process that takes a lock, prints a line, and waits. */
async function holder(name: string): Promise<ChildProcess> {
  const program = `
    import { tryLock } from ${source('src/platform/lock.ts')};
    console.log(await tryLock(${JSON.stringify(name)}) ? 'held' : 'taken');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [compile(program)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const [output] = await once(child.stdout.setEncoding('utf8'), 'data');
  assert.is(output, 'held\n');
  return child;
}

test('one process holds the lock until it is released', async () => {
  const name = fresh();
  const first = await tryLock(name);
  assert.ok(first);
  assert.is(await tryLock(name), undefined);
  const other = await tryLock(`${name}2`);
  assert.ok(other, 'another file is another lock');
  await first.release();
  const second = await tryLock(name);
  assert.ok(second);
  await Promise.all([second.release(), other.release()]);
});

test('releasing twice has no further effect', async () => {
  const name = fresh();
  const held = await tryLock(name);
  await held?.release();
  const next = await tryLock(name);
  await held?.release();
  assert.is(await tryLock(name), undefined, 'the second release freed the lock of the next holder');
  await next?.release();
});

test('of many at once exactly one gets the lock', async () => {
  const name = fresh();
  const all = await Promise.all(Array.from({ length: 20 }, () => tryLock(name)));
  assert.is(all.filter(Boolean).length, 1);
  await Promise.all(all.map((one) => one?.release()));
});

test('waiting processes get the lock one after another, and each is notified once that it waits', async () => {
  const path = fresh();
  const first = await lock(path, () => assert.unreachable('it was free'));
  const order: number[] = [];
  let waits = 0;
  let allWait: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    allWait = resolve;
  });
  const waiters = Array.from({ length: 5 }, async (_, at) => {
    const mine = await lock(path, () => ++waits === 5 && allWait());
    order.push(at);
    assert.is(await tryLock(path), undefined, 'two at a time');
    await mine.release();
  });
  await waiting;
  assert.equal(order, []);
  await first.release();
  await Promise.all(waiters);
  assert.is(order.length, 5);
  assert.is(waits, 5);
});

test('an abort ends the wait, with its reason', async () => {
  const path = fresh();
  const held = await lock(path);
  const stop = new AbortController();
  const reason = new Error('stopped');
  const waiting = lock(path, () => stop.abort(reason), stop.signal);
  const thrown = await waiting.catch((error: unknown) => error);
  assert.is(thrown, reason);
  await held.release();
});

test('the lock of a killed holder goes to a waiting process', async () => {
  const name = fresh();
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

test('two processes never hold the lock together, although each release removes the file', async () => {
  const path = fresh();
  const counter = join(folder({ count: '0' }), 'count');
  const times = repeats(250, 30);
  const program = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { tryLock } from ${source('src/platform/lock.ts')};
    for (let at = 0; at < ${times}; at++) {
      let held;
      while (!held) held = await tryLock(${JSON.stringify(path)});
      const count = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
      writeFileSync(${JSON.stringify(counter)}, String(count + 1));
      await held.release();
    }`;
  const compiled = compile(program);
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, [compiled], {
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  assert.equal(codes, [0, 0, 0, 0]);
  assert.is(readFileSync(counter, 'utf8'), String(4 * times));
  assert.not(existsSync(path));
});

test('the holder can be read, and the file of a killed process is free', async () => {
  const path = fresh();
  assert.is(lockHolder(path), undefined);
  const child = await holder(path);
  const named = lockHolder(path);
  assert.is(named?.pid, child.pid);
  assert.is(named?.node, process.version);
  assert.ok(Math.abs(Date.parse(named?.since ?? '') - Date.now()) < 3_600_000, named?.since);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(existsSync(path), 'a killed process leaves its file');
  const mine = await tryLock(path);
  assert.is(lockHolder(path)?.pid, process.pid);
  await mine?.release();
  assert.not(existsSync(path));
});

test('only the owner can take the lock: another user can neither lock nor block it', async () => {
  const path = fresh();
  const held = await tryLock(path);
  assert.is(statSync(path).mode & 0o777, 0o600);
  // accessible to all: only the mode of the file excludes another user
  chmodSync(dirname(path), 0o777);
  const program = `
    const { openSync } = require('node:fs');
    for (const flags of ['r', 'r+', 'a']) {
      try { openSync(${JSON.stringify(path)}, flags); console.log(flags, 'opened'); } catch (error) { console.log(flags, error.code); }
    }`;
  const tried = execFileSync(process.execPath, ['-e', program], { uid: 65534, gid: 65534, cwd: '/', encoding: 'utf8' });
  assert.is(tried, 'r EACCES\nr+ EACCES\na EACCES\n');
  await held?.release();
});

test('a lock can be taken on a full disk, because commands that free space take locks too', () =>
  onSmallDisk('64k', async (disk) => {
    const full = () => writeFileSync(join(disk, 'filler'), Buffer.alloc(100_000));
    assert.throws(full, /ENOSPC/);
    const path = join(disk, 'a.lock');
    const held = await tryLock(path);
    assert.ok(held);
    assert.is(await tryLock(path), undefined);
    assert.is(lockHolder(path), undefined, 'its name did not fit');
    await held.release();
  }));

test('a link, a named pipe or a folder instead of the lock file is an error with its path, and is not changed', async () => {
  const [dir, elsewhere] = [folder(), join(folder({ mine: 'kept' }), 'mine')];
  const [link, fifo, below] = ['link', 'fifo', 'below'].map((name) => join(dir, `${name}.lock`)) as [string, string, string];
  symlinkSync(elsewhere, link);
  execFileSync('mkfifo', [fifo]);
  mkdirSync(below);
  for (const path of [link, fifo, below]) {
    const error = await rejection(tryLock(path));
    assert.is(error.code, 'E_STATE');
    assert.match(error.text.en, path);
    assert.ok(lstatSync(path));
  }
  assert.is(readFileSync(elsewhere, 'utf8'), 'kept');
});

test('a port: the wanted one, else another; never one that another run holds', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const busy = (taken.address() as AddressInfo).port;
  const instead = await holdPort(busy);
  assert.is.not(instead.port, busy);
  assert.ok(instead.port > 0);

  // nothing listens on it, but it is held: the same port is not given twice
  const another = await holdPort(instead.port);
  assert.is.not(another.port, instead.port);
  await instead.release();
  const again = await holdPort(instead.port);
  assert.is(again.port, instead.port);
  await Promise.all([another.release(), again.release()]);
  taken.close();
});

test('a port: any, and one that is in use on every address', async () => {
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
