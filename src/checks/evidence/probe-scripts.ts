/**
 * Shell scripts that probes run inside a container, and the readers of what they print. `docker exec` costs some 60 ms
 * each time, so a script loops by itself. They need `sh`, and what each names.
 */
import type { Answer, ExecResult } from '../../lab/world.ts';
import { enoughUnanswered, longestSampleMs, pathOf, shortened } from './http.ts';

const ipv4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
const safe = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** A name or address that goes into a script as it is; anything a shell could read otherwise is refused. */
const word = (value: string): string => {
  if (!safe.test(value)) throw new TypeError(`not a host name: ${value}`);
  return value;
};

/** A path that goes into a script as it is. */
const plainPath = (value: string): string => {
  if (!/^\/[\w./~-]*$/.test(value)) throw new TypeError(`not a plain path: ${value}`);
  return value;
};

/** The machine's time since its start, in hundredths of a second, whatever is done to its clock. */
const now = "now() { IFS='. ' read -r s c _ </proc/uptime; t=$s$c; }";

/**
 * DNS: `dig` where there is one, else `getent` (libc), else busybox's `nslookup`. The engine's own name server is asked, whatever a container's
 * /etc/resolv.conf says; `getent` alone cannot be told. Exit 127: none of them is there.
 */
export const resolveScript = (name: string): string => {
  const host = word(name);
  return [
    `if command -v dig >/dev/null; then dig @127.0.0.11 +short +tries=1 +time=2 A ${host}`,
    `elif command -v getent >/dev/null; then getent ahostsv4 ${host} || true`,
    `elif command -v nslookup >/dev/null; then nslookup ${host} 127.0.0.11 2>/dev/null | sed '1,/^$/d'`,
    'else exit 127; fi',
  ].join('\n');
};
/** The addresses, each once, in the order of the answer. What dig remarks (`;; … 127.0.0.11#53: timed out`) is no answer. */
export const readAddresses = (result: ExecResult): string[] => [
  ...new Set(result.stdout.replace(/^;.*$/gm, '').match(ipv4) ?? []),
];

/** `count` pings, each with a look-up of its own. */
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
/** iputils and busybox alike: `PING web (172.18.0.3)`, then `64 bytes from 172.18.0.3: …`. */
export const readPings = (result: ExecResult): Ping[] =>
  result.stdout
    .split(/^PING /m)
    .slice(1)
    .map((part) => ({
      address: part.match(/\((\d{1,3}(?:\.\d{1,3}){3})\)/)?.[1] ?? '',
      replied: /bytes from/.test(part),
    }));

/**
 * One `curl` a request: a connection and a look-up each. `marker` frames each answer; whoever answers does not know it. One that
 * broke off is told as such, whatever its status was; one that was cut for its size (curl's exit code 63) is an answer.
 */
export const curlScript = (targets: readonly { host: string; nonce: string }[], port: number, marker: string): string =>
  [
    'command -v curl >/dev/null || exit 127',
    now,
    `now; end=$((t+${longestSampleMs / 10})); late=0`,
    `ask() { now; [ $late -lt ${enoughUnanswered} ] && [ $t -lt $end ] || return 0`,
    `  curl -q -4 -sS --noproxy '*' -m 4 --max-filesize 64000 -w '\\n${word(marker)} %{http_code} %{remote_ip} %{url_effective}\\n' "$1" 2>/dev/null`,
    `  e=$?; case $e in 0|63) return 0 ;; 28) late=$((late+1)) ;; esac; echo '${marker} cut'; }`,
    ...targets.map(({ host, nonce }) => `ask 'http://${word(host)}:${port}${pathOf(word(nonce))}'`),
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
 * Waits until each address takes a request on the port, for `withinMs` in all; each is asked once at least. There is no event
 * for it: an app opens its port when it likes. Any answer counts, from any path; one that takes the request and says nothing
 * for 2 s (curl's exit code 28) is not waited for. Prints the addresses that do; `<address> <HTTP status>` of one with an error of
 * its own, and `<address> 0` of one that says nothing.
 */
export const readyScript = (
  addresses: readonly string[],
  { port, path }: { readonly port: number; readonly path: string },
  withinMs: number,
): string =>
  [
    'command -v curl >/dev/null || exit 127',
    now,
    `now; end=$((t+${Math.round(withinMs / 10)})); for a in ${addresses.map(word).join(' ')}; do`,
    `  until code=$(curl -q -s --noproxy '*' -o /dev/null -m 2 -w '%{num_connects} %{http_code}' http://$a:${port}${plainPath(path)}) && [ "\${code#* }" -lt 500 ]; do`,
    `    [ $? != 28 ] || { case $code in 0*) ;; *) echo "$a 0";; esac; continue 2; }; now; code=\${code#* }`,
    `    [ $t -lt $end ] || { [ "\${code:-0}" -lt 500 ] || echo "$a $code"; continue 2; }; sleep 0.02; done; echo $a`,
    'done; true',
  ].join('\n');

/**
 * Whether a TCP connection can be made within 0.1 s, for which one kernel needs far less than one ms: what a bridge drops never answers. One that is made is tried twice more, a moment later:
 * while an engine makes a network, for any project, it takes its isolation away and puts it back (moby, libnetwork/iptables: EnsureJumpRule
 * deletes the jump to it, then inserts it anew). Measured: 2 of 249 connections came through beside 24 such changes, none of 250 without.
 * Prints `yes` or `no`. Exit 127: there is no curl, or one that knows no telnet (exit code 1).
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
