import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Press, ServerEvents } from '../../src/learn/web/protocol.ts';

const built = join(import.meta.dirname, '../../dist/src/learn/web/page');
const types = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;
type Extension = keyof typeof types;

/** A server that sends the built page and what a test wants it to show: no guards, and a terminal that repeats what is typed. */
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
  const shells = new Set<Socket>();
  const presses: Press[] = [];
  let first: Partial<ServerEvents> = {};
  let refuses = false;
  let typed = '';
  let sentBytes = 0;
  let connections = 0;
  const write = (stream: ServerResponse, name: string, value: unknown) =>
    stream.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);

  const server = createServer((request, response) => {
    const url = request.url ?? '/';
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
    const file = url === '/' ? 'index.html' : url.slice(1);
    if (!/^(?:index\.html|main\.(?:js|css)|favicon\.svg)$/.test(file)) return void response.writeHead(404).end();
    const nonce = randomBytes(16).toString('base64');
    const body = brotliCompressSync(
      file === 'index.html'
        ? readFileSync(join(built, file), 'utf8').replace('%style-nonce%', nonce)
        : readFileSync(join(built, file)),
    );
    sentBytes += body.length;
    response.writeHead(200, {
      'content-type': types[file.split('.').at(-1) as Extension],
      'content-encoding': 'br',
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    });
    response.end(body);
  });

  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    connections++;
    if (refuses) return socket.destroy();
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    shells.add(socket);
    socket.on('close', () => shells.delete(socket));
    socket.on('error', () => shells.delete(socket));
    socket.write(frame(2, Buffer.from('\x1b[1;32mlearner\x1b[0m:\x1b[38;2;30;90;200mlab\x1b[0m$ ')));
    socket.on('data', (data) => {
      for (const { kind, payload } of frames(data)) {
        if (kind === 8) socket.end();
        if (kind !== 2) continue;
        typed += payload.toString();
        socket.write(frame(2, Buffer.from(payload.toString().replace('\x15', '').replace('\r', '\r\nlab$ '))));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const all = (bytes: Buffer) => {
    for (const socket of shells) socket.write(bytes);
  };
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
      for (const socket of shells) socket.destroy();
    },
    exitShell: () => {
      all(frame(1, Buffer.from(JSON.stringify({ kind: 'exit', exitCode: 0 }))));
      for (const socket of shells) socket.end(frame(8, Buffer.alloc(0)));
    },
    print: (text) => all(frame(2, Buffer.from(text))),
    close: () => {
      server.closeAllConnections();
      for (const socket of shells) socket.destroy();
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

/** A frame to the browser, which is not masked. */
function frame(kind: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? Buffer.from([0x80 | kind, length]) : Buffer.from([0x80 | kind, 126, length >> 8, length & 255]);
  return Buffer.concat([head, payload]);
}

/** The frames of the browser in a chunk: all of them are short, and masked. */
function frames(data: Buffer): readonly { readonly kind: number; readonly payload: Buffer }[] {
  const found = [];
  for (let at = 0; at + 6 <= data.length; ) {
    const [kind, short] = [(data[at] ?? 0) & 15, (data[at + 1] ?? 0) & 127];
    const head = short === 126 ? 4 : 2;
    const length = short === 126 ? data.readUInt16BE(at + 2) : short;
    const mask = data.subarray(at + head, at + head + 4);
    const payload = Buffer.from(data.subarray(at + head + 4, at + head + 4 + length)).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    found.push({ kind, payload: Buffer.from(payload) });
    at += head + 4 + length;
  }
  return found;
}
