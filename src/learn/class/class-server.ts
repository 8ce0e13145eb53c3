import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import type { Clock } from '../../run/clock.ts';
import { createCertificate } from './certificate.ts';
import { fingerprintBytes, secretBytes, writeJoinCode } from './join-code.ts';
import { endLine, joinMessage, mostMessage, refusals, stateMessage } from './protocol.ts';
import { type Seat, Seats } from './seats.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';
import type { Wall, WallEvent } from './wall.ts';

export interface ClassServerOptions {
  /** Where to listen; port 0: a free one. */
  readonly address: string;
  readonly port: number;
  /** The address in the join code: `address`, unless that is all addresses of the machine. */
  readonly named: string;
  readonly tutorial: string;
  readonly keys: readonly string[];
  readonly clock: Clock;
  changed(event: WallEvent, wall: Wall): void;
}

export interface ClassServer {
  readonly port: number;
  readonly code: string;
  readonly wall: Wall;
  /** Tells the learners that the class has ended, and forgets everything. */
  close(): Promise<void>;
}

/** Requests of one connection. */
const connectionRate: BucketSize = { burst: 30, perSecond: 10 };
/** New connections from one address, before any of their bytes is read: a class may come through one router. */
const addressRate: BucketSize = { burst: 800, perSecond: 60 };
/** A connection that has sent so many requests too many is closed. */
const mostRefused = 20;
/** Two for each learner, and some that are being replaced. */
const mostConnections = 1200;
/** For a handshake, and for a whole request. */
const longestMs = 10_000;
/** For the last words to learners. */
const farewellMs = 1000;

/** Opens the class to learners: TLS with a certificate that exists as long as this server. Rejects with the system's error if it cannot listen. */
export async function openClassServer(options: ClassServerOptions): Promise<ClassServer> {
  const { address, port, named, clock } = options;
  const certificate = createCertificate(clock.time());
  const secret = randomBytes(secretBytes);
  const seats = new Seats({ ...options, secret, now: () => clock.now() });
  const { key, cert } = certificate;
  const server = createServer(
    {
      ...{ key, cert, minVersion: 'TLSv1.3', handshakeTimeout: longestMs },
      ...{ headersTimeout: longestMs, requestTimeout: longestMs, connectionsCheckingInterval: 2000, maxHeaderSize: 4096 },
      // a machine that is switched off says nothing
      ...{ keepAlive: true, keepAliveInitialDelay: 20_000, keepAliveTimeout: 60_000 },
    },
    getRequestListener(appOf(seats, clock).fetch),
  );
  server.maxConnections = mostConnections;
  limitConnections(server, clock);
  server.listen(port, address);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const fingerprint = certificate.fingerprint.subarray(0, fingerprintBytes);
  return {
    port: bound,
    code: writeJoinCode({ address: named, port: bound, fingerprint, secret }),
    get wall() {
      return seats.wall;
    },
    close: () => closeServer(server, seats, clock),
  };
}

async function closeServer(server: Server, seats: Seats, clock: Clock): Promise<void> {
  seats.end();
  const closed = new Promise((resolve) => server.close(resolve));
  clock.after(farewellMs).addEventListener('abort', () => server.closeAllConnections());
  await closed;
}

function limitConnections(server: Server, clock: Clock): void {
  const buckets = new Map<string, TokenBucket>();
  server.on('connection', (socket: Socket) => {
    const now = clock.now();
    const from = socket.remoteAddress ?? '';
    const bucket = buckets.get(from) ?? new TokenBucket(addressRate, now);
    if (!bucket.take(now)) return void socket.destroy();
    for (const [address, one] of buckets) if (one.isFull(now)) buckets.delete(address);
    buckets.set(from, bucket);
  });
}

type ClassContext = Context<{ Bindings: HttpBindings }>;

/** Learners get their own nickname, `{}`, or a status: nothing about others. */
function appOf(seats: Seats, clock: Clock): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const isTooOften = connectionLimit(clock);
  app.use(async (context, next) => {
    if (isTooOften(context.env.incoming.socket)) return often(context);
    await next();
  });
  app.use(bodyLimit({ maxSize: mostMessage, onError: (context) => context.json({}, 413, { connection: 'close' }) }));
  app.post('/join', async (context) => {
    const message = await messageIn(context, joinMessage);
    if (!message) return invalid(context);
    const seat = seats.join(message, context.env.incoming.socket.remoteAddress ?? '');
    if (seat === 'often') return often(context);
    if (typeof seat === 'string') return context.json({}, refusals[seat], { connection: 'close' });
    return context.json({ nickname: seat.nickname });
  });
  app.post('/state', async (context) => {
    const seat = seatOf(context, seats);
    if (!seat) return context.json({}, 401);
    if (!seat.rate.take(clock.now())) return often(context);
    const message = await messageIn(context, stateMessage);
    return message && seats.state(seat, message) ? context.json({}) : invalid(context);
  });
  app.get('/end', (context) => {
    const seat = seatOf(context, seats);
    return seat ? context.body(untilEnd(seats, seat)) : context.json({}, 401);
  });
  app.post('/leave', (context) => {
    seats.leave(keyOf(context));
    return context.json({});
  });
  app.notFound((context) => context.json({}, 404));
  app.onError((_, context) => context.json({}, 400, { connection: 'close' }));
  return app;
}

const often = (context: ClassContext) => context.json({}, 429, { 'retry-after': '1' });
const invalid = (context: ClassContext) => context.json({}, 422);

/** Whether a connection asks too often. One that does not stop is closed. */
function connectionLimit(clock: Clock): (socket: object & { destroy(): unknown }) => boolean {
  const buckets = new WeakMap<object, { readonly rate: TokenBucket; refused: number }>();
  return (socket) => {
    const now = clock.now();
    const known = buckets.get(socket) ?? { rate: new TokenBucket(connectionRate, now), refused: 0 };
    buckets.set(socket, known);
    if (known.rate.take(now)) return false;
    known.refused += 1;
    if (known.refused > mostRefused) socket.destroy();
    return true;
  };
}

const keyOf = ({ req }: ClassContext): string => /^Bearer (\S+)$/.exec(req.header('authorization') ?? '')?.[1] ?? '';
const seatOf = (context: ClassContext, seats: Seats): Seat | undefined => seats.find(keyOf(context));

/** The message of a request; undefined: it is not one. */
async function messageIn<Schema extends z.ZodType>({ req }: ClassContext, schema: Schema): Promise<z.infer<Schema> | undefined> {
  const body: unknown = await req.json().catch(() => undefined);
  return schema.safeParse(body).data;
}

/** An answer that stays open until the class ends or the learner is gone. */
function untilEnd(seats: Seats, seat: Seat): ReadableStream<Uint8Array> {
  let closed: () => void = () => undefined;
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from('\n'));
      closed = seats.connected(seat, (over) => {
        if (over) controller.enqueue(Buffer.from(endLine));
        controller.close();
      });
    },
    cancel: () => closed(),
  });
}
