import { constants, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outlet } from './sinks.ts';

export const isPipe = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFIFO() === true;

/** Interval between attempts to find a reader. */
const pauseMs = 50;
/** How long after an abort a reader may take for data that was already written. */
const graceMs = 2000;

/**
 * A named pipe. `open` and `write` would block until another program reads, and no signal is handled then; so both are non-blocking. An abort ends
 * the wait for a reader, and after a short grace period the wait for one that stops reading.
 */
export function pipeOutlet(file: string, signal: AbortSignal): Outlet {
  let opened: Promise<Socket> | undefined;
  let taken: Promise<void> = Promise.resolve();
  let broken: unknown;
  return {
    write(part) {
      if (broken) throw broken;
      opened ??= openPipe(file, signal);
      const socket = opened;
      taken = taken.then(async () => written(await socket, part));
      taken.catch((error: unknown) => {
        broken ??= error;
      });
    },
    async close() {
      try {
        await taken;
      } finally {
        const socket = await opened?.catch(() => undefined);
        socket?.destroy();
      }
    },
  };
}

async function openPipe(file: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    try {
      const fd = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
      const socket = new Socket({ fd, readable: false, writable: true });
      // the failing write reports it
      socket.on('error', () => undefined);
      const giveUp = () => setTimeout(() => socket.destroy(new Error('its reader stopped reading')), graceMs).unref();
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      socket.once('close', () => signal.removeEventListener('abort', giveUp));
      return socket;
    } catch (error) {
      // Linux returns ENXIO if no process has the pipe open for reading
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    await pause(pauseMs, undefined, { signal }).catch(() => {
      throw new Error('no program reads from this pipe');
    });
  }
}

const written = (socket: Socket, part: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.write(part, (error) => (error ? reject(error) : resolve()));
  });
