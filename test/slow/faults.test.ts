// time limit: 300 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isReady } from '../../src/checks/answers.ts';
import { hasReplicas } from '../../src/checks/replicas.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from '../helpers/engine.ts';
import { failure, inCompose, stackOf, up } from '../helpers/faulty-service.ts';
import { assertNothingLeft } from '../helpers/left.ts';
import { eventsOf, runSmall, type SmallStep } from '../helpers/small.ts';

/** Faults of a service that take their time. */
const test = suite<{ engine: Engine }>('slow faults');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('a service that comes up at its third start is given the time', async ({ engine }) => {
  const script = 'echo start >>/tried/log; [ "$(wc -l </tried/log)" -ge 3 ] || exit 1; exec sleep infinity';
  const compose = stackOf({ restart: 'always', volumes: ['./tried:/tried'], command: ['sh', '-c', inCompose(script)] });
  const late: SmallStep['run'] = async (stack) => {
    await up(stack);
    await stack.compose`exec client sleep 0.3`;
  };
  const run = await runSmall(engine, compose, [{ run: late, verify: [hasReplicas('flask', 1)] }]);
  assert.is(run.outcome, 'passed', JSON.stringify(eventsOf(run, 'check-finished')));
  await assertNothingLeft(engine, run);
});

test('a log without an end, on a terminal or in one line, is cut', async ({ engine }) => {
  for (const more of [{}, { tty: true }, { command: ['sh', '-c', 'exec cat /dev/zero | tr "\\0" y'] }]) {
    const compose = stackOf({ command: ['yes', 'endless'], logging: { options: { 'max-size': '2m' } }, ...more });
    const run = await runSmall(engine, compose, [{ run: up, verify: [isReady('flask')] }], { timeoutMs: 4000 });
    assert.is(run.outcome, 'failed', JSON.stringify(eventsOf(run, 'step-finished')));
    const { lines = [] } = failure(run).said ?? {};
    assert.ok(lines.length >= 1 && lines.length <= 8 && lines.every((line) => line.length <= 200), JSON.stringify(lines));
    assert.match(lines.at(-1) ?? '', /^(endless|y+…)$/);
    await assertNothingLeft(engine, run);
  }
});

test.run();
