// time limit: 1500 s
// without an engine
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openJournal } from '../../src/grade/journal.ts';
import { folder } from '../helpers/folder.ts';
import { compile, source } from '../helpers/program.ts';
import { keyOf, pointsOf } from '../helpers/queue-class.ts';
import { startQueueServer } from '../helpers/queue-server.ts';
import { repeats } from '../helpers/repeats.ts';

/** A coordinator and workers in processes of their own; submissions are graded without an engine, and their points follow from their content. */

const students = Array.from({ length: 40 }, (_, at) => `student-${at + 1}`);

const coordinatorProgram = compile(`
  import { writeFileSync } from 'node:fs';
  import { loadQueueAddress } from ${source('src/grade/queue/address.ts')};
  import { gradeOnQueue, lossTimes as times, submissions } from ${source('test/helpers/queue-class.ts')};
  const { url, out, dir, names } = JSON.parse(process.argv[2]);
  const { grades } = await gradeOnQueue(await loadQueueAddress(url, {}), { works: submissions(dir, names), out, times, proveEvery: 5, onNote: () => console.log('connected') });
  writeFileSync(out + '/result.json', JSON.stringify([...grades].map(([name, { points, review }]) => [name, points ?? review.en])));
`);
const workerProgram = compile(`
  import { loadQueueAddress } from ${source('src/grade/queue/address.ts')};
  import { lossTimes, workWithoutEngine } from ${source('test/helpers/queue-class.ts')};
  const { url, host } = JSON.parse(process.argv[2]);
  const end = new AbortController();
  process.once('SIGTERM', () => end.abort());
  await workWithoutEngine(await loadQueueAddress(url, {}), { host, times: lossTimes.queue, tookMs: 150, signal: end.signal, onEvent: () => console.log('connected') });
`);

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  /** Resolves when it uses the server, or has ended. A program does not start without a server, and waits for one that is lost. */
  readonly connected: Promise<unknown>;
}

/** A test that fails ends them. */
const children = new Set<ChildProcess>();
test.after.each(() => {
  for (const child of children) child.kill('SIGKILL');
});

function start(program: string, options: unknown): Started {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    children.delete(child);
    return code === 0 || signal ? '' : `exit code ${code}: ${errors}`;
  });
  const connected = Promise.race([ended, new Promise((resolve) => child.stdout?.on('data', resolve))]);
  return { child, ended, connected };
}

async function kill({ child, ended }: Started): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Grades classes until there were so many kills; returns how many classes. */
async function gradeWithKills(kills: number, keepsData: boolean): Promise<number> {
  await using server = await startQueueServer({ keepsData });
  const { url } = server;
  const worker = (host: string) => start(workerProgram, { url, host });
  const workers = new Map([
    ['one', worker('one')],
    ['two', worker('two')],
  ]);
  let ahead = kills;
  let classes = 0;
  const victims = ['coordinator', 'one', 'two', 'server'];
  while (ahead > 0) {
    const [out, dir] = [folder(), folder()];
    const coordinate = () => start(coordinatorProgram, { url, out, dir, names: students });
    let coordinator = coordinate();
    for (; ahead > 0 && !existsSync(join(out, 'result.json')); ahead--) {
      const moment = 50 + Math.random() * 1500;
      await Promise.race([setTimeout(moment), coordinator.ended]);
      if (existsSync(join(out, 'result.json'))) break;
      const victim = victims[Math.floor(Math.random() * victims.length)] ?? '';
      if (victim === 'server') {
        await Promise.all([coordinator, ...workers.values()].map(({ connected }) => connected));
        await server.kill();
        await server.start();
      } else if (victim === 'coordinator') {
        await kill(coordinator);
        coordinator = coordinate();
      } else {
        const killed = workers.get(victim);
        if (killed) await kill(killed);
        workers.set(victim, worker(victim));
      }
    }
    assert.is(await coordinator.ended, '', 'the coordinator ended with an error');
    assert.equal(
      JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).sort(),
      students.map((name) => [name, pointsOf(keyOf(name))]).sort(),
    );
    await assertJournal(out);
    classes += 1;
  }
  for (const { child } of workers.values()) child.kill('SIGTERM');
  const ends = await Promise.all([...workers.values()].map(({ ended }) => ended));
  assert.equal(ends, ['', '']);
  // a worker waits some seconds for a class that is gone after a restart of the server, and BullMQ writes these again: killed then, it cannot remove them
  const left = (await server.keys()).filter((key) => !/:(?:shared|to-[\w-]+):meta$/.test(key));
  assert.equal(left, [], 'something is left on the server');
  return classes;
}

/** Each submission has one grade, which is confirmed: none is lost, and none counts twice. */
async function assertJournal(out: string): Promise<void> {
  const counting: string[] = [];
  for (const line of readFileSync(join(out, 'journal.ndjson'), 'utf8').trimEnd().split('\n').slice(1)) {
    const { key, withdrawn = [] } = JSON.parse(line) as { key?: string; withdrawn?: readonly string[] };
    if (key !== undefined) counting.push(key);
    for (const one of withdrawn) counting.splice(counting.lastIndexOf(one), 1);
  }
  assert.equal(counting.sort(), students.map(keyOf).sort());
  await using journal = await openJournal(out);
  assert.is(journal.unconfirmed().size, 0, 'a grade is not confirmed');
}

test('kill -9 of coordinator, workers and server at random moments: nothing is lost, nothing is there twice', async () => {
  const kills = repeats(50, 8);
  console.log(`${kills} kills in ${await gradeWithKills(kills, true)} classes, with the server's data`);
});

test('the same with a server that loses its data', async () => {
  const kills = repeats(50, 8);
  console.log(`${kills} kills in ${await gradeWithKills(kills, false)} classes, without the server's data`);
});

test.run();
