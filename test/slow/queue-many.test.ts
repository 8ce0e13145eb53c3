// time limit: 600 s
// without an engine
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folder } from '../helpers/folder.ts';
import { gradeOnQueue, keyOf, pointsOf, submissions, workWithoutEngine } from '../helpers/queue-class.ts';
import { startQueueServer, type TestQueueServer } from '../helpers/queue-server.ts';
import { repeats } from '../helpers/repeats.ts';

/** So many submissions are on the server at most. */
const window = 48;
/** BullMQ's keys of the queues, the records of the class and its workers, and samples and gradings of the reference solution. */
const besides = 60;
/** Of a submission: its body, its result, the job and its lease. */
const each = 4;
/** A submission is packed in less than 1 KB here; jobs and results need some more. */
const mostMb = 3;

interface Most {
  keys: number;
  bodies: number;
  bytes: number;
  looks: number;
}

const memoryOf = async ({ client }: TestQueueServer): Promise<number> =>
  Number(/^used_memory_dataset:(\d+)/m.exec(await client.info('memory'))?.[1]);

/** The keys of the grades in a journal. */
const journalOf = (out: string): string[] =>
  readFileSync(join(out, 'journal.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .flatMap((line) => JSON.parse(line).key ?? []);

/** Looks at the server until the signal, one look after another. */
async function watch(server: TestQueueServer, most: Most, signal: AbortSignal): Promise<void> {
  const before = await memoryOf(server);
  while (!signal.aborted) {
    const keys = await server.keys();
    most.keys = Math.max(most.keys, keys.length);
    most.bodies = Math.max(most.bodies, keys.filter((key) => /:body:[0-9a-f]{64}$/.test(key)).length);
    most.bytes = Math.max(most.bytes, (await memoryOf(server)) - before);
    most.looks += 1;
    await setTimeout(5, undefined, { signal }).catch(() => undefined);
  }
}

test('a large class of which most is the same: the server holds a window of it, nothing is left, and the same command grades nothing', async () => {
  const count = repeats(1000, 200);
  const different = Math.ceil(count / 4);
  const dir = folder();
  const out = folder();
  const names = Array.from({ length: different }, (_, at) => `student-${at + 1}`);
  const distinct = submissions(dir, names);
  // the others handed in what one of them did
  const works = Array.from({ length: count }, (_, at) => distinct[at % different]).flatMap((work, at) =>
    work ? { ...work, name: `${work.name}-${at}` } : [],
  );
  await using server = await startQueueServer();
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const performed: string[] = [];
  const workers = ['one', 'two'].map((host) =>
    workWithoutEngine(server.address, {
      host,
      slots: 4,
      signal: ending.signal,
      perform: async (order) => void performed.push(order.kind),
    }),
  );
  const most: Most = { keys: 0, bodies: 0, bytes: 0, looks: 0 };
  const looking = new AbortController();
  const watching = watch(server, most, looking.signal);
  const signal = AbortSignal.timeout(500_000);
  try {
    const { grades, stability } = await gradeOnQueue(server.address, { works, out, signal });
    assert.equal(
      works.map(({ name }) => [name, grades.get(name)?.points]),
      works.map(({ name, key }) => [name, pointsOf(key)]),
    );
    const keys = journalOf(out);
    assert.equal([...keys].sort(), names.map(keyOf).sort(), 'each content is graded once');
    assert.equal(performed.filter((kind) => kind === 'grade').length, different + stability.compared + stability.dropped);
    assert.equal(await server.keys(), [], 'something is left on the server');

    const before = performed.length;
    const again = await gradeOnQueue(server.address, { works, out, signal });
    assert.is(again.grades.size, count);
    assert.not.ok(performed.slice(before).includes('grade'));
    assert.equal(journalOf(out), keys);
    assert.equal(await server.keys(), []);
  } finally {
    looking.abort();
    ending.abort();
    await Promise.all([watching, ...workers]);
  }
  console.log(
    `${count} submissions, ${different} different: at most ${most.keys} keys, ${most.bodies} bodies, ${(most.bytes / 1e6).toFixed(2)} MB, in ${most.looks} looks`,
  );
  assert.ok(most.looks > 20 && most.bodies > window / 2, 'nothing was watched');
  assert.ok(most.bodies <= window, `${most.bodies} submissions were on the server`);
  assert.ok(most.keys <= window * each + besides, `${most.keys} keys`);
  assert.ok(most.bytes < mostMb * 1e6, `${most.bytes} bytes`);
});

test.run();
