import { randomBytes } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Order } from '../../../src/grade/queue/messages.ts';
import type { QueueNote } from '../../../src/grade/queue/notes.ts';
import type { WorkerEvent } from '../../../src/grade/queue/worker.ts';
import { unlessAborted } from '../../../src/platform/any-signal.ts';
import { folder } from '../../helpers/folder.ts';
import { gate } from '../../helpers/queue.ts';
import {
  classTimes,
  gradeOnQueue,
  keyOf,
  pointsOf,
  submissions,
  type TestWorker,
  workWithoutEngine,
} from '../../helpers/queue-class.ts';
import { startQueueServer, type TestQueueServer } from '../../helpers/queue-server.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `student-${at + 1}`);

/** A queue with workers, for `work`. */
async function withWorkers(
  workers: readonly Omit<TestWorker, 'signal'>[],
  work: (server: TestQueueServer, out: string) => Promise<void>,
): Promise<void> {
  const server = await startQueueServer();
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const running = workers.map((one) => workWithoutEngine(server.address, { ...one, signal: end.signal }));
  try {
    await work(server, folder());
  } finally {
    end.abort();
    await Promise.all(running);
    await server[Symbol.asyncDispose]();
  }
}

/** Holds the gradings of a worker until the coordinator has noted all of these. */
function heldUntil(...wanted: readonly (readonly [kind: QueueNote['kind'], host: string])[]) {
  const missing = new Set(wanted.map(([kind, host]) => `${kind} ${host}`));
  const { opened, open } = gate();
  return {
    onNote: (note: QueueNote) => {
      if ('host' in note && missing.delete(`${note.kind} ${note.host}`) && missing.size === 0) open();
    },
    perform: async ({ kind }: Order, signal: AbortSignal) => {
      if (kind === 'grade') await unlessAborted(opened, signal);
    },
  };
}

const kinds = (notes: readonly QueueNote[], host: string): string[] =>
  notes.flatMap((note) => ('host' in note && note.host === host ? [note.kind] : []));

const linesOf = (out: string): { readonly key?: string; readonly withdrawn?: readonly string[] }[] =>
  readFileSync(join(out, 'journal.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));

function assertGraded(grades: ReadonlyMap<string, { readonly points: number | null }>, all: readonly string[]): void {
  assert.equal(
    [...all].map((name) => [name, grades.get(name)?.points]),
    [...all].map((name) => [name, pointsOf(keyOf(name))]),
  );
}

test('two workers grade a class; each proves itself, a sample is graded twice, and the server is left as it was', async () => {
  const { perform, onNote } = heldUntil(['proved', 'one'], ['proved', 'two']);
  const workers = ['one', 'two'].map((host) => ({ host, perform }));
  await withWorkers(workers, async (server, out) => {
    await server.client.set('of-somebody-else', '1');
    const all = names(60);
    const { grades, notes, stability } = await gradeOnQueue(server.address, {
      works: submissions(folder(), all),
      out,
      proveEvery: 5,
      onNote,
    });
    assertGraded(grades, all);
    for (const host of ['one', 'two']) assert.equal(kinds(notes, host).slice(0, 2), ['joined', 'proved']);
    assert.ok(stability.compared > 0, 'nothing was compared');
    assert.is(stability.equal, stability.compared);
    const lines = linesOf(out);
    assert.is(lines.filter((line) => line.key).length, all.length);
    const confirmed = lines.filter((line) => 'control' in line).length;
    assert.ok(confirmed > 2, `${confirmed} confirmations`);
    assert.equal(await server.client.keys('*'), ['of-somebody-else']);
  });
});

test('grades of a worker whose reference solution fails later are withdrawn, and graded again by another one', async () => {
  const joined: WorkerEvent[] = [];
  const bad: Omit<TestWorker, 'signal'> = {
    host: 'bad',
    points: () => 0,
    passes: (round) => round === 1,
    onEvent: (event) => void joined.push(event),
  };
  const { perform, onNote } = heldUntil(['disproved', 'bad'], ['unfit', 'bad']);
  await withWorkers([bad, { host: 'good', perform }], async (server, out) => {
    const all = names(40);
    const works = submissions(folder(), all);
    const { grades, notes } = await gradeOnQueue(server.address, { works, out, proveEvery: 10, onNote });
    assertGraded(grades, all);
    const disproved = notes.find((note) => note.kind === 'disproved');
    assert.ok(disproved?.kind === 'disproved' && disproved.host === 'bad');
    assert.is(disproved.why.code, 'E_CONTROL');
    const withdrawn = linesOf(out).flatMap((line) => line.withdrawn ?? []);
    assert.ok(withdrawn.length >= 10, `${withdrawn.length} withdrawn`);
    assert.ok(joined.some(({ kind }) => kind === 'unfit'));
    assert.ok(kinds(notes, 'bad').includes('unfit'), 'the coordinator does not show why');
  });
});

test('a worker proves itself once before and once at the end, also while the journal is slow', async () => {
  let references = 0;
  const perform = async ({ kind }: Order) => {
    if (kind === 'reference') references += 1;
  };
  await withWorkers([{ host: 'one', perform }], async (server, out) => {
    const all = names(5);
    // the coordinator looks at its workers many times meanwhile
    const slow = { confirmMs: 10 * classTimes.class.lookMs };
    const { grades } = await gradeOnQueue(server.address, { works: submissions(folder(), all), out, ...slow });
    assertGraded(grades, all);
  });
  assert.is(references, 2);
});

test('samples that wait for a worker whose reference solution fails are dropped: the class ends', async () => {
  let gradedByGood = 0;
  const [proving, manyGraded] = [gate(), gate()];
  // meanwhile one of 20 submissions is sent to it as a sample, and waits behind its reference solution
  const perform = async (order: Order) => {
    if (order.kind !== 'reference') return;
    references += 1;
    if (references === 1) return;
    proving.open();
    await manyGraded.opened;
  };
  let references = 0;
  const onceProving = async ({ kind }: Order, signal: AbortSignal) => {
    if (kind === 'grade') await unlessAborted(proving.opened, signal);
  };
  const bad = { host: 'bad', tookMs: 100, passes: (round: number) => round === 1, perform };
  const onEvent = ({ kind }: WorkerEvent) => {
    if (kind !== 'graded') return;
    gradedByGood += 1;
    if (gradedByGood === 200) manyGraded.open();
  };
  await withWorkers([bad, { host: 'good', perform: onceProving, onEvent }], async (server, out) => {
    const all = names(300);
    const signal = AbortSignal.timeout(90_000);
    const { grades, notes, stability } = await gradeOnQueue(server.address, {
      works: submissions(folder(), all),
      out,
      proveEvery: 3,
      signal,
    });
    assertGraded(grades, all);
    assert.ok(kinds(notes, 'bad').includes('disproved'));
    assert.ok(stability.dropped > 0, 'no sample waited');
  });
});

test('a worker that fails at once gets no submission', async () => {
  const graded: string[] = [];
  const bad = { host: 'bad', passes: () => false, points: (key: string) => graded.push(key) };
  await withWorkers([bad, { host: 'good' }], async (server, out) => {
    const { grades } = await gradeOnQueue(server.address, { works: submissions(folder(), names(10)), out });
    assertGraded(grades, names(10));
    assert.equal(graded, []);
  });
});

test('different grades of two workers are counted and named, and the first one counts', async () => {
  const { perform, onNote } = heldUntil(['proved', 'one'], ['proved', 'two']);
  const two = { host: 'two', perform, points: (key: string) => pointsOf(key) + 1 };
  await withWorkers([{ host: 'one', perform }, two], async (server, out) => {
    const all = names(30);
    const { stability, grades } = await gradeOnQueue(server.address, { works: submissions(folder(), all), out, onNote });
    assert.ok(stability.compared > 0);
    assert.is(stability.equal, 0);
    assert.is(stability.different.length, stability.compared);
    assert.ok(stability.different.every((name) => all.includes(name)));
    assert.is(grades.size, all.length);
  });
});

test('the same command again grades nothing again', async () => {
  const performed: string[] = [];
  const counting = { host: 'one', perform: async ({ kind }: { readonly kind: string }) => void performed.push(kind) };
  await withWorkers([counting], async (server, out) => {
    const works = submissions(folder(), names(12));
    await gradeOnQueue(server.address, { works, out });
    assert.is(performed.filter((kind) => kind === 'grade').length, 12);
    const { grades } = await gradeOnQueue(server.address, { works, out });
    assertGraded(grades, names(12));
    assert.is(performed.filter((kind) => kind === 'grade').length, 12);
  });
});

test('the server has no content of a submission with a class key, and a worker with another key does not grade', async () => {
  const [key, other] = [randomBytes(32), randomBytes(32)];
  const events: WorkerEvent[] = [];
  const stranger = { host: 'stranger', key: other, onEvent: (event: WorkerEvent) => void events.push(event) };
  const { perform, onNote } = heldUntil(['unfit', 'stranger']);
  await withWorkers([{ host: 'one', key, perform }, stranger], async (server, out) => {
    // everything that any client sends to the server
    let seen = '';
    const monitor = connect(server.port, '127.0.0.1');
    monitor.on('data', (chunk) => {
      seen += chunk.toString('latin1');
    });
    monitor.write('MONITOR\r\n');
    await once(monitor, 'data');
    // packed files are not readable in any case
    const works = submissions(folder(), ['canary-4711', ...names(5)]).map((one) => ({ ...one, answers: { flask: one.name } }));
    const { grades, notes } = await gradeOnQueue(server.address, { works, out, key, onNote });
    assertGraded(grades, ['canary-4711', ...names(5)]);
    monitor.destroy();
    assert.ok(seen.length > 10_000, 'nothing was watched');
    assert.not.ok(seen.includes('canary-4711'));
    const unfit = events.find((event) => event.kind === 'unfit');
    assert.ok(unfit?.kind === 'unfit' && unfit.error.message.includes('class key'));
    assert.ok(kinds(notes, 'stranger').includes('unfit'));
  });
});

test('a worker of another version does not grade, and says so once', async () => {
  const events: WorkerEvent[] = [];
  const seen = gate();
  const onEvent = (event: WorkerEvent) => {
    events.push(event);
    if (event.kind === 'other-version') seen.open();
  };
  const old = { host: 'old', build: 'other', onEvent };
  const perform: TestWorker['perform'] = (_, signal) => unlessAborted(seen.opened, signal);
  await withWorkers([old, { host: 'new', perform }], async (server, out) => {
    const { grades, notes } = await gradeOnQueue(server.address, { works: submissions(folder(), names(60)), out });
    assertGraded(grades, names(60));
    assert.equal(kinds(notes, 'old'), []);
  });
  assert.is(events.filter(({ kind }) => kind === 'other-version').length, 1);
  assert.not.ok(events.some(({ kind }) => kind === 'class'));
});

test('a submission that no worker can grade is left to the teacher with the reason; the others are graded', async () => {
  const poisoned = keyOf('student-3');
  const perform: TestWorker['perform'] = async (order) => {
    if (order.kind === 'grade' && order.key === poisoned) throw new Error('the grader broke');
  };
  await withWorkers([{ host: 'one', perform }], async (server, out) => {
    const { grades } = await gradeOnQueue(server.address, { works: submissions(folder(), names(6)), out });
    const { status, review } = grades.get('student-3') ?? {};
    assert.is(status, 'review');
    assert.match(review?.en ?? '', 'the grader broke');
    assertGraded(
      grades,
      names(6).filter((name) => name !== 'student-3'),
    );
  });
});

test('a submission whose first attempt fails is graded by the second one', async () => {
  let tried = 0;
  const perform: TestWorker['perform'] = async (order) => {
    if (order.kind === 'grade' && order.key === keyOf('student-2') && ++tried === 1) throw new Error('once');
  };
  await withWorkers([{ host: 'one', perform }], async (server, out) => {
    const { grades } = await gradeOnQueue(server.address, { works: submissions(folder(), names(3)), out });
    assertGraded(grades, names(3));
    assert.is(tried, 2);
  });
});

test('a job that takes longer than its limit is tried again, and then left to the teacher', async () => {
  let tried = 0;
  const perform: TestWorker['perform'] = async (order, signal) => {
    if (order.kind !== 'grade' || order.key !== keyOf('student-2')) return;
    tried += 1;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  await withWorkers([{ host: 'one', perform }], async (server, out) => {
    const works = submissions(folder(), names(4));
    const { grades } = await gradeOnQueue(server.address, { works, out, limitMs: 1_000 });
    assert.is(grades.get('student-2')?.status, 'review');
    assert.is(tried, 3);
    assertGraded(grades, ['student-1', 'student-3', 'student-4']);
  });
});

test('without a worker the coordinator asks for one, and continues when it comes', async () => {
  const server = await startQueueServer();
  const end = new AbortController();
  let running: Promise<void> | undefined;
  const { grades, notes } = await gradeOnQueue(server.address, {
    works: submissions(folder(), names(3)),
    out: folder(),
    times: { ...classTimes, class: { lookMs: 50, stuckMs: 300, goneMs: 1000 } },
    onNote: ({ kind }) => {
      if (kind === 'waiting') running ??= workWithoutEngine(server.address, { host: 'late', signal: end.signal });
    },
  });
  assertGraded(grades, names(3));
  assert.is(notes[0]?.kind, 'waiting');
  end.abort();
  await running;
  await server[Symbol.asyncDispose]();
});

test('a submission for which a worker has another image is left to the teacher, who reads which and where', async () => {
  const other = keyOf('student-2');
  const worker = { host: 'lab-3', images: (key: string) => (key === other ? ['a:1 sha256:2', 'b:1 sha256:5'] : undefined) };
  await withWorkers([worker], async (server, out) => {
    const works = submissions(folder(), names(3)).map((one) => ({ ...one, images: ['a:1 sha256:1', 'b:1 sha256:5'] }));
    const { grades } = await gradeOnQueue(server.address, { works, out });
    const { status, review } = grades.get('student-2') ?? {};
    assert.is(status, 'review');
    assert.match(review?.en ?? '', /^lab-3 has another image than this machine for a:1\./);
    assert.match(review?.['zh-TW'] ?? '', /^lab-3 上的映像檔 a:1 /);
    assertGraded(grades, ['student-1', 'student-3']);
  });
});

test('what the coordinator refuses counts at once, with no worker', async () => {
  await withWorkers([], async (server, out) => {
    const all = names(3);
    const { grades } = await gradeOnQueue(server.address, { works: submissions(folder(), all), out, refused: all });
    assert.equal(
      all.map((name) => grades.get(name)?.status),
      ['refused', 'refused', 'refused'],
    );
    const lines = linesOf(out);
    assert.is(lines.filter((line) => line.key).length, 3);
    assert.not.ok(lines.some((line) => line.withdrawn));
  });
});

test('several submissions with the same content are sent once', async () => {
  const performed: string[] = [];
  const counting = { host: 'one', perform: async ({ kind }: { readonly kind: string }) => void performed.push(kind) };
  await withWorkers([counting], async (server, out) => {
    const [first] = submissions(folder(), ['student-1']);
    if (!first) throw new Error('no submission');
    const works = names(5).map((name) => ({ ...first, name }));
    const { grades } = await gradeOnQueue(server.address, { works, out });
    assert.is(grades.size, 5);
    assert.is(performed.filter((kind) => kind === 'grade').length, 1);
  });
});

test('an interrupted coordinator removes the class from the server, and its workers wait for the next one', async () => {
  const events: WorkerEvent[] = [];
  const left = gate();
  const worker = {
    host: 'one',
    tookMs: 200,
    onEvent: (event: WorkerEvent) => {
      events.push(event);
      if (event.kind === 'ended') left.open();
    },
  };
  await withWorkers([worker], async (server, out) => {
    const interrupt = new AbortController();
    const works = submissions(folder(), names(40));
    const onNote = (note: QueueNote) => {
      if (note.kind === 'proved') interrupt.abort(new Error('interrupted'));
    };
    const error = await gradeOnQueue(server.address, { works, out, signal: interrupt.signal, onNote }).catch((thrown) => thrown);
    assert.is(error.message, 'interrupted');
    await left.opened;
    assert.equal(await server.keys(), []);
    const { grades } = await gradeOnQueue(server.address, { works, out });
    assertGraded(grades, names(40));
  });
  assert.is(events.filter(({ kind }) => kind === 'class').length, 2);
});

test.run();
