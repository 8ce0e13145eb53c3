import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lock } from '../../src/platform/lock.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);

export interface TestRegistry {
  /** `127.0.0.1:43210` */
  readonly host: string;
  close(): Promise<void>;
}

/** Unpacks Debian's registry (package docker-registry) in the cache, without installing it on the system. Resolves to the path of the executable. */
async function provideRegistry(): Promise<string> {
  const dir = join(locateHomes().cache, 'test');
  const program = join(dir, 'docker-registry', 'usr', 'bin', 'docker-registry');
  const held = await lock(`${dir}.lock`);
  try {
    if (
      await access(program).then(
        () => true,
        () => false,
      )
    )
      return program;
    await mkdir(dir, { recursive: true });
    const at = await mkdtemp(join(dir, 'unpacking-'));
    const download = () => run('apt-get', ['-q', 'download', 'docker-registry'], { cwd: at });
    // a new machine has no package lists yet
    await download().catch(async () => {
      await run('apt-get', ['-q', 'update']);
      await download();
    });
    const deb = (await readdir(at)).find((name) => name.endsWith('.deb')) ?? '';
    await run('dpkg-deb', ['-x', join(at, deb), join(at, 'root')]);
    await rename(join(at, 'root'), join(dir, 'docker-registry'));
    await rm(at, { recursive: true });
    return program;
  } finally {
    await held.release();
  }
}

/** Starts a real, empty image registry on loopback. */
export async function startRegistry(): Promise<TestRegistry> {
  const program = await provideRegistry();
  const dir = folder({
    'config.yml':
      'version: 0.1\nstorage: {filesystem: {rootdirectory: ./images}}\nhttp: {addr: "127.0.0.1:0"}\nlog: {level: info}\n',
  });
  const child = spawn(program, ['serve', 'config.yml'], {
    cwd: dir,
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const host = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the registry ended with ${code}: ${output}`)));
  });
  return {
    host,
    close: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** A second address of the same registry, limited to about this many bytes per second. */
export async function slowRelay(to: string, bytesPerSecond: number): Promise<TestRegistry> {
  const server = createTcpServer((inner) => {
    const outer = connect(Number(to.split(':')[1]), '127.0.0.1');
    for (const socket of [inner, outer]) socket.on('error', () => socket.destroy());
    inner.pipe(outer);
    const slowly = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        yield chunk;
        await setTimeout((chunk.length / bytesPerSecond) * 1000);
      }
    };
    pipeline(outer, slowly, inner).catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => void server.close();
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** The response of a fake registry to every request except the first (`/v2/`). */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FakeRegistry extends TestRegistry {
  /** Method, path and credentials of each request: `GET /v2/x/manifests/1 Basic …`. */
  readonly asked: readonly string[];
}

/** A registry on loopback that sends the same response to all requests. With 'nothing', it accepts connections and never responds. */
export async function fakeRegistry(answer: FakeAnswer | 'nothing'): Promise<FakeRegistry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    asked.push(`${request.method} ${request.url}${authorization ? ` ${authorization}` : ''}`);
    if (answer === 'nothing') return;
    const greeting = request.url === '/v2/' && (answer.status !== 401 || authorization);
    const known = { 'Docker-Distribution-Api-Version': 'registry/2.0', 'Content-Type': 'application/json' };
    if (greeting) response.writeHead(200, known).end('{}');
    else if (authorization && answer.status === 401)
      response.writeHead(404, known).end(errors('MANIFEST_UNKNOWN', 'manifest unknown'));
    else response.writeHead(answer.status, { ...known, ...answer.headers }).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The body of a registry's error response, as in the distribution specification. */
export const errors = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message }] });
