import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import type { Clock } from '../../run/clock.ts';
import { createCertificate } from './certificate.ts';
import { Connections, networkOf } from './connections.ts';
import { fingerprintBytes, secretBytes, writeJoinCode } from './join-code.ts';
import { endLine, joinMessage, mostMessage, refusals, stateMessage } from './protocol.ts';
import { type Seat, Seats } from './seats.ts';
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
  /** Ends the class: notifies the learners, and deletes all data. */
  close(): Promise<void>;
}

/** For a handshake, and for a whole request. */
const longestMs = 10_000;
/** For the last message to learners. */
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
    (request, response) => answer(request, response),
  );
  const connections = new Connections(server, clock);
  const answer = getRequestListener(appOf(seats, connections, clock).fetch);
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
    close: () => closeServer(server, connections, seats, clock),
  };
}

async function closeServer(server: Server, connections: Connections, seats: Seats, clock: Clock): Promise<void> {
  seats.end();
  const closed = new Promise((resolve) => server.close(resolve));
  clock.after(farewellMs).addEventListener('abort', () => connections.closeAll());
  await closed;
}

type ClassContext = Context<{ Bindings: HttpBindings }>;

/** Learners get their own nickname, `{}`, or a status: nothing about others. */
function appOf(seats: Seats, connections: Connections, clock: Clock): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    if (connections.isTooOften(context.env.incoming.socket)) return often(context);
    // Hono answers HEAD with the route of GET, and nothing would read or end that answer
    if (!['GET', 'POST'].includes(context.req.method)) return context.json({}, 405, close);
    await next();
  });
  app.use(bodyLimit({ maxSize: mostMessage, onError: (context) => context.json({}, 413, close) }));
  app.post('/join', async (context) => {
    const message = await messageIn(context, joinMessage);
    if (!message) return invalid(context);
    const { socket } = context.env.incoming;
    const seat = seats.join(message, networkOf(socket.remoteAddress ?? ''));
    if (seat === 'often') return often(context);
    if (typeof seat === 'string') return context.json({}, refusals[seat], close);
    connections.isLearners(socket);
    return context.json({ nickname: seat.nickname });
  });
  const ofLearner = (context: ClassContext): Seat | Response => {
    const seat = seats.find(keyOf(context));
    if (!seat) return context.json({}, 401, close);
    connections.isLearners(context.env.incoming.socket);
    return seat.rate.take(clock.now()) ? seat : often(context);
  };
  app.post('/state', async (context) => {
    const seat = ofLearner(context);
    if (seat instanceof Response) return seat;
    const message = await messageIn(context, stateMessage);
    return message && seats.state(seat, message) ? context.json({}) : invalid(context);
  });
  app.get('/end', (context) => {
    const seat = ofLearner(context);
    return seat instanceof Response ? seat : context.body(untilEnd(seats, seat));
  });
  app.post('/leave', (context) => {
    seats.leave(keyOf(context));
    return context.json({});
  });
  app.notFound((context) => context.json({}, 404, close));
  app.onError((_, context) => context.json({}, 400, close));
  return app;
}

const close = { connection: 'close' } as const;
const often = (context: ClassContext) => context.json({}, 429, { 'retry-after': '1' });
const invalid = (context: ClassContext) => context.json({}, 422);

const keyOf = ({ req }: ClassContext): string => /^Bearer (\S+)$/.exec(req.header('authorization') ?? '')?.[1] ?? '';

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
