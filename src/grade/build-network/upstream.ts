import { type ClientRequest, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { directEgress, type Egress } from './egress.ts';

/** Reaches hosts through the proxy that the grader's environment names (`HTTPS_PROXY`, as curl reads it), else directly. Throws LabError E_USAGE. */
export function egressOf(env: NodeJS.ProcessEnv): Egress {
  const named = env['HTTPS_PROXY'] || env['https_proxy'] || env['HTTP_PROXY'] || env['http_proxy'];
  if (!named) return directEgress;
  const written = /^[a-z][a-z\d+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  const upstream = URL.canParse(written) ? new URL(written) : undefined;
  if (!upstream || !['http:', 'https:'].includes(upstream.protocol))
    throw new LabError(
      'E_USAGE',
      text(
        'HTTPS_PROXY does not name a proxy with http:// or https://',
        'HTTPS_PROXY 指定的不是 http:// 或 https:// 的代理伺服器',
      ),
      text('correct HTTPS_PROXY, or use `--build-network none`', '請修正 HTTPS_PROXY，或使用 `--build-network none`'),
    );
  return { upstream, connect: (host, port, signal) => tunnel(upstream, host, port, signal) };
}

/** The header that authenticates at the upstream proxy, if its URL has a user. */
const upstreamHeaders = ({ username, password }: URL): Record<string, string> =>
  username === ''
    ? {}
    : {
        'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      };

/** Sends a request to the upstream proxy itself. */
export const requestUpstream = (
  upstream: URL,
  options: { method: string; path: string; headers: Record<string, string> },
): ClientRequest =>
  (upstream.protocol === 'https:' ? tlsRequest : plainRequest)({
    ...options,
    hostname: upstream.hostname.replace(/^\[|\]$/g, ''),
    port: upstream.port || (upstream.protocol === 'https:' ? 443 : 80),
    headers: { ...options.headers, ...upstreamHeaders(upstream) },
    agent: false,
  });

function tunnel(upstream: URL, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const to = `${host}:${port}`;
  return new Promise((done, reject) => {
    const request = requestUpstream(upstream, { method: 'CONNECT', path: to, headers: { host: to } });
    const stop = () => request.destroy(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const ended = () => signal.removeEventListener('abort', stop);
    request.once('error', (error) => {
      ended();
      reject(error);
    });
    request.once('connect', ({ statusCode }, socket: Socket, head) => {
      ended();
      if (statusCode !== 200) {
        socket.destroy();
        reject(new Error(`the upstream proxy answered ${statusCode}`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      done(socket);
    });
    if (signal.aborted) stop();
    request.end();
  });
}
