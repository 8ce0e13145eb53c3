import type { Membership, QueueTimes, WorkerState } from '../port.ts';
import type { Connection } from './connect.ts';
import { parting, startHeart } from './heart.ts';
import { type JobLoop, startJobLoop } from './job-loop.ts';
import { type ClassKeys, directedQueue, sharedQueue, tracesOf } from './keys.ts';
import { removeTraces, workerBeat } from './scripts.ts';

/** A worker's side of a class. `signal`: the program ends, and the worker leaves. */
export async function joinClass(
  connection: Connection,
  keys: ClassKeys,
  first: WorkerState,
  times: QueueTimes,
  signal: AbortSignal,
): Promise<Membership> {
  const { main } = connection;
  const worker = first.id;
  const [ended, draining] = [new AbortController(), new AbortController()];
  const loops: JobLoop[] = [];
  let state = first;

  const beat = async () => {
    const at = [keys.announcement, keys.alive, keys.draining, keys.workers, keys.worker(worker), keys.queues];
    const answer = await main.eval(
      workerBeat,
      at.length,
      ...at,
      worker,
      JSON.stringify(state),
      times.goneMs,
      directedQueue(worker),
    );
    const [exists, alive, drain] = answer as [number, number, number];
    // a server that started again may have lost the class, or let the coordinator's sign of life expire: the coordinator renews both
    const mayReturn = performance.now() - connection.backAt() < times.goneMs;
    if ((exists === 0 || alive === 0) && !mayReturn) ended.abort();
    if (drain === 1) {
      for (const loop of loops) loop.drain();
      draining.abort();
    }
  };
  const heart = startHeart(beat, times.beatMs);
  const ignore = connection.onState(async (now) => {
    if (now === 'back') await heart.beat().catch(() => undefined);
  });
  const leave = async () => {
    heart.stop();
    ignore();
    await Promise.all(loops.map((loop) => loop.leave()));
  };
  const onAbort = () => void leave();
  signal.addEventListener('abort', onAbort, { once: true });

  await heart.beat();
  const serve = (queue: string, slots: number, perform: Parameters<Membership['serveDirected']>[0]) => {
    const loop = startJobLoop({ connection, keys, queue, worker, slots, times, perform });
    loops.push(loop);
    if (draining.signal.aborted) loop.drain();
  };
  return {
    ended: ended.signal,
    draining: draining.signal,
    serveDirected: (perform) => serve(directedQueue(worker), 1, perform),
    serveShared: (slots, perform) => serve(sharedQueue, slots, perform),
    update: async (next) => {
      state = next;
      await heart.beat();
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', onAbort);
      await leave();
      const traces = [directedQueue(worker), sharedQueue].flatMap((queue) => tracesOf(keys, queue));
      await parting(
        connection,
        main.del(keys.worker(worker)),
        main.srem(keys.workers, worker),
        main.eval(removeTraces, 1 + traces.length, keys.announcement, ...traces),
      );
    },
  };
}
