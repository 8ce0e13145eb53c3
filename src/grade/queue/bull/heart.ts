import type { Connection } from './connect.ts';

/** Repeats a sign of life. */
export interface Heart {
  /** One more, with what is true now. Rejects if the server refuses it. */
  beat(): Promise<void>;
  stop(): void;
}

/** The first one is at the first interval. One at a time: a server that does not answer gets one when it is back. */
export function startHeart(work: () => Promise<void>, everyMs: number): Heart {
  let current: Promise<void> | undefined;
  const beat = (): Promise<void> => {
    const next = (current ?? Promise.resolve()).catch(() => undefined).then(work);
    current = next;
    const over = () => {
      if (current === next) current = undefined;
    };
    next.then(over, over);
    return next;
  };
  const timer = setInterval(() => {
    // what the server refuses now is sent again at the next interval
    if (!current) beat().catch(() => undefined);
  }, everyMs);
  return { beat, stop: () => clearInterval(timer) };
}

/** How long the end of a program waits for a server that answers. */
const partingMs = 2000;

/** Last messages to the server. Returns when they are sent, or at once if the server does not answer. */
export async function parting(connection: Connection, ...messages: readonly Promise<unknown>[]): Promise<void> {
  const sent = Promise.allSettled(messages);
  if (!connection.isUp()) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, partingMs);
  });
  await Promise.race([sent, late]);
  clearTimeout(timer);
}

/** Performs work to its end, but not longer than the server answers. Rejects if the server refuses it. */
export async function unlessLost(connection: Connection, work: () => Promise<void>): Promise<void> {
  if (!connection.isUp()) return;
  let ignore: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    ignore = connection.onState((state) => {
      if (state === 'lost') resolve();
    });
  });
  await Promise.race([work(), lost]).finally(ignore);
}
