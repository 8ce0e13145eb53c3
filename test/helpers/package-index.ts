import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { type Egress, established, PrivateAddressError } from '../../src/grade/build-network/egress.ts';

/** A server on loopback that takes the place of a package index. */
export interface TestIndex extends AsyncDisposable {
  readonly port: number;
  /** The requests that it received. */
  readonly requests: IncomingMessage[];
}

/** Starts an HTTP server on a free port of loopback. */
export async function startIndex(listener: RequestListener): Promise<TestIndex> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  const port = await listen(server);
  return { port, requests, [Symbol.asyncDispose]: () => closed(server) };
}

/** Starts a TCP server that sends back what it receives, in capitals. */
export async function startEcho(): Promise<Omit<TestIndex, 'requests'>> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(String(chunk).toUpperCase()));
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  });
  const port = await listen(server);
  return { port, [Symbol.asyncDispose]: () => closed(server) };
}

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((done) => {
    server.listen(0, host, done);
  });
  return (server.address() as AddressInfo).port;
}

const closed = (server: Server | TcpServer): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });

/** Connects to ports on loopback in place of hosts: by `host:port`. `private`: as for a host with only private addresses. All others do not answer. */
export const egressTo = (ports: Readonly<Record<string, number | 'private'>>): Egress => ({
  connect: async (host, port, signal) => {
    const to = ports[`${host}:${port}`];
    if (to === 'private') throw new PrivateAddressError(host);
    if (to === undefined) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
    return established(connect({ host: '127.0.0.1', port: to, allowHalfOpen: true }), signal);
  },
});
