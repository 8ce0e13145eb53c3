import { type LoggedRequest, requestIn } from '../../../checks/evidence/log-line.ts';

/** What a line of a log says: a request that was answered, or an address to which a proxy could not connect. Empty: neither. */
export interface LineFacts {
  readonly request?: LoggedRequest;
  readonly unreachable?: string;
}

/** `2026/11/28 13:18:14 [error] 29#29: …`: an error log, which names requests that the access log shows too. */
const isOfErrorLog = (line: string): boolean => /\[(?:debug|info|notice|warn|error|crit|alert|emerg)\]/.test(line.slice(0, 60));

/** The failure to connect, as proxies write it: `…, upstream: "http://172.18.0.3:5000/", …`. */
const failedUpstream =
  /\b(?:connect\(\) failed|timed out|no live upstreams|prematurely closed)\b.*?\bupstream: "\w+:\/\/(\d{1,3}(?:\.\d{1,3}){3})[:/"]/;

export function readLine(line: string): LineFacts {
  if (!isOfErrorLog(line)) {
    const request = requestIn(line);
    return request ? { request } : {};
  }
  const [, unreachable] = failedUpstream.exec(line) ?? [];
  return unreachable === undefined ? {} : { unreachable };
}
