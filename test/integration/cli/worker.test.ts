import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sealSetup } from '../../../src/grade/queue/bodies.ts';
import { openQueue } from '../../../src/grade/queue/bull/open-queue.ts';
import { usualTimes } from '../../../src/grade/queue/port.ts';
import { root, version } from '../../../src/platform/package-root.ts';
import { folder } from '../../helpers/folder.ts';
import { type LabResult, lab, labInProcess } from '../../helpers/lab.ts';
import { startQueueServer, type TestQueueServer } from '../../helpers/queue-server.ts';

/** `lab worker` as a user calls it, without an engine. */

const wrong: readonly (readonly [readonly string[], number, string, string])[] = [
  [[], 2, 'lab worker: name the queue with --queue redis://HOST', 'lab worker：請用 --queue redis://主機 指定佇列'],
  [['--queue', 'localhost'], 2, "--queue can't be 'localhost'", '--queue 不能是「localhost」'],
  [
    ['--queue', 'redis://10.9.9.9'],
    2,
    'submissions must be encrypted, which needs a class key',
    '作業必須加密，因此需要班級金鑰',
  ],
  [['--queue', 'redis://10.9.9.9', '--class-key', '/none'], 2, 'class key: /none does not exist', '班級金鑰：/none 不存在'],
  [
    ['--queue', 'redis://localhost', '--engine', 'docker', '--registry-mirror', 'https://mirror.example'],
    2,
    '--registry-mirror is for the grading engine',
    '--registry-mirror 只適用於評分引擎',
  ],
  [['--queue', 'redis://127.0.0.1:1'], 3, 'error E_QUEUE', '那裡沒有程式在監聽'],
];
for (const [args, code, english, chinese] of wrong)
  test(`lab worker ${args.join(' ')}: exit code ${code}, with what to do in both languages`, async () => {
    for (const [lang, message, hint] of [
      ['en', english, 'hint: '],
      ['zh-TW', chinese, '提示：'],
    ] as const) {
      const { exitCode, stdout, stderr } = await labInProcess(['worker', ...args, '--lang', lang]);
      assert.equal([exitCode, stdout], [code, '']);
      assert.match(stderr, message);
      assert.match(stderr, hint);
    }
  });

test('a wrong password is refused, and shown nowhere', async () => {
  await using server = await startQueueServer({ password: 'right' });
  const { exitCode, stderr } = await lab(['worker', '--queue', server.url], { env: { LAB_QUEUE_PASSWORD: 'canary-4711' } });
  assert.is(exitCode, 3);
  assert.match(stderr, 'the password or the user is wrong');
  assert.not.match(stderr, 'canary-4711');
});

interface Class {
  readonly key?: Buffer;
  readonly build?: string;
}

/** A worker with `--once`, beside a class that ends when the worker shows `until`. */
async function besideClass(
  server: TestQueueServer,
  { key, build }: Class,
  args: readonly string[],
  until: string,
): Promise<LabResult> {
  const built = await import(pathToFileURL(join(root, 'dist/src/platform/package-root.js')).href);
  await using queue = await openQueue(server.address, { times: usualTimes, signal: new AbortController().signal });
  const setup = { rules: { tutorial: 'compose-scale' }, buildNetwork: 'none', trust: false } as const;
  const own = await queue.openClass({
    id: 'class-1',
    build: build ?? built.programBuild(),
    version,
    host: 'desk',
    startedAt: '2026-12-01T10:00:00.000Z',
    encrypted: key !== undefined,
    setup: sealSetup(setup, 'class-1', key),
  });
  let ending: Promise<void> | undefined;
  const result = await lab(['worker', '--queue', server.url, '--once', ...args], {
    onStderr: (stderr, kill) => {
      if (!stderr.includes(until)) return;
      if (build !== undefined) kill('SIGINT');
      ending ??= own.end();
    },
  });
  await (ending ?? own.end());
  return result;
}

test('without the class key, or with another one, a worker says which, and exits with 3 when the class has ended', async () => {
  await using server = await startQueueServer();
  const path = join(folder(), 'class.key');
  writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const key = randomBytes(32);
  for (const [own, args, why] of [
    [{ key }, [], 'the class is encrypted, and this worker has no class key'],
    [{ key }, ['--class-key', path], 'the class key of this worker differs from the one of the class'],
    [{}, ['--class-key', path], 'this worker has a class key, and the class is not encrypted'],
  ] as const) {
    const { exitCode, stdout, stderr } = await besideClass(server, own, args, 'hint: ');
    assert.equal([exitCode, stdout], [3, ''], stderr);
    assert.match(stderr, `This machine can't grade the class: ${why}`);
    assert.match(stderr, 'The class ended; 0 submissions graded here');
  }
});

test('a class of another labwright is not graded; Ctrl-C ends the wait with 130', async () => {
  await using server = await startQueueServer();
  const { exitCode, stderr } = await besideClass(server, { build: 'another' }, [], 'Waiting for a class');
  assert.is(exitCode, 130);
  assert.match(stderr, 'The class of desk is not graded here');
  assert.match(stderr, 'error E_INTERRUPTED');
});

test.run();
