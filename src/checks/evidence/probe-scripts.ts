/**
 * Shell scripts that probes run inside a container, and parsers for their output. Each `docker exec` takes about 60 ms, so
 * scripts contain their own loops. They need `sh` and the tools that each names.
 */
import type { Answer, ExecResult, Readiness, ReadyOptions } from '../../lab/world.ts';
import { enoughUnanswered, longestSampleMs, pathOf, shortened } from './http.ts';

const ipv4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
const safe = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** A name or address that is inserted into a script unquoted; throws if the shell could interpret it. */
const word = (value: string): string => {
  if (!safe.test(value)) throw new TypeError(`not a host name: ${value}`);
  return value;
};

/** A path that is inserted into a script unquoted. */
const plainPath = (value: string): string => {
  if (!/^\/[\w./~-]*$/.test(value)) throw new TypeError(`not a plain path: ${value}`);
  return value;
};

/** Time since boot in hundredths of a second, independent of changes to the clock. */
const now = "now() { IFS='. ' read -r s c _ </proc/uptime; t=$s$c; }";

/**
 * DNS with `dig` if available, else `getent` (libc), else busybox's `nslookup`. The query goes to the engine's own name server,
 * whatever the container's /etc/resolv.conf contains; only `getent` cannot select a server. One attempt of 2 s: the engine answers at once for names that it knows,
 * and asks other servers for the rest. Without a network none of them answers, which libc waits 8 s for. Exit 127: none of the tools exists.
 */
export const resolveScript = (name: string): string => {
  const host = word(name);
  return [
    `if command -v dig >/dev/null; then dig @127.0.0.11 +short +tries=1 +time=2 A ${host}`,
    `elif command -v getent >/dev/null; then RES_OPTIONS='timeout:2 attempts:1' getent ahostsv4 ${host} || true`,
    `elif command -v nslookup >/dev/null; then nslookup ${host} 127.0.0.11 2>/dev/null | sed '1,/^$/d'`,
    'else exit 127; fi',
  ].join('\n');
};
/** The distinct addresses, in the order of the answer. Remarks of dig (`;; … 127.0.0.11#53: timed out`) are skipped. */
export const readAddresses = (result: ExecResult): string[] => [
  ...new Set(result.stdout.replace(/^;.*$/gm, '').match(ipv4) ?? []),
];

/** `count` pings, each with its own DNS lookup. */
export const pingScript = (name: string, count: number): string =>
  [
    'command -v ping >/dev/null || exit 127',
    `i=0; late=0; while [ $i -lt ${count} ] && [ $late -lt ${enoughUnanswered} ]; do`,
    `  said=$(ping -n -c 1 -W 2 ${word(name)} 2>&1 | head -n 2); echo "$said"; i=$((i+1))`,
    '  case $said in *"bytes from"*) ;; *) late=$((late+1)) ;; esac; done',
  ].join('\n');

export interface Ping {
  readonly address: string;
  readonly replied: boolean;
}
/** Output of iputils and busybox: `PING web (172.18.0.3)`, then `64 bytes from 172.18.0.3: …`. */
export const readPings = (result: ExecResult): Ping[] =>
  result.stdout
    .split(/^PING /m)
    .slice(1)
    .map((part) => ({
      address: part.match(/\((\d{1,3}(?:\.\d{1,3}){3})\)/)?.[1] ?? '',
      replied: /bytes from/.test(part),
    }));

/**
 * One `curl` per request, each with its own connection and DNS lookup. `marker` frames each answer; the server does not know it.
 * An answer that broke off is reported as such, whatever its status; one that was cut at the size limit (curl's exit code 63)
 * counts as an answer.
 */
export const curlScript = (targets: readonly { host: string; nonce: string }[], port: number, marker: string): string =>
  [
    'command -v curl >/dev/null || exit 127',
    now,
    `now; end=$((t+${longestSampleMs / 10})); late=0`,
    `ask() { now; [ $late -lt ${enoughUnanswered} ] && [ $t -lt $end ] || return 0`,
    `  curl -q -4 -sS --noproxy '*' -m 4 --max-filesize 64000 -w '\\n${word(marker)} %{http_code} %{remote_ip} %{url_effective}\\n' "$1" 2>/dev/null`,
    `  e=$?; case $e in 0|63) return 0 ;; 28) late=$((late+1)) ;; esac; echo '${marker} cut'; }`,
    ...targets.map(({ host, nonce }) => `ask 'http://${word(host)}:${port}${pathOf(nonce === '' ? '' : word(nonce))}'`),
    'true',
  ].join('\n');
export const readAnswers = (result: ExecResult, marker: string): Answer[] => {
  const answers: Answer[] = [];
  let body: string[] = [];
  for (const line of result.stdout.split('\n')) {
    if (!line.startsWith(`${marker} `)) {
      body.push(line);
      continue;
    }
    if (line === `${marker} cut`) {
      const last = answers.pop();
      if (last) answers.push({ ...last, status: 0, body: '' });
      body = [];
      continue;
    }
    const [, status = '0', address = '', url = ''] = line.split(' ');
    answers.push({
      nonce: url.split('lab=')[1] ?? '',
      status: Number(status),
      address: address.includes('://') ? '' : address,
      body: shortened(body.join('\n').trim()),
    });
    body = [];
  }
  return answers;
};

/**
 * Waits until each address accepts a request on the port, for `withinMs` in all; tries each at least once. It polls, because no
 * event shows that an app has opened its port. Any answer counts, from any path; an address that accepts the request but sends
 * nothing for 2 s (curl's exit code 28) is not waited for. Prints the addresses that are ready, `<address> <HTTP status>` for one
 * with a server error, and `<address> 0` for one that sends nothing.
 */
export const readyScript = (addresses: readonly string[], { port, path, withinMs }: ReadyOptions): string =>
  [
    'command -v curl >/dev/null || exit 127',
    now,
    `now; end=$((t+${Math.round(withinMs / 10)})); for a in ${addresses.map(word).join(' ')}; do`,
    `  until code=$(curl -q -s --noproxy '*' -o /dev/null -m 2 -w '%{num_connects} %{http_code}' http://$a:${port}${plainPath(path)}) && [ "\${code#* }" -lt 500 ]; do`,
    `    [ $? != 28 ] || { case $code in 0*) ;; *) echo "$a 0";; esac; continue 2; }; now; code=\${code#* }`,
    `    [ $t -lt $end ] || { [ "\${code:-0}" -lt 500 ] || echo "$a $code"; continue 2; }; sleep 0.02; done; echo $a`,
    'done; true',
  ].join('\n');
export const readReadiness = (result: ExecResult): Readiness =>
  result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [address = '', status = '200'] = line.split(' ');
      return { address, status: Number(status) };
    });

/**
 * Whether a TCP connection succeeds within 0.1 s; one within a kernel takes far less than 1 ms, and a bridge drops packets
 * without a reply. A successful connection is tried twice more, shortly afterwards: while an engine creates a network, for any
 * project, it briefly disables isolation (moby, libnetwork/iptables: EnsureJumpRule deletes the jump to it, then inserts it
 * again). Measured: 2 of 249 connections succeeded during 24 such changes, none of 250 without. Prints `yes` or `no`. Exit 127:
 * curl does not exist, or does not support telnet (exit code 1).
 */
export const reachScript = (address: string, port: number): string =>
  `command -v curl >/dev/null || exit 127
for try in 1 2 3; do
  [ $try = 1 ] || sleep 0.2
  t=$(curl -q -s --noproxy '*' -o /dev/null -m 0.1 --connect-timeout 0.1 -w '%{time_connect}' telnet://${word(address)}:${port} </dev/null)
  [ $? != 1 ] || exit 127
  case "$t" in 0|0.000000|'') echo no; exit 0;; esac
done
echo yes`;
