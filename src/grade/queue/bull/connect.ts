import { Redis, type RedisOptions } from 'ioredis';
import type { QueueAddress } from '../address.ts';
import type { QueueTimes } from '../port.ts';
import { type ClientOptions, examineServer, optionsOf } from './examine-server.ts';

/** Connections to a queue server that never give up. Commands wait while the server does not answer. */
export interface Connection {
  /** For short commands: leases and beats never wait behind a body. */
  readonly main: Redis;
  /** For bodies. */
  readonly bulk: Redis;
  /** True while the server answers. */
  isUp(): boolean;
  /** When the server came back last, on the clock of `performance`. What it lost may not be there again yet. */
  backAt(): number;
  /** Called when the server stops answering, and when it answers again, one listener after another. Returns how to end that. */
  onState(listener: StateListener): () => void;
  /** Reports that the data is gone although the connection held. */
  reportLoss(): void;
  close(): void;
}

type StateListener = (state: 'lost' | 'back') => void | Promise<void>;

const reconnectMs = [50, 100, 250, 500, 1000];
const silent = () => undefined;

/** A client whose copies (BullMQ makes them, for commands that wait) are closed with it. None of them prints its errors. */
class Client extends Redis {
  readonly copies: Redis[];
  constructor(options: ClientOptions, copies: Redis[] = []) {
    super(options);
    this.copies = copies;
    this.on('error', silent);
  }
  override duplicate(options?: Partial<RedisOptions>): Redis {
    const copy = new Client({ ...this.options, ...options, replyMapping: 'legacy' }, this.copies);
    this.copies.push(copy);
    return copy;
  }
}

/** Connects. Throws LabError E_QUEUE if the server cannot be used, and the signal's reason. */
export async function connect(address: QueueAddress, times: QueueTimes, signal: AbortSignal): Promise<Connection> {
  const { needsPassword } = await examineServer(address, signal);
  const { username: _, password: __, ...anonymous } = optionsOf(address);
  const options: ClientOptions = {
    ...(needsPassword ? optionsOf(address) : anonymous),
    retryStrategy: (tries) => reconnectMs[tries - 1] ?? 1000,
    keepAlive: times.goneMs,
  };
  // a server that holds the connection and does not answer is noticed by the beats, which need no time to transfer
  const main = new Client({ ...options, socketTimeout: times.goneMs });
  const bulk = new Client(options);
  return connectionOf(main, bulk);
}

function connectionOf(main: Client, bulk: Client): Connection {
  const listeners = new Set<StateListener>();
  let isUp = true;
  let isClosed = false;
  let backAt = Number.NEGATIVE_INFINITY;
  const report = async (state: 'lost' | 'back') => {
    for (const listener of listeners) await listener(state);
  };
  main.on('close', () => {
    if (!isUp || isClosed) return;
    isUp = false;
    void report('lost');
    // it may wait for a server that is no longer there
    if (bulk.status === 'ready') bulk.disconnect(true);
  });
  main.on('ready', () => {
    if (isUp || isClosed) return;
    isUp = true;
    // before any command that waited is answered
    backAt = performance.now();
    void report('back');
  });
  return {
    main,
    bulk,
    isUp: () => isUp && !isClosed,
    backAt: () => backAt,
    onState: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reportLoss: () => void report('lost').then(() => report('back')),
    close: () => {
      isClosed = true;
      for (const one of [main, bulk, ...main.copies, ...bulk.copies]) if (one.status !== 'end') one.disconnect();
    },
  };
}
