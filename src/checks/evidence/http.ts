import type { Client } from 'undici';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Answer } from '../../lab/world.ts';
import { withoutCode } from './page-text.ts';

const capBytes = 64_000;
/** Only this many characters of a page are kept: the hostname and the number come well before, but a style may precede them. */
const keptCharacters = 4000;
export const shortened = (body: string): string =>
  (body.length > keptCharacters ? withoutCode(body) : body).slice(0, keptCharacters);
const usualTimeoutMs = 5000;
/** Sampling stops after this many unanswered requests or this much time, so that a look always ends. */
export const enoughUnanswered = 2;
const slowErrorMs = 2000;
export const longestSampleMs = 30_000;

/**
 * How often a sample repeats a refused request, and the pause before: doubled after each refusal, and then kept between the
 * requests. A rate limit of 2 requests a second is met after five refusals; what refuses more is not a rate limit.
 */
export const mostRepeats = 6;
const pausesMs = { first: 50, longest: 800 } as const;

/**
 * A rate limit refused the request: status 429, or the page that a proxy itself sends with status 503. The pages of apps are
 * titled `503 Service Unavailable`, as HTTP names the status.
 */
export const isRefusal = ({ status, body }: Pick<Answer, 'status' | 'body'>): boolean =>
  status === 429 || (status === 503 && body.includes('503 Service Temporarily Unavailable'));

const forMs = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** An address on this machine's loopback; requests go nowhere else. */
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** A port that is published on this address of the host accepts requests to loopback. */
export const includesLoopback = (hostIp: string): boolean => /^(?:|0\.0\.0\.0|::|::1|127\..*)$/.test(hostIp);

/** Loads the HTTP client. Commands that send no requests do not load it; others can load it in advance. */
export const getReady = () => import('undici');

export interface AskOptions {
  readonly keepAlive: boolean;
  readonly path?: string;
  readonly unmarked?: string;
  readonly own?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends back the cookies that the answers set, as a browser does. */
  readonly cookies?: boolean;
  /** How long an answer may take; omitted: 5 s. */
  readonly timeoutMs?: number;
  wait?(ms: number): Promise<void>;
}

/**
 * Requests `http://<address>/` once per nonce, sequentially, each on its own connection or all on one. `path`: request this page
 * instead; `unmarked`: the page for empty nonces only. A refused or broken connection is an answer too (status 0). Stops after
 * two requests without an answer in time or with a late error, or after 30 s in all. A request that a rate limit refuses is
 * repeated after a pause, and later ones follow at that pace: a few times, then a refusal is an answer. Throws LabError E_PROBE for an address
 * outside loopback, unless the caller knows that a container of its own has it (`own`).
 */
export async function ask(address: string, nonces: readonly string[], options: AskOptions): Promise<Answer[]> {
  const origin = new URL(`http://${address}`);
  if (!options.own && !isLoopback(origin.hostname.replace(/^\[|\]$/g, ''))) {
    throw new LabError(
      'E_PROBE',
      text(
        `${address} is not on this machine's loopback: nothing is sent there`,
        `${address} 不在這台機器的 loopback 上，不會送出任何請求`,
      ),
      text('publish the port on 127.0.0.1', '請把連接埠發佈在 127.0.0.1'),
    );
  }
  const undici = await getReady();
  const answers: Answer[] = [];
  let client: Client | undefined;
  const begunMs = performance.now();
  let late = 0;
  const { wait = forMs, timeoutMs = usualTimeoutMs } = options;
  const pace = { ms: 0, repeats: 0 };
  const jar = new Map<string, string>();
  const send = (to: Client, nonce: string, path: string) =>
    once(to, { address, nonce, path, headers: headersOf(options, jar), jar, timeoutMs });
  for (const nonce of nonces) {
    if (pace.ms > 0) await wait(pace.ms);
    const startedMs = performance.now();
    if (late >= enoughUnanswered || startedMs - begunMs > longestSampleMs) break;
    client ??= new undici.Client(origin, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connectTimeout: timeoutMs });
    const path = options.path ?? pathOf(nonce, options.unmarked);
    let sentMs = startedMs;
    let answer = await send(client, nonce, path);
    let refusals = 0;
    while (isRefusal(answer) && pace.repeats < mostRepeats) {
      pace.repeats += 1;
      refusals += 1;
      pace.ms = Math.min(2 * pace.ms || pausesMs.first, pausesMs.longest);
      await wait(pace.ms);
      sentMs = performance.now();
      answer = { ...(await send(client, nonce, path)), refusals };
    }
    if (isRefusal(answer)) pace.ms = 0;
    const tookMs = performance.now() - sentMs;
    // a proxy that cannot find its upstream takes some seconds to respond
    if (answer.status === 0 ? tookMs > timeoutMs - 100 : answer.status >= 500 && tookMs > slowErrorMs) late += 1;
    answers.push(answer);
    if (!options.keepAlive) {
      await client.destroy();
      client = undefined;
    }
  }
  await client?.destroy();
  return answers;
}

function headersOf({ headers = {}, cookies = false }: AskOptions, jar: ReadonlyMap<string, string>): Record<string, string> {
  const kept = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return { ...headers, ...(cookies && kept !== '' ? { cookie: kept } : {}) };
}

/** The most cookies that are kept. */
const mostCookies = 20;

interface Sent {
  readonly address: string;
  readonly nonce: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly jar: Map<string, string>;
  readonly timeoutMs: number;
}

async function once(client: Client, { address, nonce, path, headers, jar, timeoutMs }: Sent): Promise<Answer> {
  try {
    const {
      statusCode,
      headers: answered,
      body: stream,
    } = await client.request({
      method: 'GET',
      path,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    for (const cookie of [answered['set-cookie'] ?? []].flat()) {
      const [, name, value = ''] = /^([\w.-]{1,64})=([^;\s]{0,512})/.exec(cookie) ?? [];
      if (name !== undefined && jar.size < mostCookies) jar.set(name, value);
    }
    let body = '';
    stream.setEncoding('utf8');
    for await (const chunk of stream) {
      body += chunk;
      if (body.length > capBytes) break;
    }
    return { nonce, status: statusCode, address, body: shortened(body) };
  } catch {
    // no response, or an incomplete one: reported as status 0
    return { nonce, status: 0, address, body: '' };
  }
}

/**
 * The path that carries a request's nonce: the app ignores it, and logs show it. An empty nonce requests the page as a learner
 * does; apps treat `/?` as `/`, so only a proxy's log, which is used to find a learner's own requests, shows the difference.
 */
export const pathOf = (nonce: string, unmarked = '/?'): string => (nonce === '' ? unmarked : `/?lab=${nonce}`);
