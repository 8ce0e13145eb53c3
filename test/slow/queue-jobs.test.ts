// without an engine
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openQueue } from '../../src/grade/queue/bull/open-queue.ts';
import type { Perform } from '../../src/grade/queue/port.ts';
import { ownTime } from '../helpers/faketime.ts';
import {
  aborted,
  announcement,
  endsOf,
  heldJob,
  jobOf,
  queueScene,
  shortTimes as times,
  until,
  workerState,
} from '../helpers/queue.ts';
import type { TestQueueServer } from '../helpers/queue-server.ts';
import { startWorker } from '../helpers/queue-worker.ts';

const text = (body: Buffer | undefined) => body?.toString();
test('jobs are performed by any worker, or by the one that they are for, and their results arrive', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  await cls.send(jobOf('all-1', { body: '\0\xff' }));
  await cls.sendTo('w1', jobOf('one-1'));
  await using member = await queue.join('c1', workerState());
  member.serveShared(2, async ({ id, body, attempt, limitMs }) =>
    Buffer.concat([Buffer.from(`${id} ${attempt} ${limitMs} `), body]),
  );
  member.serveDirected(async ({ id }) => Buffer.from([0, 128, ...Buffer.from(id)]));
  const [all, one] = [await ends.of('all-1'), await ends.of('one-1')];
  assert.ok(all.ok && one.ok);
  assert.equal([all.worker, one.worker], ['w1', 'w1']);
  assert.is(all.body.toString(), 'all-1 1 60000 \0\xff');
  assert.equal(one.body, Buffer.from([0, 128, ...Buffer.from('one-1')]));
  assert.ok(all.durationMs >= 0);
  assert.equal(await Promise.all([cls.has('all-1'), cls.has('one-1'), cls.has('none')]), [true, true, false]);

  await cls.settle('all-1');
  await cls.settle('one-1');
  assert.equal(await Promise.all([cls.has('all-1'), cls.has('one-1')]), [false, false]);
  assert.equal(
    (await server.keys()).filter((key) => /all-1|one-1|body|result/.test(key)),
    [],
  );
  // a settled job may be sent again, and ends again
  await cls.send(jobOf('all-1'));
  await until(async () => ends.all.filter(({ id }) => id === 'all-1').length === 2);
});

test('a job that is sent again while it is there changes nothing', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  await cls.send(jobOf('a', { body: 'first' }));
  await cls.send(jobOf('a', { body: 'second' }));
  await cls.sendTo('w1', jobOf('a', { body: 'third' }));
  const performed: string[] = [];
  await using member = await queue.join('c1', workerState());
  const perform: Perform = async ({ body }) => {
    performed.push(body.toString());
    return body;
  };
  member.serveDirected(perform);
  member.serveShared(1, perform);
  await cls.send(jobOf('b', { body: 'last' }));
  await ends.of('b');
  await cls.send(jobOf('a', { body: 'fourth' }));
  await cls.send(jobOf('c', { body: 'end' }));
  await ends.of('c');
  assert.equal(performed, ['first', 'last', 'end']);
  assert.equal(
    ends.all.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});

test('a worker performs as many jobs at a time as it has slots, and one for itself beside them', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  for (const id of ['a', 'b', 'c', 'd']) await cls.send(jobOf(id));
  await cls.sendTo('w1', jobOf('x'));
  await cls.sendTo('w1', jobOf('y'));
  await using member = await queue.join('c1', workerState());
  const [running, most] = [
    { shared: 0, own: 0 },
    { shared: 0, own: 0 },
  ];
  const counting =
    (kind: 'shared' | 'own'): Perform =>
    async () => {
      running[kind]++;
      most[kind] = Math.max(most[kind], running[kind]);
      // the other slots have asked for a job meanwhile
      await queue.overview();
      await queue.overview();
      running[kind]--;
      return Buffer.of();
    };
  member.serveShared(2, counting('shared'));
  member.serveDirected(counting('own'));
  for (const id of ['a', 'b', 'c', 'd', 'x', 'y']) await ends.of(id);
  assert.equal(most, { shared: 2, own: 1 });
});

test('after three attempts that fail, a job ends with the last reason, short and printable', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  await using member = await queue.join('c1', workerState());
  const attempts: number[] = [];
  member.serveShared(1, async ({ attempt }) => {
    attempts.push(attempt);
    throw new Error(`no ${attempt}\u001b[31m\n${'x'.repeat(2000)}`);
  });
  await cls.send(jobOf('a'));
  const ended = await ends.of('a');
  assert.ok(!ended.ok);
  assert.equal(attempts, [1, 2, 3]);
  assert.is(ended.why, 'failed');
  assert.is(ended.worker, 'w1');
  assert.match(ended.reason, /^no 3\[U\+001B\]\[31m x+…$/);
  assert.is(ended.reason.length, 300);
  // neither the server's copy nor its stream of events has more
  for (const key of await server.client.keys('labwright:c1:shared:*')) {
    if ((await server.client.type(key)) === 'hash')
      assert.not.match(JSON.stringify(await server.client.hgetall(key)), /x{300}|at .*\.ts/);
  }
});

test('a job that takes longer than its limit is aborted, and the attempt failed', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  await using member = await queue.join('c1', workerState());
  const reasons: unknown[] = [];
  member.serveShared(1, async (_, signal) => {
    await aborted(signal);
    reasons.push(signal.reason.why);
    throw signal.reason;
  });
  await cls.send(jobOf('a', { limitMs: 50 }));
  const ended = await ends.of('a');
  assert.equal(reasons, ['limit', 'limit', 'limit']);
  assert.ok(!ended.ok);
  assert.is(ended.reason, 'it took longer than 0.05 s');
});

test('a worker that leaves gives its job back, and that costs no attempt', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  await cls.send(jobOf('a'));
  for (let time = 0; time < 4; time++) {
    const member = await queue.join('c1', workerState(`leaving-${time}`));
    const { perform, started, attempts } = heldJob();
    member.serveShared(1, perform);
    const signal = await started;
    await member[Symbol.asyncDispose]();
    assert.is(signal.reason.why, 'leaving');
    assert.equal(attempts, [1]);
    const [overview] = await queue.overview();
    assert.equal(overview?.jobs, { waiting: 1, active: 0, ended: 0 });
    assert.equal(overview?.workers, []);
  }
  await using member = await queue.join('c1', workerState('stays'));
  member.serveShared(1, async ({ attempt }) => Buffer.from(`attempt ${attempt}`));
  const ended = await ends.of('a');
  assert.is(ended.ok && text(ended.body), 'attempt 1');
});

test('a worker that leaves delivers what it has finished', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  await cls.send(jobOf('a'));
  const member = await queue.join('c1', workerState());
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  member.serveShared(1, async (_, signal) => {
    begun();
    await aborted(signal);
    return Buffer.from('done');
  });
  await started;
  await member[Symbol.asyncDispose]();
  const ended = await ends.of('a');
  assert.is(ended.ok && text(ended.body), 'done');
});

/** Resolves when workers have searched for lost jobs so many times. */
async function searched({ client }: TestQueueServer, times: number): Promise<void> {
  const key = 'labwright:c1:shared:stalled-check';
  for (let time = 0; time < times; time++) {
    const before = await client.get(key);
    await until(async () => ![before, null].includes(await client.get(key)));
  }
}

test('a worker that holds its lease for longer than the lease keeps it', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends, server } = scene;
  await cls.send(jobOf('a'));
  await using first = await queue.join('c1', workerState('w1'));
  const { perform, started, finish, attempts } = heldJob();
  first.serveShared(1, perform);
  await started;
  await using second = await queue.join('c1', workerState('w2'));
  second.serveShared(1, async () => Buffer.from('second'));
  await searched(server, 3);
  finish('first');
  const ended = await ends.of('a');
  assert.is(ended.ok && text(ended.body), 'first');
  assert.equal(attempts, [1]);
});

test('a job whose worker is killed is given to another one; after three it is lost', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  await cls.send(jobOf('a'));
  const seen: string[] = [];
  for (const id of ['k1', 'k2']) {
    const child = await startWorker(server.url, 'c1', id, times);
    seen.push(await child.printed(/^performing/));
    await child.kill();
  }
  assert.equal(seen, ['performing a 1', 'performing a 2']);
  const { perform, started, finish, attempts } = heldJob();
  await using member = await queue.join('c1', workerState('w3'));
  member.serveShared(1, perform);
  await started;
  assert.equal(attempts, [3]);
  finish('at last');
  assert.ok((await ends.of('a')).ok);

  await cls.send(jobOf('b'));
  await member[Symbol.asyncDispose]();
  for (const id of ['k3', 'k4', 'k5']) {
    const child = await startWorker(server.url, 'c1', id, times);
    await child.printed(/^performing b/);
    await child.kill();
  }
  await using last = await queue.join('c1', workerState('w4'));
  last.serveShared(1, async () => Buffer.from('too late'));
  assert.equal(await ends.of('b'), { id: 'b', ok: false, why: 'lost', reason: '3 workers disappeared while they performed it' });
});

test('a result that arrives after its lease was lost is not taken', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  await cls.send(jobOf('a'));
  const late = await startWorker(server.url, 'c1', 'late', times);
  await late.printed(/^performing a 1/);
  late.child.kill('SIGSTOP');
  const member = await queue.join('c1', workerState('w2'));
  member.serveShared(1, async () => Buffer.from('in time'));
  const ended = await ends.of('a');
  await member[Symbol.asyncDispose]();
  late.finish('late');
  late.child.kill('SIGCONT');
  await late.printed(/^finished a/);
  // it takes the next one after it has reported the first
  await cls.send(jobOf('b'));
  await late.printed(/^performing b/);
  await late.kill();
  assert.is(ended.ok && text(ended.body), 'in time');
  assert.equal(Object.values(await server.client.hgetall('labwright:c1:result:a')), ['in time']);
  assert.is(ends.all.filter(({ id }) => id === 'a').length, 1);
});

test('leases do not depend on the clocks of the machines: one is a minute ahead, one a minute behind', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  for (const [id, seconds] of [
    ['ahead', 60],
    ['behind', -60],
  ] as const) {
    const clock = await ownTime();
    await clock.set(seconds);
    await cls.send(jobOf(`own-${id}`));
    const member = await queue.join('c1', workerState());
    const { perform, started, finish, attempts } = heldJob();
    member.serveShared(1, perform);
    await started;
    // the other one searches for lost jobs too, and performs a job of its own
    const child = await startWorker(server.url, 'c1', id, times, clock.env);
    await cls.send(jobOf(id));
    await child.printed(new RegExp(`^performing ${id} 1$`));
    await searched(server, 8);
    finish('own');
    child.finish('other');
    const [own, other] = [await ends.of(`own-${id}`), await ends.of(id)];
    assert.is(own.ok && text(own.body), 'own');
    assert.is(other.ok && text(other.body), 'other');
    assert.equal(attempts, [1]);
    await child.kill();
    await member[Symbol.asyncDispose]();
  }
});

test('a worker is told when it has lost its lease', async () => {
  await using scene = await queueScene();
  const { queue, cls } = scene;
  await using member = await queue.join('c1', workerState());
  const { perform, started } = heldJob();
  member.serveShared(1, perform);
  await cls.send(jobOf('a'));
  const signal = await started;
  await cls.settle('a');
  await aborted(signal);
  assert.is(signal.reason.why, 'lease lost');
});

test('a job for a worker that is gone is lost', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  const child = await startWorker(server.url, 'c1', 'k1', times);
  assert.equal(
    (await cls.workers()).map(({ id, host }) => [id, host]),
    [['k1', 'child']],
  );
  await cls.sendTo('k1', jobOf('a'));
  await child.kill();
  assert.equal(await ends.of('a'), { id: 'a', ok: false, worker: 'k1', why: 'lost', reason: 'its worker disappeared' });
  assert.equal(await cls.workers(), []);
  // it can be given to another one
  await cls.settle('a');
  await using member = await queue.join('c1', workerState('w2'));
  member.serveDirected(async () => Buffer.from('done'));
  await cls.sendTo('w2', jobOf('a'));
  await until(async () => ends.all.some(({ id, ok }) => id === 'a' && ok));
});

test('a job that ended while the coordinator was away is told to the next one', async () => {
  await using scene = await queueScene();
  const { server, queue, cls } = scene;
  await using member = await queue.join('c1', workerState());
  member.serveShared(1, async ({ id }) => {
    if (id === 'b') throw new Error('no');
    return Buffer.from('done');
  });
  await cls[Symbol.asyncDispose]();
  await aborted(member.ended);
  await using other = await openQueue(server.address, { times, signal: new AbortController().signal });
  const away = await other.openClass(announcement());
  await away.send(jobOf('a'));
  await away.send(jobOf('b'));
  await until(async () => (await other.overview())[0]?.jobs.ended === 2);
  await away[Symbol.asyncDispose]();
  const again = await other.openClass(announcement());
  const ends = endsOf(again);
  const [a, b] = [await ends.of('a'), await ends.of('b')];
  assert.is(a.ok && text(a.body), 'done');
  assert.is(!b.ok && b.reason, 'no');
  await again[Symbol.asyncDispose]();
});

test('the listener is called for one job at a time, and again if it failed', async () => {
  await using scene = await queueScene();
  const { queue, cls } = scene;
  await using member = await queue.join('c1', workerState());
  member.serveShared(2, async () => Buffer.of());
  for (const id of ['a', 'b', 'c']) await cls.send(jobOf(id));
  await until(async () => (await queue.overview())[0]?.jobs.ended === 3);
  const calls: string[] = [];
  let running = 0;
  cls.onEnded(async ({ id }) => {
    assert.is(++running, 1);
    calls.push(id);
    await queue.overview();
    running--;
    if (calls.length === 1) throw new Error('the disk is full');
  });
  await until(async () => calls.length === 4);
  assert.equal(calls.slice(1).sort(), ['a', 'b', 'c']);
  assert.is(calls[0], calls[1]);
});

test('the end of a class removes everything, and its workers leave', async () => {
  await using scene = await queueScene();
  const { server, queue, cls } = scene;
  await server.client.set('labwright-other', 'foreign');
  await server.client.set('bull:other:wait', 'foreign');
  await using member = await queue.join('c1', workerState());
  const { perform, started } = heldJob();
  member.serveShared(1, perform);
  await cls.send(jobOf('a'));
  await cls.send(jobOf('b'));
  await cls.sendTo('w1', jobOf('c'));
  await started;
  await cls.end();
  await aborted(member.ended);
  await member[Symbol.asyncDispose]();
  assert.equal(await server.keys(), []);
  assert.equal((await server.client.keys('*')).sort(), ['bull:other:wait', 'labwright-other']);
});

test('what is being sent when a class ends is removed too, and nothing is sent afterwards', async () => {
  await using scene = await queueScene();
  const { server, cls } = scene;
  const sending = Array.from({ length: 20 }, (_, at) =>
    at % 2 === 0 ? cls.send(jobOf(`a${at}`)) : cls.sendTo('w1', jobOf(`b${at}`)),
  );
  await cls.end();
  await Promise.all(sending);
  await cls.send(jobOf('late'));
  await cls.announce();
  assert.equal(await server.keys(), []);
});

test('a result that arrives while its class is being removed is not stored', async () => {
  await using scene = await queueScene();
  const { server, queue, cls } = scene;
  const member = await queue.join('c1', workerState());
  const { perform, started, finish } = heldJob();
  member.serveShared(1, perform);
  await cls.send(jobOf('a'));
  await started;
  // the first step of the removal; the coordinator would announce the class again
  await cls[Symbol.asyncDispose]();
  const announcement = (await server.keys()).find((key) => key.endsWith(':announcement'));
  assert.ok(announcement);
  await server.client.del(announcement);
  finish('late');
  await member[Symbol.asyncDispose]();
  assert.equal(
    (await server.keys()).filter((key) => key.includes(':result:')),
    [],
  );
});

test('workers leave when the coordinator has disappeared', async () => {
  await using scene = await queueScene();
  const { queue, cls } = scene;
  await using member = await queue.join('c1', workerState());
  assert.is(member.ended.aborted, false);
  assert.equal((await queue.classes()).length, 1);
  await cls[Symbol.asyncDispose]();
  await aborted(member.ended);
  assert.equal(await queue.classes(), []);
  assert.is((await queue.overview())[0]?.coordinator, 'gone');
});

test('classes are listed in the order of their start, with their setup', async () => {
  await using scene = await queueScene();
  const { queue } = scene;
  await using later = await queue.openClass(announcement('c0', '2026-01-02T00:00:00Z'));
  assert.is(later.id, 'c0');
  assert.equal(await queue.classes(), [announcement(), announcement('c0', '2026-01-02T00:00:00Z')]);
});

test('a worker describes itself again', async () => {
  await using scene = await queueScene();
  const { queue, cls } = scene;
  await using member = await queue.join('c1', workerState());
  const next = {
    ...workerState(),
    stage: 'unfit' as const,
    jobs: [{ id: 'a', forMs: 5 }],
    why: { en: 'other', 'zh-TW': '其他' },
  };
  await member.update(next);
  assert.equal(await cls.workers(), [next]);
});

test('drained: running jobs end, no further one is taken, until the coordinator starts again', async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  await using member = await queue.join('c1', workerState());
  const { perform, started, finish } = heldJob();
  member.serveShared(1, perform);
  await cls.send(jobOf('a'));
  await started;
  await cls.send(jobOf('b'));
  await queue.drain(['c1']);
  await aborted(member.draining);
  finish('done');
  await ends.of('a');
  await using fresh = await queue.join('c1', workerState('w2'));
  assert.is(fresh.draining.aborted, true);
  fresh.serveShared(1, async () => Buffer.from('fresh'));
  const [overview] = await queue.overview();
  assert.is(overview?.draining, true);
  assert.equal(overview?.jobs, { waiting: 1, active: 0, ended: 1 });
  assert.is(overview?.bytes, 'body'.length * 2 + 'done'.length);
  assert.equal(
    overview?.workers.map(({ id }) => id),
    ['w1', 'w2'],
  );

  await cls[Symbol.asyncDispose]();
  await using again = await queue.openClass(announcement());
  const next = endsOf(again);
  await using third = await queue.join('c1', workerState('w3'));
  third.serveShared(1, async () => Buffer.from('third'));
  const ended = await next.of('b');
  assert.is(ended.ok && ended.worker, 'w3');
});

test('purge removes a class and nothing else; a coordinator that is alive notices, and can send its jobs again', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  const other = await queue.openClass(announcement('c2'));
  await other.send(jobOf('x'));
  await server.client.set('other', 'foreign');
  const states: string[] = [];
  const back = new Promise<void>((resolve) => {
    queue.onConnection((state) => {
      states.push(state);
      if (state === 'back') resolve();
    });
  });
  await cls.send(jobOf('a'));
  await queue.purge(['c1']);
  assert.equal(
    (await server.keys()).filter((key) => key.startsWith('labwright:c1:')),
    [],
  );
  assert.is(await server.client.get('other'), 'foreign');
  assert.is(await other.has('x'), true);
  await back;
  assert.equal(states, ['lost', 'back']);
  assert.is(await cls.has('a'), false);
  await cls.send(jobOf('a'));
  await using member = await queue.join('c1', workerState());
  member.serveShared(1, async () => Buffer.from('done'));
  assert.ok((await ends.of('a')).ok);
  await other.end();
});

test('a body that was changed on the server, or removed, is not graded: it is damaged', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  await cls.send(jobOf('a'));
  await cls.send(jobOf('b'));
  await server.client.set('labwright:c1:body:a', 'other');
  await server.client.del('labwright:c1:body:b');
  await using member = await queue.join('c1', workerState());
  member.serveShared(1, async () => Buffer.from('graded'));
  const [a, b] = [await ends.of('a'), await ends.of('b')];
  assert.equal(!a.ok && [a.why, a.reason], ['damaged', 'its body was changed on the server']);
  assert.equal(!b.ok && [b.why, b.reason], ['damaged', 'its body is not on the server']);
});

test('a result that was removed from the server is damaged', async () => {
  await using scene = await queueScene();
  const { server, queue, cls } = scene;
  await cls.send(jobOf('a'));
  {
    await using member = await queue.join('c1', workerState());
    // nobody is told of results while the coordinator is away
    cls.onEnded(() => Promise.reject(new Error('away')));
    member.serveShared(1, async () => Buffer.from('graded'));
    await until(async () => (await server.client.zcard('labwright:c1:shared:completed')) === 1);
  }
  await server.client.del('labwright:c1:result:a');
  const ended = await endsOf(cls).of('a');
  assert.equal(!ended.ok && [ended.why, ended.reason], ['damaged', 'its result is not on the server']);
});

test("a worker's word that the body is damaged is not enough", async () => {
  await using scene = await queueScene();
  const { queue, cls, ends } = scene;
  await cls.send(jobOf('a'));
  await using member = await queue.join('c1', workerState());
  member.serveShared(1, () => Promise.reject(new Error('its body is not on the server')));
  const ended = await ends.of('a');
  assert.equal(!ended.ok && [ended.why, ended.reason], ['failed', 'its body is not on the server']);
});

test('a job is not told as ended if it has not ended, as after a restart without data between two questions', async () => {
  await using scene = await queueScene();
  const { server, queue, cls } = scene;
  await cls.send(jobOf('a'));
  await cls.send(jobOf('b'));
  await server.client.zadd('labwright:c1:shared:completed', 1, 'j-a');
  await using member = await queue.join('c1', workerState());
  const held = heldJob();
  member.serveShared(2, (job, signal) => (job.id === 'a' ? held.perform(job, signal) : Promise.resolve(Buffer.from('done'))));
  const ends = endsOf(cls);
  // the queue was examined
  await ends.of('b');
  assert.equal(
    ends.all.map(({ id }) => id),
    ['b'],
  );
  await held.started;
  held.finish('done');
  assert.ok((await ends.of('a')).ok);
});

test('an ID that could reach keys of others is refused', async () => {
  await using scene = await queueScene();
  const { cls } = scene;
  const error = await cls.send(jobOf('a:b')).catch((thrown) => thrown);
  assert.is(error.code, 'E_QUEUE');
  assert.match(error.message, /'a:b' is not an ID of the queue/);
});

test.run();
