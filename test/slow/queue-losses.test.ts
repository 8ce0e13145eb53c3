// time limit: 600 s
// without an engine
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadQueueAddress } from '../../src/grade/queue/address.ts';
import { sealSetup } from '../../src/grade/queue/bodies.ts';
import { openQueue } from '../../src/grade/queue/bull/open-queue.ts';
import type { WorkerEvent } from '../../src/grade/queue/worker.ts';
import { unlessAborted } from '../../src/platform/any-signal.ts';
import { folder } from '../helpers/folder.ts';
import { compile, source } from '../helpers/program.ts';
import { announcement, gate, until } from '../helpers/queue.ts';
import { keyOf, lossTimes, pointsOf, submissions } from '../helpers/queue-class.ts';
import {
  assertGraded,
  gradeClass,
  journalOf,
  keyOfSubmission,
  kinds,
  names,
  startWaitingWorker,
  startWorker,
} from '../helpers/queue-loss.ts';
import { startQueueServer, type TestQueueServer } from '../helpers/queue-server.ts';
import { openTcpRelay } from '../helpers/tcp-relay.ts';

/** A worker whose grades are wrong. It prints the key of a submission, and ends the job after it reads a line, whatever happened to its lease. */
const heldProgram = compile(`
  import { createInterface } from 'node:readline';
  import { loadQueueAddress } from ${source('src/grade/queue/address.ts')};
  import { lossTimes, pointsOf, workWithoutEngine } from ${source('test/helpers/queue-class.ts')};
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const end = new AbortController();
  process.once('SIGTERM', () => end.abort());
  await workWithoutEngine(await loadQueueAddress(process.argv[2], {}), {
    host: 'held', slots: 1, times: lossTimes.queue, signal: end.signal, points: (key) => (pointsOf(key) + 1) % 21,
    perform: async (order) => {
      if (order.kind !== 'grade') return;
      console.log(order.key);
      await lines.next();
      console.log('ended');
    },
  });
  process.exit(0);
`);

function startHeld(url: string) {
  const child: ChildProcess = spawn(process.execPath, [heldProgram, url], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = child.stdout ? createInterface({ input: child.stdout })[Symbol.asyncIterator]() : undefined;
  const line = async () => String((await lines?.next())?.value);
  return { child, line };
}

/** Results of submissions that the coordinator has not taken. Workers also prove themselves meanwhile. */
const resultsOf = async (server: TestQueueServer, all: readonly string[]): Promise<string[]> =>
  (await server.keys()).filter((key) => all.some((name) => key.endsWith(`:result:${keyOf(name)}`)));

test('a worker that is held for longer than its lease: its late result is refused, and the grade of another worker counts', async () => {
  await using server = await startQueueServer();
  const out = folder();
  const all = names(2);
  const { child, line } = startHeld(server.url);
  const grading = gradeClass(server, { works: submissions(folder(), all), out });
  const held = await line();
  assert.match(held, keyOfSubmission);
  child.kill('SIGSTOP');
  const rest = gate();
  await using other = startWorker(server, {
    host: 'other',
    perform: async (order, signal) => {
      if (order.kind === 'grade' && order.key !== held) await unlessAborted(rest.opened, signal);
    },
  });
  await until(async () => journalOf(out).some(({ key }) => key === held));

  child.kill('SIGCONT');
  child.stdin?.write('go on\n');
  assert.is(await line(), 'ended');
  // it ends only after it has reported
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  assert.equal(await exit, [0, null]);
  assert.equal(await resultsOf(server, all), [], 'the late result was stored');
  rest.open();
  const made = await grading;
  assertGraded(made, out, all);
  assert.ok(journalOf(out).every(({ by }) => by?.worker.startsWith('other-')));
  assert.equal(kinds(made.notes, 'joined', 'left').slice(0, 2), ['joined', 'joined']);
  await other.end();
  assert.equal(await server.keys(), []);
});

test('a worker without network for longer than its lease: its late result is refused while another worker has the job', async () => {
  await using server = await startQueueServer();
  await using relay = await openTcpRelay(server.port);
  const out = folder();
  const all = names(1);
  const [begun, late, taken, decided] = [gate(), gate(), gate(), gate()];
  await using cutOff = startWorker(
    { address: await loadQueueAddress(`redis://127.0.0.1:${relay.port}`, {}) },
    {
      host: 'cut-off',
      slots: 1,
      points: (key) => (pointsOf(key) + 1) % 21,
      perform: async (order) => {
        if (order.kind !== 'grade') return;
        begun.open();
        await late.opened;
      },
    },
  );
  const grading = gradeClass(server, { works: submissions(folder(), all), out });
  await begun.opened;
  relay.cut();
  await using other = startWorker(server, {
    host: 'other',
    perform: async (order, signal) => {
      if (order.kind !== 'grade') return;
      taken.open();
      await unlessAborted(decided.opened, signal);
    },
  });
  await taken.opened;
  const isSeen = async () => (await server.keys()).some((key) => key.includes(':worker:cut-off-'));
  await until(async () => !(await isSeen()));
  // the result waits for the network
  late.open();
  relay.restore();
  await until(isSeen);
  // it ends only after it has reported
  await cutOff.end();
  assert.equal(await resultsOf(server, all), [], 'the late result was stored');
  decided.open();
  assertGraded(await grading, out, all);
  assert.ok(journalOf(out).every(({ by }) => by?.worker.startsWith('other-')));
  await other.end();
  assert.equal(await server.keys(), []);
});

for (const keepsData of [true, false])
  test(`a server that is away for longer than workers count as gone, and returns ${keepsData ? 'with' : 'without'} its data: the class continues`, async () => {
    await using server = await startQueueServer({ keepsData });
    const out = folder();
    const all = names(8);
    const events: WorkerEvent[] = [];
    const lost = gate();
    await using worker = startWaitingWorker(server, { onEvent: (event) => void events.push(event) });
    const grading = gradeClass(server, {
      works: submissions(folder(), all),
      out,
      onNote: ({ kind }) => {
        if (kind === 'lost') lost.open();
        if (kind === 'back') worker.goOn();
      },
    });
    await worker.begun;
    await server.kill();
    await lost.opened;
    await setTimeout(lossTimes.class.goneMs + lossTimes.queue.goneMs);
    await server.start();
    const made = await grading;
    assertGraded(made, out, all);
    assert.equal(kinds(made.notes, 'lost', 'back', 'left', 'joined'), ['joined', 'lost', 'back']);
    const back = made.notes.find(({ kind }) => kind === 'back');
    assert.ok(back?.kind === 'back' && back.afterMs >= lossTimes.class.goneMs);
    assert.is(back.sentAgain, keepsData ? 0 : all.length);
    assert.is(events.filter(({ kind }) => kind === 'class').length, 1, 'the worker left the class');
    await worker.end();
    assert.equal(await server.keys(), []);
  });

test('all keys of a class are removed while it runs: it is announced again, and what was removed is sent again', async () => {
  await using server = await startQueueServer();
  const out = folder();
  const all = names(8);
  await using worker = startWaitingWorker(server);
  const grading = gradeClass(server, { works: submissions(folder(), all), out });
  await worker.begun;
  const someone = await openQueue(server.address, { times: lossTimes.queue, signal: new AbortController().signal });
  await someone.purge((await someone.classes()).map(({ id }) => id));
  worker.goOn();
  const made = await grading;
  assertGraded(made, out, all);
  assert.equal(kinds(made.notes, 'lost', 'back'), ['lost', 'back']);
  const back = made.notes.find(({ kind }) => kind === 'back');
  assert.ok(back?.kind === 'back' && back.sentAgain > 0);
  await worker.end();
  await someone[Symbol.asyncDispose]();
  assert.equal(await server.keys(), []);
});

test('a worker that joins a class again is another worker: one that its coordinator knows would not have to prove itself again', async () => {
  await using server = await startQueueServer();
  await using queue = await openQueue(server.address, { times: lossTimes.queue, signal: new AbortController().signal });
  const setup = sealSetup({ rules: { tutorial: 'compose-scale' }, buildNetwork: 'none', trust: false }, 'class-1');
  const left = [gate(), gate()];
  let ended = 0;
  await using worker = startWorker(server, {
    host: 'one',
    onEvent: ({ kind }) => {
      if (kind === 'ended') left[ended++]?.open();
    },
  });
  const ids: (string | undefined)[] = [];
  for (const { opened } of left) {
    const cls = await queue.openClass({ ...announcement('class-1'), build: 'b', setup });
    await until(async () => (await cls.workers()).length === 1);
    ids.push((await cls.workers())[0]?.id);
    await cls.end();
    await opened;
  }
  assert.is.not(ids[0], ids[1], `${ids}`);
  assert.ok(ids.every((id) => id?.startsWith('one-')));
  await worker.end();
  assert.equal(await server.keys(), []);
});

test('only the jobs of a class are removed: they are sent again when nothing moves', async () => {
  await using server = await startQueueServer();
  const out = folder();
  const all = names(8);
  await using worker = startWaitingWorker(server);
  const grading = gradeClass(server, {
    works: submissions(folder(), all),
    out,
    times: { ...lossTimes, class: { ...lossTimes.class, stuckMs: 2_000 } },
  });
  await worker.begun;
  const queue = /:(?:shared:.*|jobs|body:.*|result:.*)$/;
  await until(async () => (await server.keys()).filter((key) => key.includes(':body:')).length === all.length);
  await server.client.del(...(await server.keys()).filter((key) => queue.test(key)));
  worker.goOn();
  const made = await grading;
  assertGraded(made, out, all);
  assert.ok(kinds(made.notes, 'stuck').length > 0);
  assert.equal(kinds(made.notes, 'lost', 'left'), []);
  await worker.end();
  assert.equal(await server.keys(), []);
});

test('bodies are removed or changed while their jobs wait, as after a restart of a server that loses data: they are sent again', async () => {
  await using server = await startQueueServer();
  const out = folder();
  const all = names(8);
  await using worker = startWaitingWorker(server);
  const grading = gradeClass(server, { works: submissions(folder(), all), out });
  const bodies = async () => (await server.keys()).filter((key) => all.some((name) => key.endsWith(`:body:${keyOf(name)}`)));
  await until(async () => (await bodies()).length === all.length);
  for (const [at, key] of (await bodies()).entries())
    await (at % 2 === 0 ? server.client.del(key) : server.client.set(key, 'other'));
  worker.goOn();
  const made = await grading;
  assertGraded(made, out, all);
  assert.equal(kinds(made.notes, 'lost', 'left', 'disproved'), []);
  await worker.end();
  assert.equal(await server.keys(), []);
});

test('the body of a reference job is removed: it is sent again, and the worker proves itself', async () => {
  await using server = await startQueueServer();
  const out = folder();
  const all = names(2);
  const grading = gradeClass(server, { works: submissions(folder(), all), out });
  const prepared = gate();
  await using worker = startWorker(server, { host: 'one', slots: 1, prepare: () => prepared.opened });
  // the job is sent after its body
  await until(async () => (await server.keys()).some((key) => key.endsWith(':j-reference-1')));
  const [body = ''] = (await server.keys()).filter((key) => key.endsWith(':body:reference-1'));
  assert.is(await server.client.del(body), 1);
  prepared.open();
  const made = await grading;
  assertGraded(made, out, all);
  assert.equal(kinds(made.notes, 'proved', 'disproved'), ['proved']);
  await worker.end();
  assert.equal(await server.keys(), []);
});

test.run();
