import type { TrafficFacts } from '../../../../src/checks/traffic/evidence.ts';
import { type Case, type Cases, fail, pass, skip, wait } from '../../../fixtures/english-verdict.ts';
import { baseFacts, client, flasks, frontFacts, nginx, stackFacts } from '../../../fixtures/facts.ts';

const seen = (lines: readonly string[]) => ({ count: lines.length, last: lines.slice(-3) });

/** The learner's traffic: these command lines in client, which succeeded. */
const typed = (lines: readonly string[], over: Partial<TrafficFacts> = {}): TrafficFacts => ({
  ...baseFacts(3),
  role: 'flask',
  execs: {
    commands: lines.map((line) => ({ containerId: 'id-client', service: 'client', line, exitCode: 0 })),
    whole: true,
    live: false,
  },
  requests: seen([]),
  logged: false,
  from: 'client',
  appPort: 5000,
  ...over,
});
/** The same, which ended with this exit code; undefined: no end was seen. */
const ended = (line: string, exitCode?: number, over: Partial<TrafficFacts> = {}): TrafficFacts => {
  const command = { containerId: 'id-client', service: 'client', line, ...(exitCode === undefined ? {} : { exitCode }) };
  return typed([], { execs: { commands: [command], whole: true, live: false }, ...over });
};
const live = { execs: { commands: [], whole: true, live: true } };
const forgotten = { execs: { commands: [], whole: false, live: false } };

const note = 'a shell was opened there; what was typed in it cannot be seen';
const watched = 'it must be observed while it happens';
/** A shell in client: it has not ended. */
const openShell = (over: Partial<TrafficFacts> = {}) => ended('bash ', undefined, over);
const isOpen = 'a shell is open in client: what is typed in it cannot be seen before it ends (`exit`)';
const shells: Case[] = ['bash ', 'sh', '/bin/zsh -li'].map((line) => ({
  name: `a shell: ${line.trim()}`,
  facts: typed([line]),
  verdict: pass('in a shell in client', { note }),
}));

const noPing = ['a ping of flask from a container', 'none so far', 'docker compose exec client ping -c 1 flask'] as const;
const notAsked = ['a request to flask from a container', 'none so far', 'docker compose exec client curl flask:5000'] as const;
const notThrough = ['a request of yours in the log of nginx, answered by flask', 'none so far'] as const;

const pings = 'several pings of flask from a container, each with its own lookup of the name';
const pingAgain = 'several times: docker compose exec client ping -c 1 flask';
const requests = 'several requests to flask from a container, each on its own connection';
const askAgain = 'several times: docker compose exec client curl flask:5000';
const loop = (what: string) => `sh -c for i in $(seq 10); do ${what}; done`;
const pinged = (count: number) =>
  `${count} of 3 pings so far: a \`ping\` command looks the name up once, and reaches 1 of 3 addresses`;

/** A proxy in the environment of client, except for these hosts. */
const proxied = (proxyExcept: readonly string[]) => stackFacts([...flasks(3), client({ proxyExcept })]);

const line = '172.18.0.4 - - [01/Jan/2026 08:00:09] "GET / HTTP/1.1" 200 -';
/** So many requests in the logs of so many of three replicas. */
const logged = (count: number, replicas: number, lines: readonly string[] = []) =>
  typed(lines, { requests: { ...seen(Array(count).fill(line)), replicas }, logged: true });
const front = (lines: readonly string[], replicas = frontFacts(3)) => typed([], { ...replicas, requests: seen(lines) });

export const asked: Cases = {
  'flask-was-pinged': [
    { name: 'by its name', facts: typed(['ping -c 1 flask']), verdict: pass('ping -c 1 flask') },
    {
      name: "by a replica's address",
      facts: typed(['ls', '/usr/bin/ping -c 2 172.18.0.12']),
      verdict: pass('/usr/bin/ping -c 2 172.18.0.12'),
    },
    {
      name: 'in a loop of several lines',
      facts: typed(['sh -c while true\ndo  ping -c 1 flask\ndone']),
      verdict: pass('sh -c while true do ping -c 1 flask done'),
    },
    {
      name: 'a command is shown before a shell',
      facts: typed(['bash ', 'ping flask']),
      verdict: pass('ping flask'),
    },
    ...shells,
    { name: 'a shell that is open', facts: openShell(), verdict: fail(noPing[0], isOpen, noPing[2]) },
    { name: 'no command was typed', facts: typed([]), verdict: fail(...noPing) },
    { name: 'no command was typed so far', facts: typed([], live), verdict: wait(...noPing) },
    { name: 'the engine has forgotten the events', facts: typed([], forgotten), verdict: skip(watched) },
    {
      name: 'some is forgotten, and what is remembered is enough',
      facts: typed([], { execs: { ...typed(['ping flask']).execs, whole: false } }),
      verdict: pass('ping flask'),
    },
    { name: 'another was pinged', facts: typed(['ping -c 1 redis-server']), verdict: fail(...noPing) },
    {
      name: 'a longer name with the same start',
      facts: typed(['ping -c 1 flask-2', 'ping 172.18.0.111']),
      verdict: fail(...noPing),
    },
    {
      name: 'it was only asked',
      facts: typed(['curl flask:5000'], { requests: seen([line]), logged: true }),
      verdict: fail(...noPing),
    },
    {
      name: 'a ping that failed',
      facts: ended('ping -c 1 flask ', 1),
      verdict: fail(noPing[0], '`ping -c 1 flask` failed with exit code 1', noPing[2]),
    },
    {
      name: 'a ping that could not be started, or still runs',
      facts: ended('ping -c 1 flask ', undefined),
      verdict: fail(noPing[0], '`ping -c 1 flask` has not ended, or could not be started: see what it printed', noPing[2]),
    },
    {
      name: 'client was stopped',
      facts: typed([], { ...stackFacts([...flasks(1), client({ state: 'exited' })]), execs: live.execs }),
      verdict: fail('client, running', 'client is not running', 'docker compose start client', {
        cause: 'client is not running',
      }),
    },
    { name: 'a script is no shell', facts: typed(['sh -c date', 'bash setup.sh']), verdict: fail(...noPing) },
    {
      name: 'the service has another name',
      facts: typed(['ping flask'], {
        ...stackFacts([...flasks(1).map((one) => ({ ...one, service: 'web' })), client()]),
        services: { flask: 'web', client: 'client' },
      }),
      verdict: fail('a ping of web from a container', 'none so far', 'docker compose exec client ping -c 1 web'),
    },
  ],

  'flask-was-asked': [
    {
      name: 'one request in the logs',
      facts: typed([], { requests: seen([line]), logged: true }),
      verdict: pass('one request logged so far'),
    },
    {
      name: 'ten requests',
      facts: typed([], { requests: seen(Array(10).fill(line)), logged: true }),
      verdict: pass('10 requests logged so far'),
    },
    {
      name: 'by a command, of an app that logs nothing',
      facts: typed(['curl -sS flask:5000']),
      verdict: pass('curl -sS flask:5000'),
    },
    {
      name: 'with a path',
      facts: typed(['wget -qO- http://flask:5000/?a=1']),
      verdict: pass('wget -qO- http://flask:5000/?a=1'),
    },
    { name: 'by an address', facts: typed(['curl 172.18.0.13:5000/']), verdict: pass('curl 172.18.0.13:5000/') },
    {
      name: 'for its health first, then for the page',
      facts: typed(['sh -c curl flask:5000/health; curl flask:5000']),
      verdict: pass('sh -c curl flask:5000/health; curl flask:5000'),
    },
    ...shells,
    { name: 'a shell that is open', facts: openShell(), verdict: fail(notAsked[0], isOpen, notAsked[2]) },
    {
      name: 'a shell that is open, of an app that logs requests',
      facts: openShell({ logged: true }),
      verdict: fail(...notAsked),
    },
    { name: 'no command was typed', facts: typed([]), verdict: fail(...notAsked) },
    { name: 'no command was typed so far', facts: typed([], live), verdict: wait(...notAsked) },
    {
      name: 'the request was typed, and went to a proxy',
      facts: typed(['curl flask:5000'], { ...proxied(['localhost', '127.0.0.1']), logged: true }),
      verdict: fail(
        notAsked[0],
        '`curl flask:5000` succeeded, but no request arrived',
        "client sends requests to a proxy (`http_proxy` in its environment; see `proxies` in Docker's config.json): docker compose exec client curl --noproxy '*' flask:5000",
      ),
    },
    {
      name: 'a proxy, but not for flask',
      facts: typed([], proxied(['flask'])),
      verdict: fail(...notAsked),
    },
    { name: 'the engine has forgotten the events', facts: typed([], forgotten), verdict: skip(watched) },
    { name: 'it was only pinged and looked up', facts: typed(['ping flask', 'dig flask']), verdict: fail(...notAsked) },
    { name: 'another was asked', facts: typed(['curl redis-server:6379']), verdict: fail(...notAsked) },
    { name: 'for its health only', facts: typed(['curl flask:5000/health']), verdict: fail(...notAsked) },
    {
      name: 'a command that asked another: the app logs requests, and has none',
      facts: typed(['curl flask:5000', 'bash '], { logged: true }),
      verdict: fail(notAsked[0], '`curl flask:5000` succeeded, but no request arrived', notAsked[2]),
    },
    {
      name: 'a command that failed, of an app that logs nothing: port 80 is refused',
      facts: ended('curl flask', 7),
      verdict: fail(notAsked[0], '`curl flask` failed with exit code 7', notAsked[2]),
    },
  ],

  'flask-was-pinged-3-times': [
    { name: 'ten in a loop', facts: typed([loop('ping -c 1 flask | head -n 1')]), verdict: pass('10 pings') },
    { name: 'three commands', facts: typed(Array(3).fill('ping -c 1 flask')), verdict: pass('3 pings') },
    {
      name: 'each address, however many there are',
      facts: typed(['bash -c for a in $(dig +short flask); do ping -c 1 $a; done']),
      verdict: pass('pings in a loop'),
    },
    { name: 'one command with ten packets', facts: typed(['ping -c 10 flask']), verdict: fail(pings, pinged(1), pingAgain) },
    {
      name: 'two commands, with more to come',
      facts: typed([], { execs: { ...typed(['ping flask', 'ping flask']).execs, live: true } }),
      verdict: wait(pings, pinged(2), pingAgain),
    },
    {
      name: 'one, and the engine has forgotten the others',
      facts: typed([], { execs: { ...typed(['ping flask']).execs, whole: false } }),
      verdict: skip(watched),
    },
    { name: 'a shell that is open', facts: openShell(), verdict: fail(pings, isOpen, pingAgain) },
    {
      name: 'a shell that has ended',
      facts: typed(['bash ']),
      verdict: fail(pings, 'a shell in client has ended: what was typed in it cannot be counted', pingAgain),
    },
    {
      name: 'commands that failed',
      facts: ended(loop('ping -c 1 flask'), 2),
      verdict: fail(pings, `\`${loop('ping -c 1 flask')}\` failed with exit code 2`, pingAgain),
    },
    { name: 'none', facts: typed([]), verdict: fail(pings, 'none so far', pingAgain) },
  ],

  'flask-was-asked-3-times': [
    { name: 'three, answered by two', facts: logged(3, 2), verdict: pass('3 requests logged so far, by 2 of 3 replicas') },
    {
      name: 'one request',
      facts: logged(1, 1),
      verdict: fail(requests, 'one request logged so far, by 1 of 3 replicas', askAgain),
    },
    {
      name: 'two, answered by two',
      facts: logged(2, 2),
      verdict: fail(requests, '2 requests logged so far, by 2 of 3 replicas', askAgain),
    },
    {
      name: 'five on one connection',
      facts: logged(5, 1, ['curl flask:5000/?[1-5]']),
      verdict: fail(requests, '5 requests logged so far, by 1 of 3 replicas', askAgain),
    },
    {
      name: 'ten lookups that chance sent to one replica',
      facts: logged(10, 1, [loop('curl -sS flask:5000')]),
      verdict: pass('10 requests logged so far, by 1 of 3 replicas'),
    },
    {
      name: 'three of a single replica: the check of all three fails',
      facts: { ...logged(3, 1), ...baseFacts(1) },
      verdict: pass('3 requests logged so far'),
    },
    {
      name: 'in a loop, of an app that logs nothing',
      facts: typed([loop('curl -s flask:5000')]),
      verdict: pass('10 requests by commands'),
    },
    {
      name: 'in an endless loop, of an app that logs nothing',
      facts: ended('sh -c while true; do curl -s flask:5000; done', 130),
      verdict: pass('requests in a loop'),
    },
    {
      name: 'once, of an app that logs nothing',
      facts: typed(['curl -s http://flask:5000/']),
      verdict: fail(
        requests,
        '1 of 3 requests so far: a `curl` command looks the name up once, and reaches 1 of 3 replicas',
        askAgain,
      ),
    },
    {
      name: 'once, of an app that logs nothing, and the engine has forgotten the others',
      facts: typed([], { execs: { ...typed(['curl -s flask:5000']).execs, whole: false } }),
      verdict: skip(watched),
    },
    {
      name: 'none arrived',
      facts: typed([loop('curl -s flask:5000')], { logged: true }),
      verdict: fail(requests, `\`${loop('curl -s flask:5000')}\` succeeded, but no request arrived`, askAgain),
    },
    { name: 'none', facts: typed([]), verdict: fail(requests, 'none so far', askAgain) },
  ],

  'nginx-was-asked': [
    { name: 'one request', facts: front([line]), verdict: pass('one request logged so far') },
    { name: 'ten requests', facts: front(Array(10).fill(line)), verdict: pass('10 requests logged so far') },
    {
      name: 'no nginx runs',
      facts: front([], baseFacts(1)),
      verdict: fail('nginx, running', 'nginx is not running', 'docker compose up -d nginx', {
        cause: 'nginx is not running',
      }),
    },
    {
      name: 'nginx answered itself: flask received nothing',
      facts: typed([], { ...frontFacts(1), requests: { count: 0, last: [], failed: [502, 502] } }),
      verdict: wait(
        notThrough[0],
        'nginx answered your request with 502, and flask did not answer it',
        'curl http://localhost:8000/',
      ),
    },
    { name: 'none yet', facts: front([]), verdict: wait(...notThrough, 'curl http://localhost:8000/') },
    {
      name: 'none yet, on the port that is published',
      facts: front(
        [],
        stackFacts([...flasks(1), nginx({ published: [{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 9000 }] })]),
      ),
      verdict: wait(...notThrough, 'curl http://localhost:9000/'),
    },
  ],
};
