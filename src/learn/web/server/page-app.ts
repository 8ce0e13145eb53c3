import { randomBytes } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { mapTexts, multiLine } from '../../../formats/untrusted-text.ts';
import { LabError } from '../../../lab/error.ts';
import { type Lang, langs, type Text } from '../../../lab/text.ts';
import type { PageContent, Press } from '../protocol.ts';
import { type Access, judge, refusals } from './access.ts';
import type { Feed } from './feed.ts';
import { securityHeaders } from './headers.ts';
import type { PageFile, PageFiles } from './page-files.ts';
import { parsePress } from './press.ts';

export interface PageAppOptions {
  readonly access: Access;
  readonly page: PageFiles;
  readonly content: PageContent;
  readonly feed: Feed;
  press(press: Press): void;
  /** The learner's receipt; omitted: the page has none. Undefined: nothing has passed yet. Rejects with a LabError if it cannot be read: the page shows it. */
  receipt?(): Promise<object | undefined>;
}

type Env = { Bindings: HttpBindings };

/** More than any press needs. */
const maxPressBytes = 4096;

/** What the server answers. */
export function pageApp({ access, page, content, feed, press, receipt }: PageAppOptions): Hono<Env> {
  return guardedApp({ access, page, lang: content.lang }, (app, base) => {
    app.get(`${base}events`, () => eventStream(feed.join()));
    app.post(`${base}press`, bodyLimit({ maxSize: maxPressBytes, onError: () => plain(413, 'too large') }), async (c) => {
      if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) return plain(415, 'application/json');
      const asked = parsePress(await c.req.text());
      if (!asked) return plain(400, 'unknown press');
      press(asked);
      return new Response(null, { status: 204 });
    });
    app.get(`${base}receipt.json`, async (c) => {
      try {
        const found = await receipt?.();
        if (!found) return plain(404, 'no step has passed yet');
        // the file is for `lab verify --receipt`, which needs it as it is
        return c.json(c.req.query('for') === 'page' ? mapTexts(found, multiLine) : found);
      } catch (error) {
        if (error instanceof LabError) return c.json({ error: error.text }, 422);
        throw error;
      }
    });
  });
}

/** A page and its files, with `routes` of its own. Every request passes the guard first. */
export function guardedApp(
  { access, page, lang }: { readonly access: Access; readonly page: PageFiles; readonly lang: Lang },
  routes: (app: Hono<Env>, base: string) => void,
): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const { headers, method = '' } = c.env.incoming;
    const { path } = c.req;
    const judged = judge({ method, path, token: c.req.query('token'), headers, isUpgrade: false }, access);
    if (judged === 'exchange') return withCookie(c, access);
    if (judged !== 'allowed') return secured(refused(refusals[judged]));
    await next();
    // a document has its own, with the nonce of its styles
    if (!c.res.headers.has('content-security-policy')) secured(c.res, headers.host);
    return undefined;
  });

  const { base } = access;
  app.get(base, (c) => {
    const nonce = randomBytes(16).toString('base64url');
    const html = page.document(lang, nonce);
    return new Response(html, {
      headers: { 'content-type': 'text/html; charset=utf-8', ...securityHeaders(c.env.incoming.headers.host ?? '', nonce) },
    });
  });
  routes(app, base);
  app.get(`${base}:name`, (c) => {
    const file = page.files.get(c.req.param('name') ?? '');
    return file ? sent(file, c) : plain(404, 'not found');
  });
  app.notFound(() => plain(404, 'not found'));
  return app;
}

const plain = (status: number, body: string): Response =>
  new Response(`${body}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });

/** Why a request is refused, in both languages: the server does not know which one the reader has. */
const refused = (why: Text): Response => plain(403, langs.map((lang) => why[lang]).join('\n'));

/** Adds the headers of every answer. A file of the page sets its own Cache-Control. */
function secured(response: Response, host = ''): Response {
  for (const [name, value] of Object.entries(securityHeaders(host)))
    if (name !== 'cache-control' || !response.headers.has(name)) response.headers.set(name, value);
  return response;
}

/** To the page without the token: the address bar and the history do not keep it. */
const withCookie = (c: Context<Env>, { cookie, base }: Access): Response =>
  secured(
    new Response(null, {
      status: 303,
      headers: { location: base, 'set-cookie': `${cookie.name}=${cookie.value}; Path=${base}; HttpOnly; SameSite=Strict` },
    }),
    c.env.incoming.headers.host,
  );

/** `next`: the next events, as text of an event stream; undefined: there are no more. */
export interface EventReader {
  next(): Promise<string | undefined>;
  leave(): void;
}

/** Read by the browser at its own pace: nothing is queued for it. */
export function eventStream(reader: EventReader): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('retry: 300\n\n')),
      async pull(controller) {
        const events = await reader.next();
        if (events === undefined) controller.close();
        else controller.enqueue(encoder.encode(events));
      },
      cancel: () => reader.leave(),
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
}

function sent(file: PageFile, c: Context<Env>): Response {
  // the browser asks each time whether it changed: another version may have the same port
  const headers = { 'content-type': file.type, etag: file.etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding' };
  if (c.req.header('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const isCompressed = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  const body = isCompressed ? file.compressed : file.bytes;
  return new Response(new Uint8Array(body), { headers: { ...headers, ...(isCompressed ? { 'content-encoding': 'gzip' } : {}) } });
}
