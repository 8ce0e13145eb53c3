// time limit: 300 s
import * as assert from 'uvu/assert';
import { isReady } from '../../src/checks/answers.ts';
import { compose, faultyApps, server, status200, unanswered } from '../helpers/faulty-app.ts';
import { assertNothingLeft } from '../helpers/left.ts';
import { eventsOf, runSmall } from '../helpers/small.ts';

/** Apps that take their time, or all of it. */
const test = faultyApps('slow apps', [
  { what: 'nothing', answer: 'time.sleep(3600)', inside: unanswered, front: unanswered },
  {
    what: 'a byte each second',
    answer: `s.sendall(${status200}Content-Length: 100\\r\\n\\r\\n')\nfor _ in range(100): s.sendall(b'x'); time.sleep(1)`,
    inside: unanswered,
    front: unanswered,
  },
]);

test('an app that takes requests and never answers them is not ready', async ({ engine }) => {
  const run = await runSmall(engine, compose(), [{ run: (stack) => stack.compose`up -d`, verify: [isReady('flask')] }], {
    files: { 'app/server.py': server('print("asked", flush=True)\ntime.sleep(3600)') },
    settleMs: 4000,
  });
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'failed', JSON.stringify(eventsOf(run, 'step-finished')));
  assert.match(
    verdict.actual.en,
    /^no answer from [0-9a-f]{12}$|^[0-9a-f]{12} accepted the request, but did not answer within 2 s$/,
  );
  assert.ok(verdict.said?.lines.every((line) => line === 'asked'));
  await assertNothingLeft(engine, run);
});

test.run();
