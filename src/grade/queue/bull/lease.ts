import type { StoredJob } from './bull-queue.ts';

/** Why the signal of a job aborted. */
class GaveUpError extends Error {
  override readonly name = 'GaveUpError';
  readonly why: 'lease lost' | 'limit' | 'leaving';
  constructor(why: GaveUpError['why']) {
    super(why);
    this.why = why;
  }
}

/** A worker's right to perform a job. */
export interface Lease extends Disposable {
  /** Aborts with a GaveUpError. */
  readonly signal: AbortSignal;
  /** The reason of the abort. */
  readonly lost: GaveUpError['why'] | undefined;
  abort(why: GaveUpError['why']): void;
}

/** Renews a lease until it is released. BullMQ's own timer depends on the machine's clock, which may be set back; this one does not. */
export function holdLease(job: StoredJob, token: string, leaseMs: number): Lease {
  const controller = new AbortController();
  let lost: GaveUpError['why'] | undefined;
  const abort = (why: GaveUpError['why']) => {
    // a lost lease is final, whatever was first
    if (lost === undefined || why === 'lease lost') lost = why;
    controller.abort(new GaveUpError(why));
  };
  let isAsking = false;
  const renew = async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      if ((await job.extendLock(token, leaseMs)) !== 1) abort('lease lost');
    } catch {
      // the server refused the command: the lease is lost when it is over
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void renew(), leaseMs / 4);
  return {
    signal: controller.signal,
    get lost() {
      return lost;
    },
    abort,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
