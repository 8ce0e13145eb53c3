// time limit: 960 s
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasReplicas } from '../../src/checks/replicas.ts';
import { clock } from '../../src/cli/clock.ts';
import { up as bringUp, status } from '../../src/docker/embedded/embedded-engine.ts';
import { loadImages, saveImages } from '../../src/docker/images/save-load.ts';
import { LabError } from '../../src/lab/error.ts';
import { clean } from '../../src/run/clean.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { assertNothingLeft, labelled, processesOf } from '../helpers/cleanup.ts';
import { testEngine } from '../helpers/engine.ts';
import { onOwnEngine, sleepStack } from '../helpers/faulty-engine.ts';
import { folder } from '../helpers/folder.ts';
import { unattended } from '../helpers/own-engine.ts';
import { rejection } from '../helpers/rejection.ts';
import { eventsOf, runSmall, type SmallRun, type SmallStep } from '../helpers/small.ts';
import { makeTinyImage, removeImages, tinyName } from '../helpers/tiny-image.ts';

/** Faults of the engine itself, each on a separate engine. */
const test = suite('faults of an engine');

const up: SmallStep['run'] = (stack) => stack.compose`up -d`;
const one = [hasReplicas('flask', 1)];

const reasons = (run: SmallRun) =>
  eventsOf(run, 'step-finished').map(({ outcome, reason }) => [outcome, reason?.message.en ?? '']);

test('dockerd killed during a run: reported as E_ENGINE_LOST, not as failed; after a restart, `lab clean` removes everything', () =>
  onOwnEngine(async (engine, own) => {
    const kill = async () => void process.kill((await status(own.homes)).pid ?? 0, 'SIGKILL');
    const killedIn: [string, SmallStep['run']][] = [
      [
        'between two commands',
        async (stack) => {
          await kill();
          await stack.compose`ps`;
        },
      ],
      [
        'during a command',
        async (stack) => {
          const command = stack.compose`exec client sleep 30`;
          const killed = setTimeout(1500).then(kill);
          await Promise.all([command, killed]);
        },
      ],
      ['before the checks', kill],
    ];
    for (const [when, kills] of killedIn) {
      const run = await runSmall(engine, sleepStack(), [
        { run: up, verify: one },
        { run: kills, verify: one },
      ]);
      const context = `${when}: ${JSON.stringify(reasons(run))}`;
      assert.equal(
        eventsOf(run, 'step-finished').map(({ outcome }) => outcome),
        ['passed', 'errored'],
        context,
      );
      const [, check] = eventsOf(run, 'check-finished');
      const reason = eventsOf(run, 'step-finished')[1]?.reason;
      const verdict = check?.result.verdict;
      const [message, hint] = reason
        ? [reason.message.en, reason.hint.en]
        : verdict?.outcome === 'errored'
          ? [verdict.reason.code, verdict.reason.hint.en]
          : [];
      assert.match(message ?? '', /^E_ENGINE_LOST/, context);
      assert.match(hint ?? '', /`lab engine up`.*`lab clean`/);
      // the run ends with an error, because it could not remove its resources
      assert.instance(run.error, LabError, context);
      const error = run.error as LabError;
      assert.equal([error.code, error.exitCode], ['E_ENGINE_LOST', 3]);
      assert.match(error.hint['zh-TW'], /`lab clean`/);
      assert.equal(processesOf(run.runId), []);

      const early = await clean(run.homes, clock, { dryRun: false });
      assert.equal(
        early.failed.map((failed) => failed.error.code),
        ['E_ENGINE_UNREACHABLE'],
      );
      await bringUp(own.homes, unattended);
      assert.is((await labelled(engine, run.runId)).length, 3, 'two containers and a network should be left');
      const cleaned = await clean(run.homes, clock, { dryRun: false });
      assert.equal([cleaned.failed, cleaned.left.containers.length, cleaned.left.networks.length], [[], 2, 1]);
      await assertNothingLeft(engine, run);
    }
  }));

test('no free address range for another network: E_NETWORKS_FULL', () =>
  onOwnEngine(async (engine, own) => {
    // one network that uses the whole pool
    const { pool } = JSON.parse(readFileSync(own.layout.subnetFile, 'utf8')) as { pool: string };
    await engine.api.post('/networks/create', {}, { Name: 'all', IPAM: { Config: [{ Subnet: pool }] } });
    const run = await runSmall(engine, sleepStack(), [{ run: up, verify: one }]);
    const reason = eventsOf(run, 'step-finished')[0]?.reason;
    assert.is(run.outcome, 'errored');
    assert.match(
      reason?.message.en ?? '',
      /^E_NETWORKS_FULL: `docker compose up -d` ended with exit code \d+:\n[\s\S]*address pool/,
    );
    assert.match(reason?.hint.en ?? '', 'remove unused networks');
    await assertNothingLeft(engine, run);
  }));

const quiet = { progress: () => {}, signal: new AbortController().signal };

/** An archive with one image of 80 MB, created on the engine that all tests share. */
async function largeArchive(): Promise<string> {
  const shared = await testEngine();
  const ref = tinyName();
  const file = join(folder(), 'large.tar');
  try {
    await makeTinyImage(shared, ref, 80_000_000);
    await saveImages(shared, [ref], file, quiet);
  } finally {
    await removeImages(shared, [ref]);
    await shared.api.close();
  }
  return file;
}

test('a full disk during a build and during `lab images load`: E_DISK_FULL', () =>
  onOwnEngine(
    async (engine) => {
      const files = {
        Dockerfile: 'FROM sleep\nCOPY --chown=1:1 large /large\nRUN ["/bin/sleep", "0"]\n',
        large: 'x'.repeat(40_000_000),
      };
      const flask = { image: `$\{FLASK_IMAGE:-x}`, build: '.', pull_policy: 'build' };
      const build: SmallStep['run'] = (stack) => stack.compose`build`;
      const run = await runSmall(engine, sleepStack(flask), [{ run: build, verify: one }], { files });
      const reason = eventsOf(run, 'step-finished')[0]?.reason;
      assert.is(run.outcome, 'errored', JSON.stringify(run.error));
      assert.match(
        reason?.message.en ?? '',
        /^E_DISK_FULL: `docker compose build` ended with exit code \d+:\n[\s\S]*no space left on device/,
      );
      assert.match(reason?.hint.en ?? '', '`docker system df`');
      await assertNothingLeft(engine, run);

      const error = await rejection(loadImages(engine, await largeArchive(), { ...unattended, ...quiet }));
      assert.is(error.code, 'E_DISK_FULL');
      assert.match(error.text.en, /^the engine's disk is full: no space for .*large\.tar$/);
    },
    ({ homes }) => {
      mkdirSync(homes.state, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', homes.state]);
      return () => execFileSync('umount', [homes.state]);
    },
  ));

test('no images and no registry: `lab run` reports the image and how to get it, exit 3', () =>
  onOwnEngine(async (engine) => {
    const state = folder();
    const { exitCode, stdout, stderr } = await runBin(['run'], envFor(engine, state));
    assert.is(exitCode, 3, stdout);
    assert.match(
      stderr,
      /error E_REGISTRY_UNREACHABLE: docker\.io can't be reached for \S+ \(.*\)\nhint: .*lab images load FILE/,
    );
    assert.equal(readdirSync(state), []);
  }));

test('an engine that hangs during a run: the step times out and the run ends with E_ENGINE_LOST; when the engine continues, `lab clean` removes everything', () =>
  onOwnEngine(async (engine, own) => {
    const pid = (await status(own.homes)).pid ?? 0;
    try {
      const run = await runSmall(
        engine,
        sleepStack(),
        [
          { run: (stack) => stack.compose`up -d`, verify: [hasReplicas('flask', 1)] },
          {
            run: async (stack) => {
              process.kill(pid, 'SIGSTOP');
              await stack.compose`ps`;
            },
            verify: [hasReplicas('flask', 1)],
          },
        ],
        { timeoutMs: 30_000 },
      );
      assert.equal(
        eventsOf(run, 'step-finished').map(({ outcome, reason }) => [outcome, reason?.message.en]),
        [
          ['passed', undefined],
          ['errored', 'E_TIMEOUT: the step took longer than 30 s'],
        ],
      );
      assert.instance(run.error, LabError);
      assert.is((run.error as LabError).code, 'E_ENGINE_LOST');
      assert.match((run.error as LabError).hint.en, '`lab clean`');
      process.kill(pid, 'SIGCONT');
      const cleaned = await clean(run.homes, clock, { dryRun: false });
      assert.equal([cleaned.failed, cleaned.left.containers.length], [[], 2]);
      await assertNothingLeft(engine, run);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }));

test.run();
