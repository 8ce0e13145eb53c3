/** A request as a line of a log shows it. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** The IPv4 address that sent it, or `::1`; omitted: the line shows none. */
  readonly client?: string;
  /** It came over the loopback of the container that logs it, as a health check does. */
  readonly fromInside: boolean;
  /** NaN: the line shows no time. */
  readonly timeMs: number;
  /** The HTTP status of the answer; omitted: the line shows none. */
  readonly status?: number;
}

/** A longer line is read only so far. */
const longestLine = 8000;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** `GET /?a=1 HTTP/1.1`, as in the formats of nginx, Apache, Flask, gunicorn and uvicorn. */
const requestLine = /(?<![\w/])([A-Z]{3,10}) (\/[^\s"]*) HTTP\b/;

/** The request that a line of an access log shows, whatever the log's format: a request line, JSON, or fields of text. */
export function requestIn(whole: string): LoggedRequest | undefined {
  const line = whole.slice(0, longestLine);
  const found = requestLine.exec(line);
  const timeMs = timeOf(line);
  if (found) {
    const [, method = '', target = ''] = found;
    const client = line.startsWith('{') ? clientIn(fieldsOf(line)) : firstAddress(line.slice(0, found.index));
    const [, written] = /^\S*[\s"',|]+([1-5]\d\d)(?!\w)/.exec(line.slice(found.index + found[0].length)) ?? [];
    const status = line.startsWith('{') ? statusIn(fieldsOf(line)) : written === undefined ? undefined : Number(written);
    return { method, target, ...sender(client), timeMs, ...(status === undefined ? {} : { status }) };
  }
  const request = line.startsWith('{') ? inJson(fieldsOf(line)) : inText(line);
  return request && { ...request, timeMs };
}

/** Whether a log shows any request. */
export const logsRequests = (log: string): boolean => log.split('\n').some((line) => requestIn(line) !== undefined);

type Fields = readonly (readonly [name: string, value: string])[];

/** The fields of a line of JSON, those one level deeper too; empty if it is not JSON. */
function fieldsOf(line: string): Fields {
  const pairs = (value: unknown): [string, unknown][] =>
    value !== null && typeof value === 'object' ? Object.entries(value) : [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [];
  }
  return pairs(parsed)
    .flatMap(([name, value]): [string, unknown][] => [[name, value], ...pairs(value)])
    .flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    );
}

function inJson(fields: Fields): Omit<LoggedRequest, 'timeMs'> | undefined {
  const method = fields.find(([, value]) => methods.has(value))?.[1];
  const path = fields.find(([name, value]) => /uri|url|path|request|target/i.test(name) && value.startsWith('/'))?.[1];
  if (method === undefined || path === undefined) return undefined;
  const query = fields.find(([name, value]) => /^(args|query|query_string)$/i.test(name) && value !== '')?.[1];
  const target = query === undefined || path.includes('?') ? path : `${path}?${query}`;
  const status = statusIn(fields);
  return { method, target, ...sender(clientIn(fields)), ...(status === undefined ? {} : { status }) };
}

function statusIn(fields: Fields): number | undefined {
  const written = fields.find(([name, value]) => /^(?:status|status_?code|code)$/i.test(name) && /^[1-5]\d\d$/.test(value))?.[1];
  return written === undefined ? undefined : Number(written);
}

const clientIn = (fields: Fields): string | undefined =>
  fields.find(([name]) => /remote|client|addr|^ip$/i.test(name) && !/upstream|server|port|user/i.test(name))?.[1];

/** Fields of text in any order: a method, a path, and a status, which other lines do not have. */
function inText(line: string): Omit<LoggedRequest, 'timeMs'> | undefined {
  const words = line.split(/[\s"'|,;=[\]()]+/);
  const at = words.findIndex((word) => methods.has(word));
  const isPath = (word: string) => word.startsWith('/');
  const target = words.slice(at + 1).find(isPath) ?? words.find(isPath);
  const status = words.find((word) => /^[1-5]\d\d$/.test(word));
  if (at < 0 || target === undefined || status === undefined) return undefined;
  return { method: words[at] ?? '', target, ...sender(firstAddress(line)), status: Number(status) };
}

/** Servers that listen on IPv6 write an IPv4 address as `::ffff:172.18.0.3`. */
const firstAddress = (text: string): string | undefined =>
  /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|::1)(?![\w.])/.exec(text.replace(/::ffff:(?=\d{1,3}\.)/gi, ''))?.[0];

/** `written`: the value of a field, or an address. */
function sender(written: string | undefined): Pick<LoggedRequest, 'client' | 'fromInside'> {
  const client = firstAddress(written ?? '');
  return { ...(client === undefined ? {} : { client }), fromInside: /^(?:127\.|::1$)/.test(client ?? '') };
}

/** `[22/Nov/2026:20:10:11 +0000]`, `2026-11-22T20:10:11+00:00`, `1795378211.123`. */
function timeOf(line: string): number {
  const [, day, month, year, time, zone] = /\[(\d+)\/(\w+)\/(\d+):([\d:]+) ([+-]\d+)\]/.exec(line) ?? [];
  if (day !== undefined) return Date.parse(`${day} ${month} ${year} ${time} ${zone}`);
  const [iso] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/.exec(line) ?? [];
  if (iso !== undefined) return Date.parse(iso);
  const [seconds] = /(?<![\w.])[12]\d{9}(?:\.\d{1,6})?(?![\w.])/.exec(line) ?? [];
  return seconds === undefined ? Number.NaN : Number(seconds) * 1000;
}
