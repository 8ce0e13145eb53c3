import { constants, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outlet } from './sinks.ts';

export const isPipe = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFIFO() === true;

/** Between two looks for a reader. */
const pauseMs = 50;
/** How long after an abort a reader may take for what it was given. */
const graceMs = 2000;

/**
 * A named pipe. `open` and `write` of one block until another program reads, and then no signal is handled; so both are done without blocking.
 * An abort ends the wait for a reader, and soon after that for one that does not read on.
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
      // reported by the write that it ends
      socket.on('error', () => undefined);
      const giveUp = () => setTimeout(() => socket.destroy(new Error('its reader does not read on')), graceMs).unref();
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      socket.once('close', () => signal.removeEventListener('abort', giveUp));
      return socket;
    } catch (error) {
      // Linux's answer where nothing has the pipe open to read
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
