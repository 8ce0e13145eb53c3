import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Text, text } from '../../../lab/text.ts';

/** What a browser needs to use the page. */
export interface Access {
  readonly port: number;
  /** In the URL that a person opens; exchanged for the cookie. */
  readonly token: string;
  readonly cookie: { readonly name: string; readonly value: string };
  /**
   * The folder of the page, `/…/`. Browsers send a cookie to every port of a host: also to the learner's app on 127.0.0.1:8000, which could use it. They send it only to the
   * paths that it is for, and no other server knows this one.
   */
  readonly base: string;
}

/** The token, the cookie and the path of a server. None shows the secret, or another of them. Those of one port are not those of another. */
export function accessOf(secret: Uint8Array, port: number): Access {
  const derived = (purpose: string) => createHmac('sha256', secret).update(purpose).digest('base64url');
  return {
    port,
    token: derived(`token ${port}`),
    cookie: { name: `labwright-${port}`, value: derived(`cookie ${port}`) },
    base: `/${derived(`path ${port}`)}/`,
  };
}

/** The address that a person opens. */
export const urlOf = (secret: Uint8Array, port: number): string =>
  `http://127.0.0.1:${port}/?token=${accessOf(secret, port).token}`;

/** A request, or the request to upgrade a connection to a WebSocket. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly isUpgrade: boolean;
}

/** `exchange`: the token is right, and the browser gets the cookie. Otherwise why the request is refused. */
export type Judged = 'allowed' | 'exchange' | Refusal;
type Refusal = 'host' | 'origin' | 'site' | 'method' | 'token' | 'cookie';

/**
 * Judges a request by its headers.
 *
 * The name in Host must be one of this machine's loopback: a page of another site whose name leads to 127.0.0.1 (DNS rebinding) sends its own name. Origin must be
 * this server: a page of another site, or of another port, sends its own. A browser sends no Origin with a GET of the same origin, so Sec-Fetch-Site counts too.
 */
export function judge(asked: Asked, access: Access): Judged {
  const { method, path, token, headers, isUpgrade } = asked;
  const { host } = headers;
  if (host === undefined || !hostsOf(access).includes(host.toLowerCase())) return 'host';
  const { origin } = headers;
  if (origin === undefined ? isUpgrade || method === 'POST' : origin !== `http://${host.toLowerCase()}`) return 'origin';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'site';
  if (isUpgrade ? method !== 'GET' : !['GET', 'POST'].includes(method)) return 'method';
  if (token !== undefined && path === '/' && method === 'GET' && !isUpgrade)
    return equal(token, access.token) ? 'exchange' : 'token';
  return cookies(headers.cookie, access.cookie.name).some((one) => equal(one, access.cookie.value)) ? 'allowed' : 'cookie';
}

/** The values of Host that name this server. A browser leaves out the port 80. */
const hostsOf = ({ port }: Pick<Access, 'port'>): readonly string[] =>
  ['127.0.0.1', 'localhost'].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));

/** Takes equally long wherever the two differ. */
const equal = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/** The values of a cookie: a browser may send several of one name. */
const cookies = (header: string | undefined, name: string): string[] =>
  (header ?? '')
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one.startsWith(`${name}=`))
    .map((one) => one.slice(name.length + 1));

const openLine = text(
  'Open the address that `lab` printed in its terminal: it contains the token.',
  '請開啟 `lab` 在終端機印出的網址，其中含有權杖。',
);

/** What is wrong, and what to do. */
export const refusals: Readonly<Record<Refusal, Text>> = {
  host: text(
    `This server is reached under another name than 127.0.0.1 or localhost. ${openLine.en}`,
    `這個伺服器只接受 127.0.0.1 或 localhost。${openLine['zh-TW']}`,
  ),
  origin: text(
    `This request comes from another page, or does not say from which. ${openLine.en}`,
    `這個請求來自其他網頁，或沒有註明來源。${openLine['zh-TW']}`,
  ),
  site: text(
    'This request comes from another page. Copy the address that `lab` printed into the address bar.',
    '這個請求來自其他網頁。請把 `lab` 印出的網址貼到網址列。',
  ),
  method: text('This server answers GET and POST.', '這個伺服器只接受 GET 與 POST。'),
  token: text(`The token in this address is not right. ${openLine.en}`, `網址中的權杖不正確。${openLine['zh-TW']}`),
  cookie: text(
    `This page is not open yet in this browser. ${openLine.en}`,
    `這個瀏覽器還沒有開啟過這個頁面。${openLine['zh-TW']}`,
  ),
};
