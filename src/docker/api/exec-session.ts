import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { ExecResult } from '../../lab/world.ts';
import { demultiplex, type EngineApi } from './engine-api.ts';
import { joinScripts, splitResults } from './exec-batch.ts';
import { ourWord } from './exec-events.ts';

/**
 * A shell of ours in a container, which runs what is written to it: an exec costs the engine some 60 ms, and a session costs that once. It
 * ends with its container, and with this process.
 */
export interface Session {
  readonly ended: boolean;
  /** One at a time. What the script said; undefined: the session ended before it had. Rejects with the signal's reason, and then is no more. */
  run(script: string, signal: AbortSignal): Promise<ExecResult | undefined>;
}

const capBytes = 1_000_000;

/** Only where the engine's own socket is at hand; undefined elsewhere, and where the engine does not hand the connection over. */
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

/** The connection itself, once the engine has agreed to that (101: https://docs.docker.com/reference/api/engine/). */
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
    // refused, or broken: then each script has an exec of its own, which says what is wrong
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
  // It holds no process: what waits for its answer does.
  socket.unref();
  socket.on('data', (chunk: Buffer) => {
    // while nobody asks, nothing is to be said: what a container calls its shell may never end
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
            // the rest of what it says would be taken for the next one's
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
