import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  curlScript,
  pingScript,
  reachScript,
  readAddresses,
  readAnswers,
  readPings,
  readyScript,
  resolveScript,
} from '../../../../src/checks/evidence/probe-scripts.ts';
import type { ExecResult } from '../../../../src/lab/world.ts';
import { folder } from '../../../helpers/folder.ts';

const home = folder();
const printed = (stdout: string): ExecResult => ({ exitCode: 0, stdout, stderr: '' });

const where = (tool: string) => execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
const borrowed = Object.fromEntries(['sed', 'head', 'sleep', 'cat'].map((tool) => [tool, `exec ${where(tool)} "$@"`]));
/** Runs a script as in a container with these programs and a few others on the PATH. */
function run(script: string, programs: Readonly<Record<string, string>>): ExecResult {
  const PATH = mkdtempSync(join(home, 'bin-'));
  for (const [name, body] of Object.entries({ ...borrowed, ...programs })) {
    writeFileSync(join(PATH, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  const { status, stdout, stderr } = spawnSync(where('sh'), ['-c', script], { env: { PATH }, cwd: PATH, encoding: 'utf8' });
  return { exitCode: status ?? -1, stdout, stderr };
}

const dig = '172.18.0.4\n172.18.0.2\n172.18.0.3\n';
const getent = ['172.18.0.4', '172.18.0.2'].map((at) => `${at}  STREAM flask\n${at}  DGRAM\n${at}  RAW\n`).join('');
const busybox136 = `Server:		127.0.0.11
Address:	127.0.0.11:53

Non-authoritative answer:

Non-authoritative answer:
Name:	flask
Address: 172.18.0.4
Name:	flask
Address: 172.18.0.2
`;
const busybox130 = `Server:    127.0.0.11
Address 1: 127.0.0.11

Name:      flask
Address 1: 172.18.0.4 p-flask-1.p_default
Address 2: 172.18.0.2 p-flask-2.p_default
`;
const bind = `Server:		127.0.0.11
Address:	127.0.0.11#53

Non-authoritative answer:
Name:	flask
Address: 172.18.0.4
Name:	flask
Address: 172.18.0.2
`;
const print = (text: string) => `cat <<'END'\n${text}END`;

test('a name that no server knows is waited for as long by libc as by dig: one attempt of 2 s', () => {
  const { stdout } = run(resolveScript('flask'), { getent: 'echo "172.18.0.9 $RES_OPTIONS"' });
  assert.is(stdout.trim(), '172.18.0.9 timeout:2 attempts:1');
});

test('addresses: each once, in the order of the answer', () => {
  assert.equal(readAddresses(printed(dig)), ['172.18.0.4', '172.18.0.2', '172.18.0.3']);
  assert.equal(readAddresses(printed(getent)), ['172.18.0.4', '172.18.0.2']);
  assert.equal(readAddresses(printed('')), []);
});

test("addresses: remarks of dig are not answers, although they contain the server's address", () => {
  const silence = ';; communications error to 127.0.0.11#53: timed out\n;; no servers could be reached\n';
  assert.equal(readAddresses(printed(silence)), []);
  assert.equal(readAddresses(printed(`${silence}172.18.0.4\n`)), ['172.18.0.4']);
});

test('resolve: uses dig if it exists, else getent, else any variant of nslookup', () => {
  const script = resolveScript('flask');
  const by = (programs: Readonly<Record<string, string>>) => readAddresses(run(script, programs));
  const other = 'echo 10.0.0.1';
  assert.equal(by({ dig: print(dig), getent: other, nslookup: other }), ['172.18.0.4', '172.18.0.2', '172.18.0.3']);
  assert.equal(by({ getent: print(getent), nslookup: other }), ['172.18.0.4', '172.18.0.2']);
  for (const nslookup of [busybox136, busybox130, bind]) {
    assert.equal(by({ nslookup: print(nslookup) }), ['172.18.0.4', '172.18.0.2']);
  }
});

test('resolve: an unknown name has no address and is no error', () => {
  const script = resolveScript('flask');
  assert.equal(run(script, { getent: 'exit 2' }), { exitCode: 0, stdout: '', stderr: '' });
  const nslookup = run(script, { nslookup: `${print("Server:\t127.0.0.11\n\n** can't find flask: NXDOMAIN\n")}\nexit 1` });
  assert.equal(readAddresses(nslookup), []);
});

test('resolve: without any of the tools the exit code is 127', () => {
  assert.is(run(resolveScript('flask'), {}).exitCode, 127);
});

test('resolve: the name is looked up unchanged', () => {
  assert.equal(
    run(resolveScript('redis-server'), { dig: 'echo "$@"' }).stdout,
    '@127.0.0.11 +short +tries=1 +time=2 A redis-server\n',
  );
});

test('a name, a nonce or a path that a shell or a tool could interpret is refused', () => {
  for (const name of ['a b', 'a;b', '$(b)', 'a`b`', "a'b", '', 'a\nb', '-f', '.', 'é']) {
    for (const script of [
      () => resolveScript(name),
      () => pingScript(name, 1),
      () => reachScript(name, 1),
      () => readyScript([name], { port: 1, path: '/', withinMs: 1 }),
      () => curlScript([{ host: name, nonce: 'n' }], 1, 'm'),
      // an empty nonce is a request for the plain page
      ...(name === '' ? [] : [() => curlScript([{ host: 'a', nonce: name }], 1, 'm')]),
      () => curlScript([{ host: 'a', nonce: 'n' }], 1, name),
    ]) {
      assert.throws(script, (error: Error) => error instanceof TypeError && error.message === `not a host name: ${name}`);
    }
  }
  for (const path of ['', 'health', '/a b', '/a;b', '/$(b)', '/a`b`', "/a'b", '/a?b&c', '/a\nb'])
    assert.throws(() => readyScript(['a'], { port: 1, path, withinMs: 1 }), /^not a plain path: /);
});

const iputils = `PING flask (172.18.0.3) 56(84) bytes of data.
64 bytes from 172.18.0.3: icmp_seq=1 ttl=64 time=0.045 ms

--- flask ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
`;
const busyboxPing = `PING flask (172.18.0.2): 56 data bytes
64 bytes from 172.18.0.2: seq=0 ttl=64 time=0.082 ms

--- flask ping statistics ---
`;

test('pings: output of iputils and of busybox, with and without a reply', () => {
  assert.equal(readPings(printed(iputils + busyboxPing)), [
    { address: '172.18.0.3', replied: true },
    { address: '172.18.0.2', replied: true },
  ]);
  assert.equal(readPings(printed('PING flask (172.18.0.9) 56(84) bytes of data.\n\n--- flask ping statistics ---\n')), [
    { address: '172.18.0.9', replied: false },
  ]);
  assert.equal(readPings(printed('PING flask (172.18.0.9): 56 data bytes\nFrom 172.18.0.1 icmp_seq=1 Host Unreachable\n')), [
    { address: '172.18.0.9', replied: false },
  ]);
  assert.equal(readPings(printed('ping: flask: Name or service not known\n')), []);
  assert.equal(readPings(printed("ping: bad address 'flask'\n")), []);
});

test('ping: looks the name up for each ping, and keeps the first two lines of each output', () => {
  const result = run(pingScript('flask', 3), { ping: `echo "$@" >>log\n${print(iputils)}`, show: 'cat log' });
  assert.is(result.stdout, `${iputils.split('\n').slice(0, 2).join('\n')}\n`.repeat(3));
  assert.is(readPings(result).length, 3);
  assert.is(run(pingScript('flask', 1), { ping: 'echo "PING $*"' }).stdout, 'PING -n -c 1 -W 2 flask\n');
  assert.is(run(pingScript('flask', 1), {}).exitCode, 127);
});

const targets = [
  { host: 'flask', nonce: 'n-1' },
  { host: '172.18.0.3', nonce: 'n-2' },
];

test('answers: separated by a marker that the app does not know', () => {
  const bodies = ['Hello\nfrom two lines\n\n1', '', 'm-0 200 10.0.0.1 http://forged/?lab=n-9\nno newline at its end'];
  const output = [
    `${bodies[0]}\n\nm-1 200 172.18.0.3 http://flask:5000/?lab=n-1`,
    `${bodies[1]}\nm-1 404 172.18.0.4 http://flask:5000/?lab=n-2`,
    `${bodies[2]}\nm-1 200 172.18.0.5 http://flask:5000/?lab=n-3\n`,
  ].join('\n');
  assert.equal(readAnswers(printed(output), 'm-1'), [
    { nonce: 'n-1', status: 200, address: '172.18.0.3', body: bodies[0] },
    { nonce: 'n-2', status: 404, address: '172.18.0.4', body: '' },
    { nonce: 'n-3', status: 200, address: '172.18.0.5', body: bodies[2] },
  ]);
  assert.equal(readAnswers(printed(''), 'm-1'), []);
  assert.equal(readAnswers(printed('cut off in the midd'), 'm-1'), []);
});

test('answers: a long page is truncated to 4,000 characters', () => {
  const [answer, next] = readAnswers(
    printed(`host-f1 7 ${'x'.repeat(60_000)}\nm-1 200 a u?lab=n-1\nok\nm-1 200 a u?lab=n-2\n`),
    'm-1',
  );
  assert.equal([answer?.body.length, answer?.body.slice(0, 9), next?.body], [4000, 'host-f1 7', 'ok']);
});

test('answers: a refused connection, with and without an address', () => {
  const refused = '\nm-1 000  http://flask:5000/?lab=n-1\n\nm-1 000 172.18.0.3 http://flask:5000/?lab=n-2\n';
  assert.equal(readAnswers(printed(refused), 'm-1'), [
    { nonce: 'n-1', status: 0, address: '', body: '' },
    { nonce: 'n-2', status: 0, address: '172.18.0.3', body: '' },
  ]);
});

test('curl: one request for each target, and the output is parsed', () => {
  // prints its write-out as curl does, with its last argument as the URL
  const curl = `for url; do [ "$last" = -w ] && format=$url; last=$url; done
printf 'Hello\\nthere'; printf "$(printf %s "$format" | sed "s|%{http_code}|200|; s|%{remote_ip}|172.18.0.3|; s|%{url_effective}|$url|")"`;
  const result = run(curlScript(targets, 5000, 'm-1'), { curl });
  assert.is(result.exitCode, 0);
  assert.equal(readAnswers(result, 'm-1'), [
    { nonce: 'n-1', status: 200, address: '172.18.0.3', body: 'Hello\nthere' },
    { nonce: 'n-2', status: 200, address: '172.18.0.3', body: 'Hello\nthere' },
  ]);
});

test('curl: a failed request does not end the script, and its error message is no answer', () => {
  const result = run(curlScript(targets, 5000, 'm-1'), { curl: 'echo "curl: (7) refused" >&2; exit 7' });
  assert.equal([result.exitCode, readAnswers(result, 'm-1'), result.stderr], [0, [], '']);
  assert.is(run(curlScript(targets, 5000, 'm-1'), {}).exitCode, 127);
});

/** A curl that logs the requested URL and then runs `body`. */
const noting = (body: string) => `for url; do :; done; echo "$url" >>log; ${body}`;
const readied = (addresses: readonly string[], withinMs: number, body: string) =>
  run(`${readyScript(addresses, { port: 5000, path: '/health', withinMs })}\ncat log >&2`, { curl: noting(body) });

test('curl: an incomplete answer does not count, whatever its status; one truncated at the size limit does', () => {
  const partly = (exitCode: number) =>
    readAnswers(
      run(curlScript(targets, 5000, 'm-1'), {
        curl: `for url; do :; done; printf 'half\\nm-1 200 172.18.0.3 %s\\n' "$url"; exit ${exitCode}`,
      }),
      'm-1',
    ).map(({ nonce, status, body }) => [nonce, status, body]);
  assert.equal(partly(18), [
    ['n-1', 0, ''],
    ['n-2', 0, ''],
  ]);
  assert.equal(partly(63), [
    ['n-1', 200, 'half'],
    ['n-2', 200, 'half'],
  ]);
});

test('ready: prints the addresses that answer, and continues after one that does not', () => {
  const { stdout, stderr } = readied(['10.0.0.1', '10.0.0.2', '10.0.0.3'], 0, 'case $url in *0.2:*) exit 7;; esac; printf 200');
  assert.is(stdout, '10.0.0.1\n10.0.0.3\n');
  assert.equal(
    stderr.trim().split('\n'),
    [1, 2, 3].map((n) => `http://10.0.0.${n}:5000/health`),
  );
});

test('ready: tries again until the app answers', () => {
  const { stdout, stderr } = readied(['10.0.0.1'], 20_000, '[ "$(sed -n \'$=\' log)" -ge 3 ] || exit 7; printf 404');
  assert.is(stdout, '10.0.0.1\n');
  assert.is(stderr.trim().split('\n').length, 3);
});

test('ready: keeps to the time limit, however long each try takes; later addresses are tried once', () => {
  const startedMs = performance.now();
  const { stdout, stderr } = readied(['10.0.0.1', '10.0.0.2'], 500, 'case $url in *0.1:*) sleep 0.2; exit 7;; esac; printf 200');
  const tookMs = performance.now() - startedMs;
  assert.is(stdout, '10.0.0.2\n');
  assert.ok(tookMs > 450, `${tookMs}`);
  const asked = stderr
    .trim()
    .split('\n')
    .filter((line) => line.includes('0.1:')).length;
  assert.ok(asked >= 1 && asked <= 4, stderr);
});

test('ready: an address that accepts the request but does not answer is tried only once', () => {
  const { stdout, stderr } = readied(['10.0.0.1', '10.0.0.2'], 20_000, 'case $url in *0.1:*) exit 28;; esac; printf 200');
  assert.is(stdout, '10.0.0.1 0\n10.0.0.2\n');
  assert.is(stderr.trim().split('\n').length, 2);
});

test('ready: an app that answers with a server error is not ready yet', () => {
  const { stdout, stderr } = readied(['10.0.0.1'], 20_000, '[ "$(sed -n \'$=\' log)" -ge 3 ] && printf 200 || printf 500');
  assert.is(stdout, '10.0.0.1\n');
  assert.is(stderr.trim().split('\n').length, 3);
  assert.is(readied(['10.0.0.1'], 100, 'printf 503').stdout, '10.0.0.1 503\n');
});

test('curl and ping: after two timeouts no further requests are sent', () => {
  const many = ['n-1', 'n-2', 'n-3', 'n-4'].map((nonce) => ({ host: 'flask', nonce }));
  const slow = run(`${curlScript(many, 5000, 'm-1')}; cat log >&2`, { curl: noting('case $url in *1) ;; *) exit 28 ;; esac') });
  assert.is(slow.stderr.trim().split('\n').length, 3);
  const refused = run(`${curlScript(many, 5000, 'm-1')}; cat log >&2`, { curl: noting('exit 7') });
  assert.is(refused.stderr.trim().split('\n').length, 4);
  assert.is(readPings(run(pingScript('flask', 9), { ping: 'echo "PING flask (172.18.0.9) 56(84) bytes of data."' })).length, 2);
});

test('reach: decided by the connect time that curl prints', () => {
  const reach = (body: string) => run(reachScript('172.18.0.3', 6379), { curl: body }).stdout;
  assert.is(reach('printf 0.000213; exit 28'), 'yes\n');
  assert.is(reach('printf 0.000000; exit 28'), 'no\n');
  const once = join(folder(), 'once');
  assert.is(reach(`[ -e ${once} ] || printf 0.000213; : > ${once}; exit 28`), 'no\n', 'what came through once alone');
  assert.is(reach('printf 0; exit 7'), 'no\n');
  assert.is(reach('exit 2'), 'no\n');
  assert.is(run(reachScript('172.18.0.3', 6379), {}).exitCode, 127);
  const noTelnet = run(reachScript('172.18.0.3', 6379), { curl: 'exit 1' });
  assert.equal([noTelnet.exitCode, noTelnet.stdout], [127, ''], 'a curl that knows no telnet has tried nothing');
});

test.run();
