import type { Server, Socket } from 'node:net';
import { addressBytes } from '../../formats/cidr.ts';
import type { Clock } from '../../run/clock.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Requests of one connection. */
const connectionRate: BucketSize = { burst: 30, perSecond: 10 };
/** New connections from one network, before any of their bytes is read: a class may come through one router. */
const networkRate: BucketSize = { burst: 800, perSecond: 60 };
/** A connection that has sent so many requests too many is closed. */
const mostRefused = 20;
/** Two for each learner, and some that are being replaced. */
const mostConnections = 1200;
/** Of one network, connections that have not yet shown that they are those of a learner. A learner who is refused tries again. */
const mostStrangers = 100;
/** For a connection to show that. */
export const strangerMs = 10_000;

/** One connection, from the first packet on. */
interface Connection {
  readonly socket: Socket;
  readonly network: string;
  readonly rate: TokenBucket;
  refused: number;
  isLearner: boolean;
}

/** The open connections of a server, and their limits. */
export class Connections {
  readonly #clock: Clock;
  readonly #open = new Map<string, Connection>();
  readonly #rates = new Map<string, TokenBucket>();

  constructor(server: Server, clock: Clock) {
    this.#clock = clock;
    server.maxConnections = mostConnections;
    server.on('connection', (socket: Socket) => this.#opened(socket));
  }

  /** Whether a connection asks too often. One that does not stop is closed. `socket`: with TLS, or without. */
  isTooOften(socket: Socket): boolean {
    const connection = this.#open.get(keyOf(socket));
    if (!connection) return true;
    if (connection.rate.take(this.#clock.now())) return false;
    connection.refused += 1;
    if (connection.refused > mostRefused) socket.destroy();
    return true;
  }

  /** The connection is that of a learner of the class. */
  isLearners(socket: Socket): void {
    const connection = this.#open.get(keyOf(socket));
    if (connection) connection.isLearner = true;
  }

  /** Closes all, also those that have sent nothing. */
  closeAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #opened(socket: Socket): void {
    const now = this.#clock.now();
    const network = networkOf(socket.remoteAddress ?? '');
    const rate = this.#rates.get(network) ?? new TokenBucket(networkRate, now);
    for (const [other, one] of this.#rates) if (one.isFull(now)) this.#rates.delete(other);
    this.#rates.set(network, rate);
    if (!rate.take(now) || this.#strangers(network) >= mostStrangers) return void socket.destroy();
    const key = keyOf(socket);
    const connection = { socket, network, rate: new TokenBucket(connectionRate, now), refused: 0, isLearner: false };
    this.#open.set(key, connection);
    socket.once('close', () => this.#open.delete(key));
    this.#clock.after(strangerMs).addEventListener('abort', () => {
      if (!connection.isLearner) socket.destroy();
    });
  }

  #strangers(network: string): number {
    let count = 0;
    for (const one of this.#open.values()) if (!one.isLearner && one.network === network) count += 1;
    return count;
  }
}

/** The same for a connection before and after its handshake. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** What is limited together: an IPv4 address, or 64 bits of an IPv6 address, which one machine may have all to itself. */
export function networkOf(address: string): string {
  const bytes = addressBytes(address.replace(/^::ffff:/i, ''));
  return bytes ? Buffer.from(bytes.slice(0, 8)).toString('hex') : address;
}
