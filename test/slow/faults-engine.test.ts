// time limit: 300 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasReplicas } from '../../src/checks/replicas.ts';
import { clock } from '../../src/cli/clock.ts';
import { status } from '../../src/docker/embedded/embedded-engine.ts';
import { LabError } from '../../src/lab/error.ts';
import { clean } from '../../src/run/clean.ts';
import { onOwnEngine, sleepStack } from '../helpers/faulty-engine.ts';
import { assertNothingLeft } from '../helpers/left.ts';
import { eventsOf, runSmall } from '../helpers/small.ts';

const test = suite('slow faults of an engine');

test('an engine that hangs in mid-run: the step and the run end, what is left is told; when it goes on, `lab clean` leaves nothing', () =>
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
        { timeoutMs: 5000 },
      );
      assert.equal(
        eventsOf(run, 'step-finished').map(({ outcome, reason }) => [outcome, reason?.message.en]),
        [
          ['passed', undefined],
          ['errored', 'E_TIMEOUT: the step took longer than 5 s'],
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
