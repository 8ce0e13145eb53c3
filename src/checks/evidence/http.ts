import type { Client } from 'undici';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Answer } from '../../lab/world.ts';

const capBytes = 64_000;
/** So much of a page is kept: who answers names itself, and its number, long before. */
const keptCharacters = 4000;
export const shortened = (body: string): string => body.slice(0, keptCharacters);
const timeoutMs = 5000;
/** So many that got no answer in time are enough to tell, and so long may a sample take: the rest is not asked, so that a look has an end. */
export const enoughUnanswered = 2;
const slowErrorMs = 2000;
export const longestSampleMs = 30_000;

/** An address on this machine's loopback; load goes nowhere else. */
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Loads what requests are made with. Who only reads the labs does not wait for it, and who is about to ask can have it beforehand. */
export const getReady = () => import('undici');

/**
 * Asks `http://<address>/` once for each mark, one after another; each on a connection of its own, or all on one. `path`: for that page instead;
 * `unmarked`: of those with no mark alone.
 * A refused or broken connection is an answer too (status 0); after two that got none in time, or an error late, or 30 s in all, the
 * rest is not asked. Throws LabError E_PROBE for an address beyond loopback, unless the caller knows it for a container's of its own (`own`).
 */
export async function ask(
  address: string,
  nonces: readonly string[],
  options: { keepAlive: boolean; path?: string; unmarked?: string; own?: boolean },
): Promise<Answer[]> {
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
  for (const nonce of nonces) {
    const startedMs = performance.now();
    if (late >= enoughUnanswered || startedMs - begunMs > longestSampleMs) break;
    client ??= new undici.Client(origin, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connectTimeout: timeoutMs });
    const answer = await once(client, address, nonce, options.path ?? pathOf(nonce, options.unmarked));
    const tookMs = performance.now() - startedMs;
    // a front that does not find whom it passes requests to takes some seconds to say so
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

async function once(client: Client, address: string, nonce: string, path: string): Promise<Answer> {
  try {
    const { statusCode, body: stream } = await client.request({
      method: 'GET',
      path,
      signal: AbortSignal.timeout(timeoutMs),
    });
    let body = '';
    stream.setEncoding('utf8');
    for await (const chunk of stream) {
      body += chunk;
      if (body.length > capBytes) break;
    }
    return { nonce, status: statusCode, address, body: shortened(body) };
  } catch {
    // nothing answered, or not to the end: that is what is reported
    return { nonce, status: 0, address, body: '' };
  }
}

/**
 * Where a request's mark goes: the app ignores it, and logs show it. One without a mark asks for the page as a learner does; apps take `/?`
 * for `/`, and only a front's log, which is to tell of a learner's own requests, shows which it was.
 */
export const pathOf = (nonce: string, unmarked = '/?'): string => (nonce === '' ? unmarked : `/?lab=${nonce}`);
