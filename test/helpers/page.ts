import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from '../../src/lab/text.ts';
import type { PageContent, Press } from '../../src/learn/web/protocol.ts';
import { type Access, accessOf } from '../../src/learn/web/server/access.ts';
import { Feed } from '../../src/learn/web/server/feed.ts';
import { loadPageFiles } from '../../src/learn/web/server/page-files.ts';
import { type PageServer, startPageServer } from '../../src/learn/web/server/page-server.ts';
import type { Terminal } from '../../src/learn/web/terminal/terminal.ts';
import { folder } from './folder.ts';

export const content: PageContent = {
  mode: 'learn',
  lang: 'zh-TW',
  title: text('a tutorial', '一份教學'),
  folder: '/home/me/lab',
  labs: [],
  terminal: { kind: 'page' },
};

export interface OpenPage extends AsyncDisposable {
  readonly server: PageServer;
  readonly access: Access;
  readonly feed: Feed;
  readonly pressed: readonly Press[];
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Headers of a browser that has opened the page. */
  readonly own: Readonly<Record<string, string>>;
  /** A path in the page's folder. */
  at(name: string): string;
}

const secret = Buffer.alloc(32, 7);

/** A server with a page of a few small files, whose files are beside one that is not of the page. */
export async function openPage(
  options: { terminal?: Terminal; port?: number; secret?: Uint8Array; receipt?(): Promise<object | undefined> } = {},
): Promise<OpenPage> {
  const dir = folder({
    'secret.js': 'not of the page',
    'page/main.js': `// ${'a page '.repeat(1000)}`,
    'page/main.css': 'p { color: red }',
    'page/notes.txt': 'no file of a page',
  });
  const feed = new Feed(content);
  const pressed: Press[] = [];
  const page = await loadPageFiles(`${dir}/page`);
  const press = (one: Press) => void pressed.push(one);
  const server = await startPageServer({ secret, port: 0, ...options, content, feed, page, press });
  const access = accessOf(options.secret ?? secret, server.port);
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    ...{ server, access, feed, pressed, origin },
    own: { cookie: `${access.cookie.name}=${access.cookie.value}`, origin },
    at: (name) => `${access.base}${name}`,
    [Symbol.asyncDispose]: () => server.close(text('the test ends', '測試結束')),
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** One header; empty: there is none. */
  header(name: string): string;
  readonly body: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request with exactly these headers, as no browser and no `fetch` would: also another Host, and a path that is not normalized. */
export async function send(
  { server }: OpenPage,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, headers: received } = answer;
  const header = (name: string) => String(received[name] ?? '');
  return { status, headers: received, header, body: Buffer.concat(chunks).toString('latin1') };
}

/** The status with which the server answers a request for a WebSocket: 101, or why not. */
export async function upgrade({ server }: OpenPage, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const sent = request({
    ...{ host: '127.0.0.1', port: server.port, path, agent: false },
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  });
  sent.end();
  return new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('upgrade', (answer: IncomingMessage, socket: Socket) => {
      socket.destroy();
      resolve(answer.statusCode ?? 0);
    });
    sent.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
  });
}
