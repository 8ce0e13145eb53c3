import type { BindMount, ConfTarget, ProxyConf } from '../../src/lab/stack.ts';

/** Blocks without text between quotes and without comments, so that no directive is found in either. */
const plain = (conf: string): string =>
  conf.replace(/#.*$/gm, '').replace(/"[^"\n]*"|'[^'\n]*'/g, (quoted) => quoted.slice(1, -1));

/** The values of a simple directive: what is between its name and the semicolon. */
const valuesOf = (conf: string, directive: string): string[] =>
  [...conf.matchAll(new RegExp(`(?:^|[\\s;{}])${directive}\\s+([^;{}]{1,500});`, 'g'))].map(([, value = '']) => value.trim());

/** `host`, `host:port`; undefined: a variable, a socket or an IPv6 address. */
function addressOf(written: string): ProxyConf['upstreams'][number] | undefined {
  const [, host, port] = /^([A-Za-z0-9_.-]+)(?::(\d{1,5}))?$/.exec(written) ?? [];
  if (host === undefined) return undefined;
  return port === undefined ? { host } : { host, port: Number(port) };
}

/**
 * The ports on which an nginx configuration listens, and the hosts to which it passes requests: those in `proxy_pass`, in `server` of an `upstream`,
 * and in variables that hold an URL. nginx.org/en/docs/http/ngx_http_core_module.html#listen, …/ngx_http_proxy_module.html#proxy_pass
 */
export function readNginxConf(conf: string): ProxyConf {
  const text = plain(conf);
  const listens = valuesOf(text, 'listen').flatMap((value) => {
    const [, port] = /^(?:(?:[A-Za-z0-9_.*-]+|\[[0-9a-fA-F:]*\]):)?(\d{1,5})(?:\s|$)/.exec(value) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  const urls = [...text.matchAll(/\bhttps?:\/\/([^\s;/$]+)/g)].map(([, authority = '']) => authority);
  const servers = valuesOf(text, 'server').map((value) => value.split(/\s/, 1)[0] ?? '');
  const values = valuesOf(text, 'set').flatMap((value) => value.split(/\s+/).slice(1, 2));
  const upstreams = [...servers, ...urls, ...values].map(addressOf).filter((one) => one !== undefined);
  // the name of an `upstream` block is no host
  const blocks = new Set([...text.matchAll(/(?:^|[\s;{}])upstream\s+([^\s{;]+)\s*\{/g)].map(([, name]) => name));
  const hosts = upstreams.filter(({ host }) => !blocks.has(host) || servers.some((one) => addressOf(one)?.host === host));
  const logs = valuesOf(text, 'access_log').map((value) => value.split(/\s/, 1)[0] ?? '');
  return {
    listens: [...new Set(listens)],
    upstreams: hosts,
    accessLogs: logs.filter((path) => path.startsWith('/') && !path.split('/').includes('..')),
  };
}

/** The reference solution's nginx.conf, adapted to another project. */
export function writeNginxConf({ listen, host, port, path }: ConfTarget): string {
  const server = `server {\n  listen ${listen};\n\n  location / {\n    proxy_pass http://${host}:${port};\n  }\n}\n`;
  if (path !== '/etc/nginx/nginx.conf') return server;
  return `events {\n}\n\nhttp {\naccess_log ${logFolder}/access.log;\n${server}}\n`;
}

const logFolder = '/var/log/nginx';

/** Where a project keeps nginx's configuration and logs, from what it mounts. */
export function locateNginxFiles(mounts: readonly BindMount[], conf: ProxyConf | undefined): Record<string, string> {
  const file = mounts.find(({ target }) => /^\/etc\/nginx\/(?:nginx|conf\.d\/[^/]+)\.conf$/.test(target));
  const folder = mounts.find(({ target }) => target.replace(/\/$/, '') === '/etc/nginx/conf.d');
  const logs = mounts.find(({ target }) => target.replace(/\/$/, '') === logFolder);
  const log = conf?.accessLogs.find((path) => path.startsWith(`${logFolder}/`)) ?? `${logFolder}/access.log`;
  return {
    ...(file ? { conf: file.source } : folder ? { conf: `${folder.source}/default.conf` } : {}),
    ...(logs ? { logs: logs.source, access: `${logs.source}${log.slice(logFolder.length)}` } : {}),
  };
}
