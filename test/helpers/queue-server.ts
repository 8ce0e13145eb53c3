import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { loadQueueAddress, type QueueAddress } from '../../src/grade/queue/address.ts';
import { holdPort } from '../../src/platform/port.ts';
import { libraryFolder, unpackedPackages } from './debian-packages.ts';
import { folder } from './folder.ts';

interface QueueServerOptions {
  readonly password?: string;
  /** The server's certificate and key, in PEM. Without TLS, clients are refused. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether the data is there after a restart. */
  readonly keepsData?: boolean;
  /** Further lines of the configuration. */
  readonly settings?: readonly string[];
}

/** A real queue server on a free port of this machine. */
export interface TestQueueServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly address: QueueAddress;
  /** A client that sees everything on the server. */
  readonly client: Redis;
  /** The keys that begin with `labwright:`. */
  keys(): Promise<string[]>;
  pid(): number;
  /** Ends the server as a power failure does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Holds the process, so that it accepts connections and does not answer. */
  freeze(): void;
  thaw(): void;
}

/** Debian's redis-server, unpacked in the cache and not installed. Debian 12 has no package of Valkey. */
async function program(): Promise<{ file: string; env: NodeJS.ProcessEnv }> {
  const root = await unpackedPackages('redis-server', ['redis-server']);
  return { file: join(root, 'usr/bin/redis-server'), env: { LD_LIBRARY_PATH: join(root, 'usr/lib', libraryFolder) } };
}

export async function startQueueServer(options: QueueServerOptions = {}): Promise<TestQueueServer> {
  const { file, env } = await program();
  const { port, release } = await holdPort(0);
  const dir = folder();
  const { password, tls, keepsData = false, settings = [] } = options;
  const lines = [
    'bind 127.0.0.1',
    `dir ${dir}`,
    'save ""',
    `appendonly ${keepsData ? 'yes' : 'no'}`,
    'appendfsync always',
    ...(password === undefined ? [] : [`requirepass ${password}`]),
    ...(tls
      ? [
          'port 0',
          `tls-port ${port}`,
          `tls-cert-file ${tls.cert}`,
          `tls-key-file ${tls.key}`,
          `tls-ca-cert-file ${tls.cert}`,
          'tls-auth-clients no',
        ]
      : [`port ${port}`]),
    ...settings,
  ];
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(file, ['-'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin?.end(`${lines.join('\n')}\n`);
    let log = '';
    for await (const chunk of child.stdout ?? []) {
      log += chunk;
      if (log.includes('Ready to accept connections')) break;
    }
    if (!log.includes('Ready to accept connections')) throw new Error(`the queue server did not start:\n${log}`);
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  const url = `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`;
  const address = await loadQueueAddress(url, { LAB_QUEUE_PASSWORD: password });
  const client = new Redis({
    port,
    host: '127.0.0.1',
    replyMapping: 'legacy',
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: { rejectUnauthorized: false } } : {}),
  });
  client.on('error', () => undefined);
  return {
    port,
    url,
    address,
    client,
    keys: async () => (await client.keys('labwright:*')).sort(),
    pid: () => child?.pid ?? 0,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      client.disconnect();
      await kill();
      await release();
    },
  };
}
