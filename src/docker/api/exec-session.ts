import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { ExecResult } from '../../lab/world.ts';
import { demultiplex, type EngineApi } from './engine-api.ts';
import { joinScripts, splitResults } from './exec-batch.ts';
import { ourWord } from './exec-events.ts';

/**
 * A shell in a container that runs the scripts written to it: an exec costs the engine about 60 ms, a session costs that once. It ends with its
 * container and with this process.
 */
export interface Session {
  readonly ended: boolean;
  /**
   * Runs one script at a time and returns its output; undefined if the session ended first. Rejects with the signal's reason, after which the session
   * is closed.
   */
  run(script: string, signal: AbortSignal): Promise<ExecResult | undefined>;
}

const capBytes = 1_000_000;

/** Works only through the engine's own socket. Undefined for other endpoints, and if the engine does not hand over the connection. */
export async function openSession(api: EngineApi, containerId: string): Promise<Session | undefined> {
  const [, socketPath] = /^unix:\/\/(.*)$/.exec(api.endpoint.host) ?? [];
  if (!socketPath) return undefined;
  const made = await api.post<{ Id: string }>(
    `/containers/${containerId}/exec`,
    {},
    { Cmd: ['sh', '-s', ourWord], AttachStdin: true, AttachStdout: true, AttachStderr: true },
  );
  if (!made) return undefined;
  const socket = await takeOver(socketPath, `/v${api.apiVersion}/exec/${made.Id}/start`);
  return socket && sessionOn(socket);
}

/** Takes over the connection once the engine agrees (101: https://docs.docker.com/reference/api/engine/). */
function takeOver(socketPath: string, path: string): Promise<Socket | undefined> {
  const body = JSON.stringify({ Detach: false, Tty: false });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'Upgrade',
    Upgrade: 'tcp',
  };
  return new Promise((resolve) => {
    const asked = request({ socketPath, method: 'POST', path, headers });
    asked.on('upgrade', (_, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // refused, or broken: each script then gets its own exec, which reports what is wrong
    asked.on('response', (answer) => {
      answer.resume();
      resolve(undefined);
    });
    asked.on('error', () => resolve(undefined));
    asked.end(body);
  });
}

function sessionOn(socket: Socket): Session {
  let ended = false;
  let asked = false;
  let bytes = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  // The socket does not keep the process alive; whoever waits for its response does.
  socket.unref();
  socket.on('data', (chunk: Buffer) => {
    // output without a script running: what a container calls its shell may never end
    if (!asked) return void socket.destroy();
    bytes = Buffer.concat([bytes, chunk]);
    wake();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    ended = true;
    wake();
  });

  return {
    get ended() {
      return ended;
    },
    run: async (script, signal) => {
      const mark = randomBytes(8).toString('hex');
      bytes = Buffer.alloc(0);
      asked = true;
      socket.write(`${joinScripts([script], mark)}\n`);
      const abort = () => socket.destroy();
      signal.addEventListener('abort', abort, { once: true });
      try {
        for (;;) {
          const result = demultiplex(bytes);
          const [answer] = splitResults({ exitCode: 0, ...result }, mark, 1);
          if (answer && result.stderr.includes(`\n${mark}\n`)) return answer;
          signal.throwIfAborted();
          if (ended) return undefined;
          if (bytes.length >= capBytes) {
            // the rest of the output would be mixed up with that of the next script
            socket.destroy();
            return { exitCode: 1, ...result };
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        asked = false;
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
