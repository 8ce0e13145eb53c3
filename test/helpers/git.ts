import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { folder } from './folder.ts';

/** No settings of this machine or its user. */
const environment = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  LC_ALL: 'C',
};
const settings = [
  'user.name=a',
  'user.email=a@b',
  'init.defaultBranch=main',
  'core.autocrlf=false',
  'protocol.file.allow=always',
];

/** Runs git and returns what it prints. `time`: of commits. */
export const git = (dir: string, args: readonly string[], time = '2026-11-01T12:00:00Z'): string =>
  execFileSync('git', [...settings.flatMap((one) => ['-c', one]), ...args], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...environment, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** Commits these files (undefined: removes it) and returns the commit. */
export function commit(dir: string, time: string, files: Readonly<Record<string, string | undefined>>): string {
  for (const [path, content] of Object.entries(files)) {
    rmSync(join(dir, path), { force: true, recursive: true });
    if (content === undefined) continue;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  git(dir, ['add', '-A', '--force'], time);
  git(dir, ['commit', '--quiet', '--allow-empty', '-m', 'a'], time);
  return git(dir, ['rev-parse', 'HEAD']);
}

/** A repository with a working tree below `root`. */
export function repositoryIn(root: string, name: string): string {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true });
  git(dir, ['init', '--quiet']);
  return dir;
}

export interface GitServer extends AsyncDisposable {
  /** The folder with the repositories. */
  readonly root: string;
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** `METHOD path`, in order. */
  readonly requests: readonly string[];
  /** Resolves at the next request for a path that starts with this. */
  requested(path: string): Promise<void>;
}

/** Answers a request itself; false: git answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves repositories over HTTP, with git's own server program (`git http-backend`). */
export async function gitServer(answer: Answer = () => false): Promise<GitServer> {
  const root = folder();
  const requests: string[] = [];
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    requests.push(`${request.method} ${url}`);
    for (const [path, wake] of waiting) if (url.startsWith(path)) wake();
    if (!answer(request, response)) serve(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    root,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    requested: (path) => new Promise((resolve) => waiting.set(path, resolve)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** CGI, as documented in git-http-backend(1). */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string) => String(request.headers[name] ?? '');
  const child = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let isBody = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (isBody) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    isBody = true;
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const [name = '', ...value] = line.split(': ');
      if (name === 'Status') response.statusCode = Number(value[0]?.slice(0, 3));
      else response.setHeader(name, value.join(': '));
    }
    return void response.write(head.subarray(end + 4));
  });
  child.on('close', () => response.end());
}
