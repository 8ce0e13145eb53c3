import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { Press, ServerEvents } from '../../src/learn/web/protocol.ts';
import { securityHeaders } from '../../src/learn/web/server/headers.ts';
import { loadPageFiles } from '../../src/learn/web/server/page-files.ts';

const built = join(import.meta.dirname, '../../dist/src/learn/web/page');

/**
 * A server that sends the built page, as compressed and with the headers of the real one, and what a test wants it to show: no guards, and a terminal that repeats
 * what is typed.
 */
export interface PageServer {
  readonly url: string;
  readonly presses: readonly Press[];
  /** What the terminal received. */
  readonly typed: () => string;
  /** How many event streams and terminals were asked for. */
  readonly connections: () => number;
  /** The bytes of the files of the page that were sent, compressed. */
  readonly sentBytes: () => number;
  send<N extends keyof ServerEvents>(name: N, value: ServerEvents[N]): void;
  /** Sends an event that the page does not know: a test can wait for it, after those before. */
  mark(value: number): void;
  /** What new connections get first. */
  begin(events: Partial<ServerEvents>): void;
  /** Ends the streams and the terminals; `refuse`: new ones are refused. */
  cut(refuse: boolean): void;
  exitShell(): void;
  print(text: string): void;
  close(): void;
}

export async function startPageServer(): Promise<PageServer> {
  const streams = new Set<ServerResponse>();
  const presses: Press[] = [];
  const page = await loadPageFiles(built);
  let first: Partial<ServerEvents> = {};
  let refuses = false;
  let typed = '';
  let sentBytes = 0;
  let connections = 0;
  const write = (stream: ServerResponse, name: string, value: unknown) =>
    stream.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);

  const server = createServer((request, response) => {
    const { url = '/', headers } = request;
    if (url === '/events') {
      connections++;
      if (refuses) return void response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      for (const [name, value] of Object.entries(first)) write(response, name, value);
      return;
    }
    if (url === '/press') return void receive(request, response, presses);
    const nonce = randomBytes(16).toString('base64');
    const file = page.files.get(url.slice(1));
    if (!file && url !== '/') return void response.writeHead(404).end();
    const body = file?.compressed ?? Buffer.from(page.document('en', nonce));
    sentBytes += body.length;
    response.writeHead(200, {
      ...securityHeaders(headers.host ?? '', nonce),
      'content-type': file?.type ?? 'text/html; charset=utf-8',
      ...(file ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(body);
  });

  const shells = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    connections++;
    if (refuses) return socket.destroy();
    shells.handleUpgrade(request, socket, head, (shell) => {
      shell.on('error', () => shell.terminate());
      shell.send(Buffer.from('\x1b[1;32mlearner\x1b[0m:\x1b[38;2;30;90;200mlab\x1b[0m$ '));
      shell.on('message', (data, isBinary) => {
        if (!isBinary) return;
        typed += data.toString();
        shell.send(Buffer.from(data.toString().replace('\x05\x15', '').replace('\r', '\r\nlab$ ')));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    presses,
    typed: () => typed,
    sentBytes: () => sentBytes,
    connections: () => connections,
    send: (name, value) => {
      for (const stream of streams) write(stream, name, value);
    },
    mark: (value) => {
      for (const stream of streams) write(stream, 'mark', value);
    },
    begin: (events) => {
      first = events;
    },
    cut: (refuse) => {
      refuses = refuse;
      for (const stream of streams) stream.destroy();
      for (const shell of shells.clients) shell.terminate();
    },
    exitShell: () => {
      for (const shell of shells.clients) {
        shell.send(JSON.stringify({ kind: 'exit', exitCode: 0 }));
        shell.close();
      }
    },
    print: (text) => {
      for (const shell of shells.clients) shell.send(Buffer.from(text));
    },
    close: () => {
      server.closeAllConnections();
      for (const shell of shells.clients) shell.terminate();
      server.close();
    },
  };
}

async function receive(request: IncomingMessage, response: ServerResponse, presses: Press[]): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  presses.push(JSON.parse(body) as Press);
  response.writeHead(204).end();
}
