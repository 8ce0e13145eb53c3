import { type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import CachePolicy from 'http-cache-semantics';
import type { Egress } from './egress.ts';
import type { DraftAnswer, HttpCache } from './http-cache.ts';
import type { Target } from './proxy-rules.ts';
import { requestUpstream } from './upstream.ts';

export interface PlainOptions {
  readonly target: Target;
  readonly egress: Egress;
  readonly cache: HttpCache;
  /** All content passes through it. */
  readonly counted: Transform;
  readonly connectMs: number;
}

/**
 * The headers of a build that its request keeps. No other may decide what a server answers, because the answer may be stored for other builds.
 */
const kept = [
  'accept',
  'accept-encoding',
  'cache-control',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'pragma',
  'range',
  'user-agent',
];
/** A stored answer answers a condition or a range as a whole. */
const partial = ['if-modified-since', 'if-none-match', 'if-range', 'range'];
/** Headers for one connection (RFC 9110), which a proxy does not pass on. */
const ofConnection = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

type Headers = Record<string, string>;

/** Answers a plain GET or HEAD: from the cache if it may, else from the server. Rejects with the error of a connection. */
export async function answerPlain(request: IncomingMessage, response: ServerResponse, options: PlainOptions): Promise<void> {
  const { target, cache, counted } = options;
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const url = `http://${target.host}:${target.port}${target.path}`;
  const headers = pick(request.headers, kept);
  headers['host'] = target.port === 80 ? target.host : `${target.host}:${target.port}`;
  if (method === 'HEAD' || headers['range'] !== undefined) {
    await passOn(await send(method, headers, options), response, counted);
    return;
  }
  for (const name of partial) delete headers[name];
  const asked = { method, url, headers };
  const stored = await cache.find(url);
  const { response: usable, revalidation } = stored?.policy.evaluateRequest(asked) ?? {};
  if (stored && usable && !revalidation) {
    response.writeHead(200, { ...forClient(usable.headers), 'content-length': stored.bytes });
    await pipeline(await stored.open(), counted, response);
    return;
  }
  const answer = await send(method, { ...headers, ...pick(revalidation?.headers ?? {}, kept) }, options);
  if (stored && answer.statusCode === 304) {
    answer.resume();
    const { policy } = stored.policy.revalidatedPolicy(asked, { status: 304, headers: answer.headers });
    await cache.renew(url, policy);
    response.writeHead(200, { ...forClient(policy.responseHeaders()), 'content-length': stored.bytes });
    await pipeline(await stored.open(), counted, response);
    return;
  }
  await passOn(answer, response, counted, draftOf(answer, asked, cache));
}

/** Where to store an answer; undefined if it may not be stored. */
function draftOf(
  answer: IncomingMessage,
  asked: { readonly method: string; readonly url: string; readonly headers: Headers },
  cache: HttpCache,
): DraftAnswer | undefined {
  const bytes = Number(answer.headers['content-length'] ?? Number.NaN);
  if (answer.statusCode !== 200 || !cache.fits(bytes)) return undefined;
  const policy = new CachePolicy(asked, { status: 200, headers: answer.headers });
  return policy.storable() ? cache.begin(asked.url, policy, bytes) : undefined;
}

async function passOn(answer: IncomingMessage, response: ServerResponse, counted: Transform, draft?: DraftAnswer): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, forClient(answer.headers));
  if (!draft) {
    await pipeline(answer, counted, response);
    return;
  }
  try {
    await pipeline(answer, counted, storing(draft), response);
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** Stores what passes. The last part passes when all of it is stored, so that the build's next request finds it. */
function storing(draft: DraftAnswer): Transform {
  let last: Buffer | undefined;
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      const before = last;
      last = chunk;
      draft.write(chunk).then(() => done(null, before));
    },
    flush: (done) => {
      draft.keep().then(() => done(null, last));
    },
  });
}

/** Sends a request; resolves with the head of its answer. */
async function send(method: string, headers: Headers, { target, egress, connectMs }: PlainOptions): Promise<IncomingMessage> {
  const { host, port, path } = target;
  const signal = AbortSignal.timeout(connectMs);
  const sent = egress.upstream
    ? requestUpstream(egress.upstream, { method, path: `http://${headers['host']}${path}`, headers })
    : await overSocket(egress, signal, { method, host, port, path, headers });
  return new Promise((done, reject) => {
    const late = () => sent.destroy(new Error('no answer in time'));
    signal.addEventListener('abort', late, { once: true });
    sent.once('response', (answer) => {
      signal.removeEventListener('abort', late);
      done(answer);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function overSocket(
  egress: Egress,
  signal: AbortSignal,
  { host, port, ...options }: { method: string; host: string; port: number; path: string; headers: Headers },
): Promise<ClientRequest> {
  const socket = await egress.connect(host, port, signal);
  // the server closes the connection after its answer
  return httpRequest({ ...options, headers: { ...options.headers, connection: 'close' }, createConnection: () => socket });
}

const pick = (headers: IncomingMessage['headers'], names: readonly string[]): Headers =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );

/** The headers of an answer for the build: those of its connection are left out. */
const forClient = (headers: CachePolicy.Headers): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !ofConnection.includes(entry[0]),
    ),
  );
