import type { ConfFacts } from '../../src/lab/stack.ts';
import { type Text, text } from '../../src/lab/text.ts';
import { readNginxConf } from './nginx-conf.ts';

interface Fault {
  readonly line: number;
  readonly text: Text;
}

/**
 * Why a configuration of nginx does not pass requests to the app: the first upstream that cannot be right, or else the error in nginx's log that names
 * the file and the line.
 */
export function nginxConfFault(conf: string, facts: ConfFacts): Fault | undefined {
  const lines = conf.split('\n').map((line) => line.replace(/#.*$/, ''));
  for (const upstream of readNginxConf(conf).upstreams) {
    const why = upstreamFault(upstream, facts);
    const line = why ? lines.findIndex((one) => namesHost(one, upstream.host)) + 1 : 0;
    if (why && line > 0) return { line, text: why };
  }
  return faultInLog(facts, lines.length);
}

const namesHost = (line: string, host: string): boolean => line.split(/[^A-Za-z0-9_.-]+/).includes(host);

/** HTTP's own port, if the configuration names none. */
const usualPort = 80;

function upstreamFault(
  { host, port = usualPort }: { readonly host: string; readonly port?: number },
  { proxy, upstream, ports, hosts }: ConfFacts,
): Text | undefined {
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0)$/.test(host))
    return text(
      `\`${host}\` is the container of ${proxy} itself; the app is \`${upstream}\`.`,
      `\`${host}\` 是 ${proxy} 自己的容器；應用程式在 \`${upstream}\`。`,
    );
  const service = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  if (service === upstream) return portFault(port, upstream, ports);
  if (service !== undefined)
    return text(
      `\`${host}\` is the service ${service}; the app is \`${upstream}\`.`,
      `\`${host}\` 是服務 ${service}；應用程式在 \`${upstream}\`。`,
    );
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host))
    return text(
      `\`${host}\` is an address, which a container may not have after its next start; write \`${upstream}\`.`,
      `\`${host}\` 是 IP 位址，容器下次啟動時可能會改變；請寫 \`${upstream}\`。`,
    );
  if (/[-_]\d{1,4}$/.test(host))
    return text(
      `\`${host}\` is the name of a single container; write \`${upstream}\`, the name of the service.`,
      `\`${host}\` 是單一容器的名稱；請寫服務名稱 \`${upstream}\`。`,
    );
  return text(
    `no service has the name \`${host}\`; the app is \`${upstream}\`.`,
    `沒有名稱為 \`${host}\` 的服務；應用程式在 \`${upstream}\`。`,
  );
}

function portFault(port: number, upstream: string, ports: readonly number[]): Text | undefined {
  if (ports.length === 0 || ports.includes(port)) return undefined;
  return text(
    `${upstream} does not listen on port ${port}, but on ${ports.join(', ')}.`,
    `${upstream} 沒有在連接埠 ${port} 上監聽，而是在 ${ports.join('、')}。`,
  );
}

/** `[emerg] 1#1: unexpected "}" in /etc/nginx/conf.d/default.conf:5`, as nginx writes it to its log (src/core/ngx_conf_file.c). */
const emergency = /\[emerg\] (?:\d{1,9}#\d{1,9}: )?([^\n]{1,300}) in (\/[^\s:]{1,300}):(\d{1,6})$/;

function faultInLog({ log, file }: ConfFacts, last: number): Fault | undefined {
  for (const entry of log) {
    const [, what = '', path, at] = emergency.exec(entry.slice(0, 1000).trimEnd()) ?? [];
    const line = Number(at);
    if (path?.split('/').at(-1) !== file || line < 1 || line > last) continue;
    // nginx names the place where it cannot read on
    const [en, zh] = what.startsWith('unexpected ')
      ? ['; the line before it may lack its `;`', '；它的前一行可能少了 `;`']
      : ['', ''];
    return { line, text: text(`nginx reports: ${what}${en}.`, `nginx 回報：${what}${zh}。`) };
  }
  return undefined;
}

/** Directives and parameters with which nginx prefers a server (nginx.org/en/docs/http/ngx_http_upstream_module.html). */
const preferences: readonly (readonly [words: RegExp, means: (found: string) => Text])[] = [
  [
    /(?:^|[\s;{}])(ip_hash)\s*;/,
    (found) => text(`\`${found}\` sends each client to the same replica.`, `\`${found}\` 會把同一個用戶端固定送到同一個副本。`),
  ],
  [
    /(?:^|[\s;{}])(hash\s+[^;]{1,100});/,
    (found) => text(`\`${found}\` sends equal requests to the same replica.`, `\`${found}\` 會把相同的請求固定送到同一個副本。`),
  ],
  [
    /(?:^|[\s;{}])server\s[^;]{0,300}\s(backup|down)\b/,
    (found) => text(`\`${found}\` keeps requests from this server.`, `\`${found}\` 讓這個伺服器收不到請求。`),
  ],
  [
    /(?:^|[\s;{}])server\s[^;]{0,300}\s(weight=\d+)/,
    (found) =>
      text(`\`${found}\` gives this server more requests than others.`, `\`${found}\` 讓這個伺服器收到的請求比其他的多。`),
  ],
];

type Directives = typeof preferences;

/** A directive that sets a variable by others, with which `proxy_pass` or a server then chooses (…/ngx_http_map_module.html, …split_clients_module.html). */
const chooser =
  /(?:^|[\s;{}])((map|split_clients|geo)\s+(?:("[^"\n]{0,200}"|'[^'\n]{0,200}'|[^\s{]{1,200})\s+)?(\$\w{1,60}))\s*\{/;

/** The first line on which nginx sets a variable that chooses where a request goes. */
function choiceIn(conf: string): Fault | undefined {
  const targets = [...conf.matchAll(/(?:^|[\s;{}])proxy_pass\s+([^;]{1,300});/g)].map(([, target = '']) => target);
  for (const [at, written] of conf.split('\n').entries()) {
    const [, found = '', by = '', source = '', variable] = chooser.exec(written.replace(/#.*$/, '')) ?? [];
    if (variable === undefined || !targets.some((target) => target.split(/(?=\$)|[^\w$]/).includes(variable))) continue;
    const from = source.replace(/["']/g, '');
    return {
      line: at + 1,
      text:
        by === 'split_clients'
          ? text(
              `\`${found}\` sends a share of the requests elsewhere than the rest.`,
              `\`${found}\` 會把一部分請求送到和其他請求不同的地方。`,
            )
          : text(
              `\`${found}\` chooses where a request goes by \`${from || '$remote_addr'}\`${meaningOf(from).en}.`,
              `\`${found}\` 依 \`${from || '$remote_addr'}\`${meaningOf(from)['zh-TW'] || ' '}決定請求的去向。`,
            ),
    };
  }
  return undefined;
}

/** What a variable holds (nginx.org/en/docs/varindex.html), in brackets; empty: its name says it. */
const meanings: Readonly<Record<string, Text>> = {
  $connection_requests: text(
    ' (the number of the request on its connection: 1 is the first)',
    '（這是連線上的第幾個請求：1 是第一個）',
  ),
  $connection: text(' (the serial number of the connection)', '（連線的序號）'),
};
const meaningOf = (variable: string): Text => meanings[variable] ?? text('', '');

/** The first line with one of these directives. */
function firstOf(conf: string, directives: Directives): Fault | undefined {
  for (const [at, written] of conf.split('\n').entries())
    for (const [words, means] of directives) {
      const [, found] = words.exec(written.replace(/#.*$/, '')) ?? [];
      if (found !== undefined) return { line: at + 1, text: means(found) };
    }
  return undefined;
}

/** The first line that chooses where a request goes, or else the first that makes nginx prefer one replica. */
export const nginxPreference = (conf: string): Fault | undefined => choiceIn(conf) ?? firstOf(conf, preferences);

/** Directives with which nginx changes, keeps, replaces or refuses answers, or does not log (…/ngx_http_rewrite_module.html, …/ngx_http_sub_module.html). */
const rewrites: Directives = [
  [
    /(?:^|[\s;{}])(if\s*\(\s*\$(?:args|query_string|arg_\w+|http_\w+)[^)]{0,80}\))/,
    (found) => text(`\`${found}\` treats some requests differently.`, `\`${found}\` 讓 nginx 對某些請求有不同的處理。`),
  ],
  [
    /(?:^|[\s;{}])(return\s+\d{3})\b/,
    (found) =>
      text(`\`${found}\` makes nginx answer by itself, without the app.`, `\`${found}\` 讓 nginx 自己回應，沒有經過應用程式。`),
  ],
  [
    /(?:^|[\s;{}])(sub_filter)\s/,
    (found) => text(`\`${found}\` changes the app's answers.`, `\`${found}\` 會改寫應用程式的回應。`),
  ],
  [
    /(?:^|[\s;{}])(proxy_cache)\s+(?!off\b)/,
    (found) => text(`\`${found}\` keeps answers and gives them again.`, `\`${found}\` 會快取回應並重複使用。`),
  ],
  [/(?:^|[\s;{}])(access_log\s+off)\s*;/, (found) => text(`\`${found}\` switches the log off.`, `\`${found}\` 關閉了存取日誌。`)],
];

/** The first line that makes nginx change, keep, replace or refuse answers, or not log them. */
export const nginxRewrite = (conf: string): Fault | undefined => firstOf(conf, rewrites);
