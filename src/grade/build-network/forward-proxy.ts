import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Duplex, finished, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Egress, PrivateAddressError } from './egress.ts';
import type { HttpCache } from './http-cache.ts';
import { answerPlain } from './plain-http.ts';
import { judgeRequest, type MissedReason, type Target } from './proxy-rules.ts';
import { type ProxyLimits, Share } from './share.ts';

export interface ForwardProxyOptions {
  /** The only address to listen on. */
  readonly address: string;
  /** Whether a client with this address may use it. */
  accepts(remote: string): boolean;
  /** The rubric's hosts. */
  readonly hosts: readonly string[];
  readonly egress: Egress;
  readonly cache: HttpCache;
  /** Of the builds of one service. */
  readonly limits: ProxyLimits;
  /** Of all builds. */
  readonly total: ProxyLimits;
}

const connectMs = 15_000;
/** A connection without traffic ends after this time, and any connection after the other. */
const [idleMs, longestMs] = [60_000, 600_000];

/**
 * A forward proxy for builds: CONNECT, and plain GET and HEAD, to the listed hosts only. The builds of a service are known by the user of the proxy's
 * URL. Programs that send no user with CONNECT (apk 2) share one more share.
 */
export class ForwardProxy implements AsyncDisposable {
  readonly #options: ForwardProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #shares = new Map<string, Share>();
  readonly #all: Share;
  /** What requests without a user asked for. */
  readonly anonymous: Share;

  private constructor(options: ForwardProxyOptions) {
    this.#options = options;
    this.#all = new Share(options.total);
    this.anonymous = new Share(options.total, this.#all);
    this.#server = createServer({
      maxHeaderSize: 16_384,
      headersTimeout: 20_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 20_000,
    });
    this.#server.maxConnections = options.total.connections * 2;
    this.#server.timeout = idleMs;
    this.#server.on('connection', (socket) => this.#admit(socket));
    this.#server.on('connect', (request, socket, head) => void this.#tunnel(request, socket, head));
    this.#server.on('request', (request, response) => void this.#plain(request, response));
    this.#server.on('clientError', (_, socket) => socket.destroy());
    this.#server.on('upgrade', (_, socket) => socket.destroy());
  }

  /** Listens on a free port. */
  static async listen(options: ForwardProxyOptions): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(options);
    await new Promise<void>((done, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen({ host: options.address, port: 0 }, done);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The share of the builds of one service. */
  open(): Share {
    const share = new Share(this.#options.limits, this.#all);
    this.#shares.set(share.secret, share);
    return share;
  }

  /** Its builds can no longer use the proxy. */
  close({ secret }: Share): void {
    this.#shares.delete(secret);
  }

  urlFor({ secret }: Share): string {
    return `http://${secret}:x@${this.#options.address}:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #admit(socket: Socket): void {
    if (!this.#options.accepts((socket.remoteAddress ?? '').replace(/^::ffff:/, ''))) {
      socket.destroy();
      return;
    }
    this.#hold(socket);
    const end = setTimeout(() => socket.destroy(), longestMs).unref();
    socket.once('close', () => clearTimeout(end));
  }

  #hold(socket: Duplex): void {
    this.#sockets.add(socket);
    // two pipelines and this class listen on it
    socket.setMaxListeners(30);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Undefined: a user that is not, or no longer, known. */
  #shareOf({ headers }: IncomingMessage): Share | undefined {
    const [, encoded] = /^Basic ([A-Za-z\d+/=]+)$/i.exec(headers['proxy-authorization'] ?? '') ?? [];
    if (encoded === undefined) return this.anonymous;
    return this.#shares.get(Buffer.from(encoded, 'base64').toString().split(':')[0] ?? '');
  }

  /** Judges a request and takes a connection of its share; a number: the status to refuse it with. */
  #allow(request: IncomingMessage): { readonly target: Target; readonly share: Share } | number {
    const share = this.#shareOf(request);
    if (!share) return 407;
    const ruling = judgeRequest(request, this.#options.hosts);
    if (!ruling.ok) {
      if (ruling.missed) share.miss(ruling.missed);
      return ruling.status;
    }
    if (share.enter()) return { target: ruling.target, share };
    share.miss({ ...ruling.target, why: 'limit' });
    return 429;
  }

  async #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const allowed = this.#allow(request);
    if (typeof allowed === 'number') {
      refuse(socket, allowed);
      return;
    }
    const { target, share } = allowed;
    finished(socket, () => share.leave());
    const { host, port } = target;
    try {
      const far = await this.#options.egress.connect(host, port, AbortSignal.timeout(connectMs));
      this.#hold(far);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      const counting = () => counter(share, () => share.miss({ host, port, why: 'limit' }));
      await Promise.all([pipeline(socket, counting(), far), pipeline(far, counting(), socket)]).catch(() => {
        far.destroy();
        socket.destroy();
      });
    } catch (error) {
      share.miss({ host, port, why: reasonOf(error) });
      refuse(socket, error instanceof PrivateAddressError ? 403 : 502);
    }
  }

  async #plain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const allowed = this.#allow(request);
    if (typeof allowed === 'number') {
      response.writeHead(allowed, { 'content-type': 'text/plain', connection: 'close' }).end(`${whyRefused}\n`);
      return;
    }
    const { target, share } = allowed;
    const { host, port } = target;
    try {
      const { egress, cache } = this.#options;
      const counted = counter(share, () => share.miss({ host, port, why: 'limit' }));
      await answerPlain(request, response, { target, egress, cache, counted, connectMs });
    } catch (error) {
      // a build that closes its connection did not miss anything
      if (!response.destroyed) share.miss({ host, port, why: reasonOf(error) });
      if (response.headersSent || response.destroyed) response.destroy();
      else response.writeHead(error instanceof PrivateAddressError ? 403 : 502, { connection: 'close' }).end();
    } finally {
      share.leave();
    }
  }
}

const whyRefused = 'labwright: builds may download from the package indexes in `packages` of the rubric only';

const reasonOf = (error: unknown): MissedReason => (error instanceof PrivateAddressError ? 'private' : 'unreachable');

const names: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
};

function refuse(socket: Duplex, status: number): void {
  const body = `${whyRefused}\n`;
  const head = `HTTP/1.1 ${status} ${names[status] ?? ''}\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}

/** Counts what passes; ends with an error when the share is used up. */
function counter(share: Share, onLimit: () => void): Transform {
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      if (share.count(chunk.length)) {
        done(null, chunk);
        return;
      }
      onLimit();
      done(new Error('the builds of this service transferred too much'));
    },
  });
}
