import { isListed } from './package-hosts.ts';

/** Where an allowed request goes. */
export interface Target {
  readonly kind: 'tunnel' | 'plain';
  /** In lower case. */
  readonly host: string;
  readonly port: number;
  /** Of a plain request: path and query. */
  readonly path: string;
}

/**
 * Why a build did not get what it asked the proxy for. `host`: the rubric does not list this host and port; `method`: the proxy only downloads; `private`:
 * the host's addresses are not on the Internet; `unreachable`: the host did not answer; `limit`: the build used more than its share.
 */
export type MissedReason = 'host' | 'method' | 'private' | 'unreachable' | 'limit';

/** A request that a build did not get an answer to. */
export interface Missed {
  readonly why: MissedReason;
  /** As the build named it. */
  readonly host: string;
  readonly port: number;
}

export type Ruling =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly status: 400 | 403 | 405; readonly missed?: Missed };

/** Judges a request to the proxy by its first line: `url` is `host:port` after CONNECT, else a complete URL. Resolves no names. */
export function judgeRequest(
  { method = '', url = '' }: { method?: string | undefined; url?: string | undefined },
  hosts: readonly string[],
): Ruling {
  const target = method === 'CONNECT' ? tunnelTo(url) : plainTo(url);
  if (!target) return { ok: false, status: 400 };
  const { kind, host, port } = target;
  if (!isListed(hosts, kind, host, port)) return { ok: false, status: 403, missed: { why: 'host', host, port } };
  const downloads = ['CONNECT', 'GET', 'HEAD'].includes(method);
  return downloads ? { ok: true, target } : { ok: false, status: 405, missed: { why: 'method', host, port } };
}

function tunnelTo(authority: string): Target | undefined {
  const [, host, port] = /^([^\s:@/?#]{1,253}):(\d{1,5})$/.exec(authority) ?? [];
  return host === undefined ? undefined : { kind: 'tunnel', host: nameOf(host), port: Number(port), path: '' };
}

function plainTo(written: string): Target | undefined {
  if (written.length > 8000 || !URL.canParse(written)) return undefined;
  const url = new URL(written);
  if (url.protocol !== 'http:' || url.username !== '' || url.password !== '') return undefined;
  return { kind: 'plain', host: nameOf(url.hostname), port: Number(url.port || 80), path: `${url.pathname}${url.search}` };
}

/** A name may end with the dot of the root. */
const nameOf = (host: string): string => host.toLowerCase().replace(/\.$/, '');
