import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openQueue } from '../../../src/grade/queue/bull/open-queue.ts';
import { lab, labInProcess } from '../../helpers/lab.ts';
import { announcement, jobOf, shortTimes, workerState } from '../../helpers/queue.ts';
import { startQueueServer } from '../../helpers/queue-server.ts';

const signal = new AbortController().signal;

test('lab queue: status, drain and purge of classes on a server', async () => {
  await using server = await startQueueServer();
  await server.client.set('other', 'foreign');
  const run = (...args: string[]) => labInProcess(['queue', ...args, '--queue', server.url]);
  assert.equal(await run('status'), { exitCode: 0, stdout: 'no class is on this server\n', stderr: '' });

  await using queue = await openQueue(server.address, { times: shortTimes, signal });
  await using alive = await queue.openClass(announcement('alive-1'));
  const gone = await queue.openClass({ ...announcement('gone-1'), host: 'old\u001b[31m' });
  await alive.send(jobOf('a'));
  await gone.send(jobOf('b', { body: 'x'.repeat(2_500_000) }));
  await using _member = await queue.join('alive-1', { ...workerState(), jobs: [{ id: 'a', forMs: 10 }] });
  await using _unfit = await queue.join('alive-1', {
    ...workerState('w2'),
    stage: 'unfit',
    why: { en: 'another version', 'zh-TW': '版本不同' },
  });
  await gone[Symbol.asyncDispose]();

  assert.is(
    (await run('status')).stdout,
    [
      'class alive-1  teacher  since 2026-01-01T00:00:00Z  is being graded',
      '  jobs: 1 waiting, 0 active, 0 ended, 0.0 MB',
      '  machine  w1  grading  1 of 2 jobs',
      '  machine  w2  does not grade: another version',
      'class gone-1  old[U+001B][31m  since 2026-01-01T00:00:00Z  its coordinator is gone',
      '  jobs: 1 waiting, 0 active, 0 ended, 2.5 MB',
      '  no workers',
      '',
    ].join('\n'),
  );
  assert.match(
    (await run('status', '--lang', 'zh-TW')).stdout,
    /班級 alive-1 {2}teacher.*評分中\n {2}作業：1 份等待中、0 份執行中、0 份已結束/,
  );
  const { classes, ...head } = JSON.parse((await run('status', 'gone', '--json')).stdout);
  assert.equal(head.server, `redis://127.0.0.1:${server.port}`);
  assert.equal(
    classes.map(({ startedAt, version, build, encrypted, ...one }: Record<string, unknown>) => one),
    [
      {
        id: 'gone-1',
        host: 'old\u001b[31m',
        coordinator: 'gone',
        draining: false,
        jobs: { waiting: 1, active: 0, ended: 0 },
        workers: [],
        bytes: 2_500_000,
      },
    ],
  );

  assert.match((await run('drain')).stdout, /^class alive-1: workers take no further jobs; running ones end\. .*\n$/);
  assert.match((await run('status')).stdout, /alive-1 .* drained: workers take no further jobs\n/);

  // the test has no terminal
  const unasked = await run('purge');
  assert.is(unasked.exitCode, 2);
  assert.match(unasked.stderr, /lab queue purge asks first, and there is no terminal\n.*add --yes/);
  assert.equal(await run('purge', '--yes'), {
    exitCode: 0,
    stdout: 'class gone-1: removed from the server\n',
    stderr: 'class alive-1 is being graded and left alone; name it to remove it too\n',
  });
  assert.equal(
    (await server.keys()).filter((key) => key.includes('gone-1')),
    [],
  );
  assert.is(await alive.has('a'), true);
  assert.is((await run('purge', '--yes')).stdout, 'there is nothing to do\n');
  assert.is((await run('purge', 'alive-1', '--yes')).stdout, 'class alive-1: removed from the server\n');
  assert.is(await alive.has('a'), false);
  assert.is(await server.client.get('other'), 'foreign');
  await alive.end();
});

test('lab queue: wrong calls', async () => {
  await using server = await startQueueServer();
  const url = ['--queue', server.url];
  const wrong = async (args: string[]) => {
    const { exitCode, stderr } = await labInProcess(['queue', ...args]);
    return [exitCode, stderr.split('\n')[0]];
  };
  assert.equal(await wrong(['status']), [
    2,
    'error E_USAGE: lab queue: name the queue with --queue redis://HOST, or in the variable LAB_QUEUE',
  ]);
  assert.equal(await wrong(['empty', ...url]), [2, "error E_USAGE: lab queue has no action 'empty'"]);
  assert.equal(await wrong(['status', 'c9', ...url]), [2, "error E_USAGE: no class 'c9' is on this server"]);
  await using queue = await openQueue(server.address, { times: shortTimes, signal });
  await using _one = await queue.openClass(announcement('c1'));
  await using _two = await queue.openClass(announcement('c12'));
  assert.equal(await wrong(['status', 'c', ...url]), [2, "error E_USAGE: 'c' is the beginning of several classes"]);
  assert.is((await lab(['queue', 'status', 'c1'], { env: { LAB_QUEUE: server.url } })).stdout.split('\n').length, 4);
  await server.kill();
  const [exitCode, message] = await wrong(['status', '--queue', server.url.replace('//', '//:secret@')]);
  assert.equal([exitCode, message], [3, `error E_QUEUE: the queue server ${server.url} cannot be used: nothing listens there`]);
});

test.run();
