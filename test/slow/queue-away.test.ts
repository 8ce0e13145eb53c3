// time limit: 600 s
// without an engine
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unlessAborted } from '../../src/platform/any-signal.ts';
import { folder } from '../helpers/folder.ts';
import { gate, until } from '../helpers/queue.ts';
import { gradeOnQueue, lossTimes, submissions } from '../helpers/queue-class.ts';
import { journalOf, names, startWaitingWorker, startWorker } from '../helpers/queue-loss.ts';
import { startQueueServer, type TestQueueServer } from '../helpers/queue-server.ts';

/** A program that waits for the server does not end before the server returns: these never do. */
const quicklyMs = 60_000;

for (const [how, away] of [
  ['is gone', (server: TestQueueServer) => server.kill()],
  ['does not answer', async (server: TestQueueServer) => server.freeze()],
] as const) {
  test(`a worker that ends while the server ${how} ends within seconds, in the middle of a submission`, async () => {
    await using server = await startQueueServer();
    await using worker = startWaitingWorker(server);
    const grading = new AbortController();
    const graded = gradeOnQueue(server.address, {
      works: submissions(folder(), names(3)),
      out: folder(),
      times: lossTimes,
      signal: grading.signal,
    });
    await worker.begun;
    await away(server);
    const startedMs = performance.now();
    await worker.end();
    assert.ok(performance.now() - startedMs < quicklyMs, `${performance.now() - startedMs} ms`);
    grading.abort();
    await graded.catch(() => undefined);
  });

  test(`a coordinator that is aborted while the server ${how} ends within seconds; what is decided is kept`, async () => {
    await using server = await startQueueServer({ keepsData: true });
    const [dir, out] = [folder(), folder()];
    const all = names(8);
    const held = gate();
    let begun = 0;
    await using worker = startWorker(server, {
      host: 'one',
      slots: 1,
      perform: async (order, signal) => {
        if (order.kind === 'grade' && begun++ > 0) await unlessAborted(held.opened, signal);
      },
    });
    const ending = new AbortController();
    const reason = new Error('the teacher ended it');
    const grading = gradeOnQueue(server.address, {
      works: submissions(dir, all),
      out,
      times: lossTimes,
      signal: ending.signal,
    }).catch((error) => error);
    await until(async () => journalOf(out).length > 0);
    await away(server);
    const startedMs = performance.now();
    ending.abort(reason);
    assert.is(await grading, reason);
    assert.ok(performance.now() - startedMs < quicklyMs, `${performance.now() - startedMs} ms`);
    assert.is(journalOf(out).length, 1);
    held.open();
    await worker.end();
  });
}

test.run();
