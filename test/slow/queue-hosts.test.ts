// time limit: 1800 s
// alone
// only with test:full
import { homedir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEngine } from '../../src/docker/discovery/open-engine.ts';
import { down } from '../../src/docker/embedded/embedded-engine.ts';
import { gradingHomes } from '../../src/docker/embedded/grading-engine.ts';
import { copyImages } from '../../src/docker/images/copy-images.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import { type Started, startBin, startProgram, terminate } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { ownHomes, unattended } from '../helpers/own-engine.ts';
import { compile, source } from '../helpers/program.ts';
import { startQueueServer } from '../helpers/queue-server.ts';
import { addSubmission, comment, gradeDifferences, loadGrades, privileged, redisReachable } from '../helpers/small-class.ts';
import { createHost, runOn, type TestHost } from '../helpers/test-host.ts';

/** Workers on hosts of their own, each with an engine of its own, give the grades that this machine gives. */
const test = suite('hosts');

const submissions = folder();
addSubmission(submissions, 'ann', comment('as it is'));
addSubmission(submissions, 'ben', redisReachable);
addSubmission(submissions, 'cho', comment('twice'));
addSubmission(submissions, 'dee', comment('twice'));
addSubmission(submissions, 'eve', privileged);
addSubmission(submissions, 'fay', ['compose.yaml', ':ro', '']);
addSubmission(submissions, 'gus', ['flask/Dockerfile', 'FROM', 'FROM nothing:1\nFROM']);

const always = ['--build-network', 'none', '--yes'];

const starter = compile(`
  import { openEngine } from ${source('src/docker/discovery/open-engine.ts')};
  import { gradingHomes } from ${source('src/docker/embedded/grading-engine.ts')};
  const homes = gradingHomes(JSON.parse(process.argv[2]));
  const signal = new AbortController().signal;
  const engine = await openEngine({
    choice: 'private', homes, env: process.env, home: '/root', progress: () => {}, unattended: true, signal,
  });
  await engine.api.close();
`);

/** Starts the grading engine of a host, and gives it the images of the tutorial. */
async function startEngine(host: TestHost, own: ReturnType<typeof ownHomes>): Promise<void> {
  await runOn(host, process.execPath, [starter, JSON.stringify(own.homes)], { env: own.env });
  const { signal } = new AbortController();
  const opening = { choice: 'private', env: process.env, home: homedir(), progress: () => {}, ...unattended, signal } as const;
  const [from, to] = [await readyEngine(), await openEngine({ ...opening, homes: gradingHomes(own.homes) })];
  try {
    await copyImages(from, to, await requiredImages(join(assets, 'compose-scale')), signal);
  } finally {
    await Promise.all([from.api.close(), to.api.close()]);
  }
}

test('1, 2 and 3 workers on hosts of their own give the same grades as this machine', async () => {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', LAB_QUEUE_PASSWORD: 'of-the-queue' };
  const local = folder();
  const { exitCode, stderr } = await startBin(['grade', submissions, '--out', local, ...always], env).ended;
  assert.is(exitCode, 3, stderr);
  const expected = loadGrades(local);
  const counts = [1, 2, 3];
  const most = Math.max(...counts);
  const hosts: TestHost[] = [];
  const owns: ReturnType<typeof ownHomes>[] = [];
  try {
    for (let at = 0; at < most; at++) {
      const [host, own] = [await createHost(), ownHomes()];
      hosts.push(host);
      owns.push(own);
      await startEngine(host, own);
    }
    await using server = await startQueueServer({
      password: env.LAB_QUEUE_PASSWORD,
      settings: [`bind 127.0.0.1 ${hosts.map(({ gateway }) => gateway).join(' ')}`],
    });
    const key = join(folder(), 'class.key');
    for (const count of counts) {
      const out = folder();
      const urlOf = ({ gateway }: TestHost) => `redis://${gateway}:${server.port}`;
      const [first] = hosts;
      assert.ok(first);
      const queue = ['--queue', urlOf(first), '--class-key', key];
      const grading = startBin(['grade', submissions, '--out', out, ...queue, ...always], env);
      await grading.until('encrypted', 'stderr');
      const workers = hosts.slice(0, count).map((host, at): Started => {
        const args = ['worker', '--queue', urlOf(host), '--class-key', key, '--jobs', '2', '--yes'];
        const [file, all] = host.command(process.execPath, join(root, 'dist/src/cli/main.js'), ...args);
        return startProgram(file, all, { ...env, XDG_STATE_HOME: owns[at]?.env.XDG_STATE_HOME });
      });
      // a worker that ends by itself would be waited for
      const early = Promise.race(workers.map(({ ended }) => ended)).then(({ stderr }) => {
        throw new Error(`a worker ended: ${stderr}`);
      });
      early.catch(() => undefined);
      const ended = await Promise.race([grading.ended, early]);
      const ends = await Promise.all(workers.map(terminate));
      const printed = [ended.stderr, ...ends.map((end) => end.stderr)].join('\n');
      assert.is(ended.exitCode, 3, printed);
      assert.equal(gradeDifferences(expected, loadGrades(out)), [], `${count} workers\n${printed}`);
      assert.is(ended.stderr.match(/the reference solution passed/g)?.length, count, printed);
      assert.not.match(ended.stderr, /graded again|needs review: no worker/);
      assert.equal(await server.keys(), [], 'something is left on the server');
      console.log(`${count} workers: ${/^Grade stability.*$/m.exec(ended.stderr)?.[0]}`);
    }
  } finally {
    for (const own of owns) {
      await down(gradingHomes(own.homes));
      await own.remove();
    }
    for (const host of hosts) await host[Symbol.asyncDispose]();
  }
});

test.run();
