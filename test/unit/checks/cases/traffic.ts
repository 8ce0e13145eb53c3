import type { SampleFacts } from '../../../../src/checks/evidence/sample.ts';
import { type Case, type Cases, fail, pass, skip, wait } from '../../../fixtures/english-verdict.ts';
import {
  answer,
  baseFacts,
  client,
  dnsFacts,
  file,
  flask,
  flasks,
  frontFacts,
  nginx,
  pingFacts,
  redis,
  replica,
  sampleFacts,
  stackFacts,
  times,
} from '../../../fixtures/facts.ts';

const logs = 'read its log: docker compose logs flask';
const ownName = 'the app must answer with its own hostname: socket.gethostname()';
const oneRedis =
  'all replicas must count in one Redis, under one key: does the app count in a variable, in a file or by the clock, or does REDIS_HOST name another host?';
const oneNumber = "the app must answer with the counter's number";
const noContent = 'no request could be sent: no replica of flask runs, or no container to send it from';
const no = (why: string) => fail('an answer to each request', why, logs);
const notYet = (why: string) => wait('an answer to each request', why, logs);

const three = baseFacts(3);
const listen = `it must listen on 0.0.0.0 (not on 127.0.0.1), port 5000; ${logs}`;
const ready = (stack: object, addresses: readonly string[]) => ({ ...stack, ready: addresses, port: 5000 });
const bodies = (stack: Parameters<typeof sampleFacts>[0], texts: readonly string[]): SampleFacts =>
  sampleFacts(stack, [], { answers: texts.map((body, at) => answer(1, at + 1, { body })) });

const plain = (over: Parameters<typeof answer>[2]) => answer(1, 2, { nonce: '', ...over });
const alike =
  'every client must get the page: is there a condition on parameters of a request (`$args`, `request.args`) in nginx or flask? Try: curl http://localhost:8000/';
/** The verdicts of every check on a sample without usable answers. */
const unusable = (more: object = {}): Case[] => [
  { name: 'nothing was asked', facts: { ...sampleFacts(stackFacts([redis()]), []), ...more }, verdict: no(noContent) },
  {
    name: 'no connection yet',
    facts: {
      ...sampleFacts(three, [1, 2], { answers: [answer(1, 1), answer(2, 2, { status: 0, address: '', body: '' })] }),
      ...more,
    },
    verdict: notYet('1 of 2 failed (no connection, or no full answer)'),
  },
  {
    name: 'a proxy, while its app does not answer yet',
    facts: { ...sampleFacts(three, [], { answers: [answer(1, 1, { status: 502 })] }), ...more },
    verdict: wait('an answer to each request', '1 of 1 failed (HTTP 502)', 'read its log: docker compose logs nginx'),
  },
  {
    name: 'the app breaks',
    facts: { ...sampleFacts(three, [], { answers: [answer(1, 1), answer(2, 2, { status: 500 })] }), ...more },
    verdict: no('1 of 2 failed (HTTP 500)'),
  },
  {
    name: 'a plain request is refused, a request with a mark is answered',
    facts: { ...sampleFacts(three, [], { answers: [answer(1, 1), plain({ status: 403, body: '' })] }), ...more },
    verdict: fail('an answer to each request', 'a plain `/` failed (HTTP 403), while `/?lab=…` was answered', alike),
  },
  {
    name: 'a plain request gets no answer, a request with a mark does',
    facts: { ...sampleFacts(three, [], { answers: [answer(1, 1), plain({ status: 0, body: '' })] }), ...more },
    verdict: wait(
      'an answer to each request',
      'a plain `/` failed (no connection, or no full answer), while `/?lab=…` was answered',
      alike,
    ),
  },
  {
    name: 'whoever asks is refused',
    facts: {
      ...sampleFacts(three, [], { answers: [answer(1, 1, { status: 403 }), plain({ status: 403, body: '' })] }),
      ...more,
    },
    verdict: no('2 of 2 failed (HTTP 403)'),
  },
];

/** nginx sends the probes, and does not run; nothing else can send them. */
const frontDown = { probeFrom: 'nginx', noProber: true };
const onlyFromFront = (service: string) =>
  `nginx does not run, and ${service} can only be observed from there: docker compose logs nginx`;

const dns = (service: string, right: readonly string[], stack: Parameters<typeof dnsFacts>[0]): Case[] => {
  const expected = `${right.length} address(es) for ${service}, those of its running replicas`;
  const running = right.join(', ');
  const bring = `scale it to ${right.length}: docker compose up -d --scale ${service}=${right.length}`;
  const alias = (strange: string) =>
    `${strange} is no replica of ${service}: does another service or container use its name as an alias?`;
  return [
    { name: 'exactly', facts: dnsFacts(stack, right), verdict: pass(running) },
    { name: 'in another order', facts: dnsFacts(stack, right.toReversed()), verdict: pass(right.toReversed().join(', ')) },
    {
      name: 'nothing',
      facts: dnsFacts(stack, []),
      verdict: wait(expected, `DNS knows none; running: ${running}`, bring),
    },
    {
      name: 'one more, that may be on its way out',
      facts: dnsFacts(stack, [...right, '172.18.0.99']),
      verdict: wait(expected, `DNS knows ${right.join(', ')}, 172.18.0.99; running: ${running}`, alias('172.18.0.99')),
    },
    {
      name: 'another instead',
      facts: dnsFacts(stack, ['172.18.0.99']),
      verdict: wait(expected, `DNS knows 172.18.0.99; running: ${running}`, alias('172.18.0.99')),
    },
    {
      name: 'nowhere to ask from',
      facts: dnsFacts(stack, [], ''),
      verdict: fail(expected, 'nothing to ask from: client does not run', 'start the stack: docker compose up -d'),
    },
    {
      name: 'no service runs',
      facts: dnsFacts(stackFacts([]), [], ''),
      verdict: fail(expected, 'nothing to ask from: no service of this stack runs', 'start the stack: docker compose up -d'),
    },
    {
      name: 'the front does not run, which sends the query',
      facts: { ...dnsFacts(stack, [], ''), ...frontDown },
      verdict: skip(onlyFromFront(service)),
    },
  ];
};

/** The distribution is not judged on a few requests. */
const many = 'only many requests show it: lab verify --thorough';

const sharedName: Case = {
  name: 'replicas share a hostname',
  facts: bodies(stackFacts([flask(1), flask(2, { hostname: 'web' }), flask(3, { hostname: 'web' })]), ['web 1']),
  verdict: fail(
    'a different hostname for each of 3 replicas',
    '2 have the hostname web',
    'remove `hostname:` from compose.yaml: Docker gives each container its own name',
  ),
};
const upperCase = 'the app answers HOST-F2, and the hostname is host-f2: upper and lower case are the same in a hostname';
const inItsPlace =
  'nginx must pass requests on to flask (`proxy_pass`) and return its answers unchanged, and the app must answer with its own hostname: socket.gethostname()';
/** Ten requests through a front in this state, or through none; none is answered. */
const throughFront = (fronts: Parameters<typeof stackFacts>[0]) =>
  sampleFacts(stackFacts([flask(1), redis(), ...fronts]), [], {
    throughProxy: true,
    answers: times(10, 1).map((n) => answer(n, n, { status: 0, address: '', body: '' })),
  });
const hostnames: Case[] = [
  ...unusable(),
  {
    name: 'a rate limit refuses requests, at any pace',
    facts: sampleFacts(frontFacts(), [], {
      throughProxy: true,
      answers: [answer(1, 1), answer(1, 2, { status: 429, body: 'Too Many Requests' })],
    }),
    verdict: fail(
      'an answer to each request',
      '1 of 2 failed (HTTP 429)',
      'if a rate limit (`limit_req`) refuses the requests, allow more of them, or a larger `burst`; read the log: docker compose logs nginx',
    ),
  },
  {
    name: 'the front does not run',
    facts: throughFront([nginx({ state: 'exited', exitCode: 1 })]),
    verdict: fail(
      'an answer to each request through nginx',
      'nginx does not run',
      'see why it does not run: docker compose logs nginx',
    ),
  },
  {
    name: 'the port of the front is published on another address only',
    facts: throughFront([nginx({ published: [{ hostIp: '192.168.1.5', hostPort: 8000, containerPort: 80 }] })]),
    verdict: fail(
      'a port of nginx that this machine reaches at 127.0.0.1',
      'published on 192.168.1.5:8000 only',
      'under `ports:` of nginx: "127.0.0.1:8000:80"; then docker compose up -d',
    ),
  },
  {
    name: 'the front is started again',
    facts: throughFront([nginx({ state: 'restarting', exitCode: 1 })]),
    verdict: wait(
      'an answer to each request through nginx',
      'nginx does not run',
      'see why it does not run: docker compose logs nginx',
    ),
  },
  {
    name: 'there is no front',
    facts: throughFront([]),
    verdict: fail(
      'an answer to each request through nginx',
      'there is no container of nginx',
      'compose.yaml must have a service nginx; start it: docker compose up -d',
    ),
  },
  {
    name: 'the front runs, and does not answer',
    facts: throughFront([nginx()]),
    verdict: wait(
      'an answer to each request',
      '10 of 10 failed (no connection, or no full answer)',
      'read its log: docker compose logs nginx',
    ),
  },
  { name: "a replica's", facts: sampleFacts(baseFacts(), [1, 1, 1]), verdict: pass('3 answers from host-f1') },
  { name: 'of three', facts: sampleFacts(three, [3, 1, 3]), verdict: pass('3 answers from host-f3, host-f1') },
  { name: 'at the end of a sentence', facts: bodies(baseFacts(), ['I am host-f1.']), verdict: pass('1 answers from host-f1') },
  {
    name: 'in upper case',
    facts: bodies(three, ['I am HOST-F2, 1', 'I am host-f1, 2']),
    verdict: pass('2 answers from host-f2, host-f1', { note: upperCase }),
  },
  {
    name: 'in lower case, of a hostname with capitals',
    facts: bodies(stackFacts([flask(1, { hostname: 'Web' })]), ['I am web']),
    verdict: pass('1 answers from Web', {
      note: 'the app answers web, and the hostname is Web: upper and lower case are the same in a hostname',
    }),
  },
  {
    name: 'one that only begins so',
    facts: bodies(baseFacts(), ['I am host-f12, 3']),
    verdict: fail('the hostname of a replica: host-f1', '"I am host-f12, 3"', ownName),
  },
  {
    name: 'of one that is gone',
    facts: sampleFacts(baseFacts(), [1, 2]),
    verdict: fail('the hostname of a replica: host-f1', '"Hello from host-f2. Visits: 2."', ownName),
  },
  sharedName,
  {
    name: 'a front that answers in its place',
    facts: bodies(frontFacts(), ['Welcome to nginx!']),
    verdict: fail('the hostname of a replica: host-f1', '"Welcome to nginx!"', inItsPlace),
  },
  {
    name: 'a plain request gets another page than one with a mark',
    facts: sampleFacts(frontFacts(), [], { answers: [answer(1, 1), plain({ body: 'Welcome to nginx!' })] }),
    verdict: fail('the hostname of a replica: host-f1', '"Welcome to nginx!" to a plain `/`', alike),
  },
  {
    name: 'a page too long to show',
    facts: bodies(baseFacts(), ['x'.repeat(500)]),
    verdict: fail('the hostname of a replica: host-f1', `"${'x'.repeat(120)}"`, ownName),
  },
];

const between = 'something is in between: does an alias, a fixed `hostname:` or a proxy take the place of the replicas?';
const forAnother =
  'the app must answer each request itself, not pass it on like a proxy, and with its own hostname: socket.gethostname()';
const addresses: Case[] = [
  ...unusable(),
  { name: 'each', facts: sampleFacts(three, [1, 2, 3]), verdict: pass('3 connections, each to the replica that answered') },
  {
    name: 'to another',
    facts: sampleFacts(three, [], { answers: [answer(1, 1), answer(2, 2, { address: '172.18.0.11' })] }),
    verdict: fail(
      'a connection to the replica that answered',
      'connected to 172.18.0.11 (host-f1), answered by host-f2',
      forAnother,
    ),
  },
  {
    name: 'passed on to another, which has the request in its log',
    facts: sampleFacts(three, [], {
      answers: [answer(2, 2, { address: '172.18.0.11' })],
      logged: { 'id-f1': ['m-2'], 'id-f2': ['m-2'] },
    }),
    verdict: fail(
      'a connection to the replica that answered',
      'connected to 172.18.0.11 (host-f1), answered by host-f2, which has the request in its log: host-f1 passed it on',
      forAnother,
    ),
  },
  {
    name: 'answered for another, which does not have the request in its log',
    facts: sampleFacts(three, [], {
      answers: [answer(2, 2, { address: '172.18.0.11' })],
      logged: { 'id-f1': ['m-2'], 'id-f2': ['m-1'] },
    }),
    verdict: fail(
      'a connection to the replica that answered',
      'connected to 172.18.0.11 (host-f1), answered by host-f2, which has no such request in its log: host-f1 gave the name of another replica',
      forAnother,
    ),
  },
  {
    name: 'to something in between',
    facts: sampleFacts(three, [], { answers: [answer(2, 1, { address: '172.18.0.99' })] }),
    verdict: fail(
      'a connection to the replica that answered',
      'connected to 172.18.0.99 (no replica), answered by host-f2',
      between,
    ),
  },
  {
    name: 'answered by another program',
    facts: bodies(three, ['hi']),
    verdict: fail(
      'a connection to the replica that answered',
      'connected to 172.18.0.11 (host-f1), answered by another program',
      between,
    ),
  },
  {
    name: 'all replicas have one hostname',
    facts: sampleFacts(stackFacts([flask(1), flask(2, { hostname: 'host-f1' }), client()]), [], {
      answers: [answer(1, 1, { address: '172.18.0.12' })],
    }),
    verdict: fail(
      'a connection to the replica that answered',
      'connected to 172.18.0.12 (host-f1), answered by host-f1',
      between,
    ),
  },
];

const rising = 'numbers that rise from answer to answer';
const counter: Case[] = [
  ...unusable(),
  { name: 'rising', facts: sampleFacts(three, [1, 3, 2]), verdict: pass('1 to 3, rising') },
  {
    name: 'others ask in between',
    facts: bodies(three, ['host-f1 7', 'host-f1 9', 'host-f1 1000']),
    verdict: pass('7 to 1000, rising'),
  },
  {
    name: 'a hostname of digits is no number',
    facts: bodies(stackFacts([flask(1), flask(2, { hostname: '123456789012' })]), ['123456789012: 1', '123456789012: 2']),
    verdict: pass('1 to 2, rising'),
  },
  { name: 'it begins with nothing', facts: bodies(three, ['host-f1 0', 'host-f1 1']), verdict: pass('0 to 1, rising') },
  {
    name: 'no number at first',
    facts: bodies(three, ['host-f1', 'host-f1 1']),
    verdict: fail('one number in each answer', '"host-f1"', oneNumber),
  },
  {
    name: 'it starts again, as of a counter of their own',
    facts: bodies(three, ['host-f1 1', 'host-f2 1', 'host-f1 2']),
    verdict: fail(rising, '1, then 1', oneRedis),
  },
  {
    name: 'a front gives the same answer again',
    facts: bodies(frontFacts(), ['host-f1 7', 'host-f1 7']),
    verdict: fail(
      rising,
      '7, then 7',
      'the same answer again: does nginx keep answers (`proxy_cache`), or does the app not count?',
    ),
  },
  {
    name: 'only a plain request gets an old answer',
    facts: sampleFacts(frontFacts(), [], {
      answers: [answer(1, 1, { body: 'host-f1 7' }), answer(1, 2, { body: 'host-f1 8' }), plain({ body: 'host-f1 1' })],
    }),
    verdict: fail(
      rising,
      '8, then 1 for a plain `/`',
      'only requests with parameters are counted: does nginx keep answers (`proxy_cache`), or does the app decide by path?',
    ),
  },
  {
    name: 'it falls',
    facts: bodies(three, ['host-f1 8', 'host-f2 9', 'host-f1 3']),
    verdict: fail(rising, '9, then 3', oneRedis),
  },
  {
    name: 'no number',
    facts: bodies(three, ['host-f1 1', 'host-f2 hello']),
    verdict: fail('one number in each answer', '"host-f2 hello"', oneNumber),
  },
  {
    name: 'another number in one answer',
    facts: bodies(three, ['host-f1 1', 'host-f2 2 3']),
    verdict: pass('1 to 2, rising'),
  },
  {
    name: 'other numbers that do not change',
    facts: bodies(
      three,
      [7, 8, 9].map((n) => `Docker 101, 2026/11/26: ${n} visits, host-f1, redis-server:6379`),
    ),
    verdict: pass('7 to 9, rising'),
  },
  {
    name: 'other numbers, and none that rises',
    facts: bodies(
      three,
      [7, 8, 8].map((n) => `Docker 101: ${n} visits, host-f1`),
    ),
    verdict: fail(rising, '8, then 8', oneRedis),
  },
  {
    name: 'only the time rises',
    facts: bodies(
      three,
      [4_001, 4_009, 4_020].map((ms) => `host-f1: 3 visits at 176416284${ms}`),
    ),
    verdict: fail(
      rising,
      'only the time rises: 1764162844001 to 1764162844020',
      'the app shows the time in place of a count: for each answer it must add 1 to a number that all replicas share',
    ),
  },
  {
    name: 'the tags of a page are no numbers',
    facts: bodies(
      three,
      [1, 2].map((n) => `<td width="300">host-f1</td><h1 style='margin: 12px'>第${n}次</h1>`),
    ),
    verdict: pass('1 to 2, rising'),
  },
  { name: 'one answer shows no rise', facts: bodies(three, ['host-f1 1']), verdict: fail(rising, 'one answer', oneRedis) },
];

const dig =
  'does the name resolve to all of them? docker compose exec client dig +short flask; a line in /etc/hosts (`extra_hosts:`) takes precedence over DNS';
const scaleOut = 'docker compose up -d --scale flask=3';
const addressesOf3 = ['172.18.0.11', '172.18.0.12', '172.18.0.13'];

const oddSpread =
  'something prefers a replica: look for weights, `ip_hash`, `split_clients`, `map`, `backup` or an alias of one replica alone';
const chance = 'a spread that chance allows at least once in a million';
const fair = (kept: object, own = 'own requests', uneven = fail): Case[] => [
  ...unusable(kept),
  { name: 'even', facts: { ...sampleFacts(three, [1, 2, 3, 1, 2, 3]), ...kept }, verdict: pass(`${own} 2 : 2 : 2`) },
  { name: 'of two', facts: { ...sampleFacts(baseFacts(2), [1, 2, 2]), ...kept }, verdict: pass(`${own} 1 : 2`) },
  {
    name: 'uneven by chance',
    facts: { ...sampleFacts(three, [...times(8, 1), 2, 3]), ...kept },
    verdict: pass(`${own} 8 : 1 : 1`),
  },
  {
    name: 'one replica answers everything',
    facts: { ...sampleFacts(three, times(14, 1)), ...kept },
    verdict: uneven(chance, '14 : 0 : 0', oddSpread),
  },
  {
    name: 'one has nearly all the weight',
    facts: { ...sampleFacts(three, [...times(40, 2), ...times(6, 1), ...times(6, 3)]), ...kept },
    verdict: uneven(chance, '6 : 40 : 6', oddSpread),
  },
  {
    name: 'one replica',
    facts: { ...sampleFacts(baseFacts(), [1, 1]), ...kept },
    verdict: fail('answers from two replicas or more', '2 answers from 1 replica', scaleOut),
  },
  {
    name: 'the answers contain no hostname',
    facts: { ...bodies(three, ['hi', 'ho']), ...kept },
    verdict: fail('answers from two replicas or more', '0 answers from 3 replicas', scaleOut),
  },
];

const leftAlone = (count: number) =>
  `in this step nginx is left alone. Once more: docker compose up -d --scale flask=1, docker compose restart nginx, docker compose up -d --scale flask=${count}`;
const lookedUp =
  'nginx has looked the name up since: is it `proxy_pass http://flask:…`, with no address, no container, and no `ip_hash`, `hash` or `backup`? A replica that did not answer is left out for 10 s';
const oneName = 'remove `hostname:` from compose.yaml: Docker gives each container its own name';
const youngNginx = (count: number) => ({
  ...frontFacts(count),
  replicas: frontFacts(count).replicas.map((one) =>
    one.service === 'nginx' ? { ...one, startedAt: '2026-01-01T08:00:09.5Z' } : one,
  ),
});
const hostLog = (count: number, text: string, over: Partial<SampleFacts> = {}) => ({
  ...sampleFacts(baseFacts(), times(count, 1), over),
  path: 'var/log/nginx/access.log',
  log: file(text),
});
const withLogs = nginx({
  mounts: [{ type: 'bind', source: '/x/var/log/nginx', destination: '/var/log/nginx', writable: true }],
});
const line = (number: number) => `10.0.0.1 "GET /?lab=m-${number} HTTP/1.1" 200\n`;
const mountLogs = 'under `volumes:` of nginx: ./var/log/nginx:/var/log/nginx';
const oneLog = 'var/log/nginx is mounted: let nginx write one access log there, neither `access_log off` nor a second one';
const newLines = (count: number) => `${count} new lines in var/log/nginx/access.log on the host`;

export const traffic: Cases = {
  'flask-is-ready': [
    {
      name: 'the front does not run, which sends the requests',
      facts: { ...ready(three, []), ...frontDown },
      verdict: skip(onlyFromFront('flask')),
    },
    {
      name: 'the front does not run, and neither does flask',
      facts: { ...ready(stackFacts([redis()]), []), ...frontDown },
      verdict: fail('an answer from every replica of flask', 'no replica of flask runs', logs),
    },
    {
      name: 'the front does not run: asked from elsewhere',
      facts: { ...ready(three, addressesOf3), probeFrom: 'nginx' },
      verdict: pass('3 ready'),
    },
    { name: 'all', facts: ready(three, addressesOf3), verdict: pass('3 ready') },
    {
      name: 'by one of its addresses',
      facts: ready(frontFacts(), ['172.19.0.11']),
      verdict: pass('1 ready'),
    },
    {
      name: 'two do not answer yet',
      facts: ready(three, ['172.18.0.12']),
      verdict: wait('an answer from every replica of flask', 'no connection to host-f1; no connection to host-f3', listen),
    },
    {
      name: 'one answers with an error, one does not answer',
      facts: {
        ...ready(three, ['172.18.0.12']),
        errors: [
          ['172.18.0.11', '500'],
          ['172.18.0.13', '0'],
        ],
      },
      verdict: wait(
        'an answer from every replica of flask',
        'HTTP 500 from host-f1; host-f3 accepted the request, but did not answer within 2 s',
        logs,
      ),
    },
    {
      name: 'none runs',
      facts: ready(stackFacts([flask(1, { state: 'exited' }), redis()]), []),
      verdict: fail('an answer from every replica of flask', 'flask started and ended again: exit code 0', logs),
    },
    {
      name: 'the last log lines of replicas that do not answer',
      facts: { ...ready(three, ['172.18.0.11']), lastWords: { 'id-f2': [], 'id-f3': ['waiting for redis'] } },
      verdict: wait('an answer from every replica of flask', 'no connection to host-f2; no connection to host-f3', listen, {
        said: { service: 'flask', lines: ['waiting for redis'] },
      }),
    },
    {
      name: 'the last log lines of a replica that ended',
      facts: {
        ...ready(stackFacts([flask(1, { state: 'exited', exitCode: 3 })]), []),
        lastWords: { 'id-f1': ['Traceback', 'KeyError'] },
      },
      verdict: fail('an answer from every replica of flask', 'flask started and ended again: exit code 3', logs, {
        said: { service: 'flask', lines: ['Traceback', 'KeyError'] },
      }),
    },
    {
      name: 'Docker starts it again',
      facts: ready(stackFacts([flask(1, { state: 'restarting', exitCode: 3, restarts: 2 })]), []),
      verdict: wait('an answer from every replica of flask', 'flask started and ended again: exit code 3', logs),
    },
    {
      name: 'it crashes again and again',
      facts: ready(stackFacts([flask(1, { state: 'restarting', exitCode: 3, restarts: 3 })]), []),
      verdict: fail('an answer from every replica of flask', 'flask started and ended again: exit code 3', logs),
    },
    {
      name: 'there is none',
      facts: ready(stackFacts([redis()]), []),
      verdict: fail('an answer from every replica of flask', 'no replica of flask runs', logs),
    },
  ],

  'dns-knows-flask': dns('flask', ['172.18.0.11'], baseFacts(1)),
  'dns-knows-redis': dns('redis-server', ['172.18.0.3'], baseFacts(1)),
  'dns-knows-3-flask': [
    ...dns('flask', addressesOf3, three),
    {
      name: 'of several addresses those that the asker shares',
      facts: dnsFacts(frontFacts(3), ['172.19.0.12', '172.19.0.11', '172.19.0.13'], 'nginx'),
      verdict: pass('172.19.0.12, 172.19.0.11, 172.19.0.13'),
    },
    {
      name: 'another service has the alias',
      facts: dnsFacts(three, [...addressesOf3, '172.18.0.3']),
      verdict: wait(
        '3 address(es) for flask, those of its running replicas',
        `DNS knows ${addressesOf3.join(', ')}, 172.18.0.3; running: ${addressesOf3.join(', ')}`,
        '172.18.0.3 (redis-server) is no replica of flask: does another service or container use its name as an alias?',
      ),
    },
    {
      name: 'one is on another network',
      facts: dnsFacts(
        stackFacts([...flasks(2), replica({ ...flask(3), on: { other: '172.30.0.2' } }), redis(), client()]),
        addressesOf3.slice(0, 2),
      ),
      verdict: wait(
        '3 address(es) for flask, those of its running replicas',
        'DNS knows 172.18.0.11, 172.18.0.12; running: 172.18.0.11, 172.18.0.12, 172.30.0.2',
        'host-f3 is not on the same network as client; reconnect it: docker compose up -d --no-deps --force-recreate --scale flask=3 flask',
      ),
    },
    {
      name: 'one is missing',
      facts: dnsFacts(three, addressesOf3.slice(1)),
      verdict: wait(
        '3 address(es) for flask, those of its running replicas',
        'DNS knows 172.18.0.12, 172.18.0.13; running: 172.18.0.11, 172.18.0.12, 172.18.0.13',
        'scale it to 3: docker compose up -d --scale flask=3',
      ),
    },
    {
      name: 'one replica runs',
      facts: dnsFacts(baseFacts(1), ['172.18.0.11']),
      verdict: fail(
        '3 address(es) for flask, those of its running replicas',
        'DNS knows 172.18.0.11; running: 172.18.0.11',
        'scale it to 3: docker compose up -d --scale flask=3',
      ),
    },
    {
      name: 'too few run, and DNS has an unknown address',
      facts: dnsFacts(baseFacts(1), ['172.18.0.11', '172.18.0.3']),
      verdict: fail(
        '3 address(es) for flask, those of its running replicas',
        'DNS knows 172.18.0.11, 172.18.0.3; running: 172.18.0.11',
        '172.18.0.3 (redis-server) is no replica of flask: does another service or container use its name as an alias?',
      ),
    },
  ],

  'pinged-addresses-are-replicas': [
    { name: 'one', facts: pingFacts(baseFacts(), ['172.18.0.11']), verdict: pass('one ping') },
    { name: 'many', facts: pingFacts(three, addressesOf3), verdict: pass('3 pings') },
    {
      name: 'an unknown address',
      facts: pingFacts(three, ['172.18.0.11', '172.18.0.3']),
      verdict: fail(
        'pings of flask that its replicas reply to',
        '172.18.0.3 is no replica of flask',
        'see what runs: docker compose ps',
      ),
    },
    {
      name: 'no reply',
      facts: pingFacts(three, [], { pings: [{ address: '172.18.0.12', replied: false }] }),
      verdict: fail('pings of flask that its replicas reply to', 'no reply from 172.18.0.12', 'see what runs: docker compose ps'),
    },
    {
      name: 'no address',
      facts: pingFacts(three, ['']),
      verdict: fail('pings of flask that its replicas reply to', '? is no replica of flask', 'see what runs: docker compose ps'),
    },
    {
      name: 'none',
      facts: pingFacts(stackFacts([client()]), []),
      verdict: fail('pings of flask that its replicas reply to', 'no ping was possible', 'see what runs: docker compose ps'),
    },
  ],
  'ping-meets-all-3': [
    { name: 'all', facts: pingFacts(three, [...addressesOf3, '172.18.0.11']), verdict: pass('3 reached in 4 own tries') },
    { name: 'only one ping was sent', facts: { ...pingFacts(three, ['172.18.0.11']), few: true }, verdict: skip(many) },
    {
      name: 'only one ping was sent, and one replica runs',
      facts: { ...pingFacts(baseFacts(), ['172.18.0.11']), few: true },
      verdict: fail('all 3 replicas of flask', '1 of 1 running replicas reached in 1', scaleOut),
    },
    {
      name: 'two',
      facts: pingFacts(three, addressesOf3.slice(0, 2)),
      verdict: fail('all 3 replicas of flask', '2 of 3 running replicas reached in 2', dig),
    },
    {
      name: 'two are all there are',
      facts: pingFacts(baseFacts(2), addressesOf3.slice(0, 2)),
      verdict: fail('all 3 replicas of flask', '2 of 2 running replicas reached in 2', scaleOut),
    },
    {
      name: 'three of four',
      facts: pingFacts(baseFacts(4), addressesOf3),
      verdict: fail('all 3 replicas of flask', '3 of 4 running replicas reached in 3', scaleOut),
    },
    {
      name: 'nothing',
      facts: pingFacts(stackFacts([]), []),
      verdict: fail('all 3 replicas of flask', '0 of 0 running replicas reached in 0', scaleOut),
    },
  ],
  'curl-meets-all-3': [
    ...unusable(),
    { name: 'all', facts: sampleFacts(three, [3, 1, 1, 2]), verdict: pass('3 reached in 4 own tries') },
    { name: 'only a few were sent', facts: { ...sampleFacts(three, [1, 2, 3]), few: true }, verdict: skip(many) },
    {
      name: 'only a few were sent, and one is all there is',
      facts: { ...sampleFacts(baseFacts(), [1, 1]), few: true },
      verdict: fail('all 3 replicas of flask', '1 of 1 running replicas reached in 2', scaleOut),
    },
    {
      name: 'one',
      facts: sampleFacts(three, times(5, 2)),
      verdict: fail('all 3 replicas of flask', '1 of 3 running replicas reached in 5', dig),
    },
    {
      name: 'one is all there is',
      facts: sampleFacts(baseFacts(), [1, 1]),
      verdict: fail('all 3 replicas of flask', '1 of 1 running replicas reached in 2', scaleOut),
    },
  ],

  'flask-answers-with-its-hostname': hostnames,
  'hostnames-are-replicas': hostnames,
  'hostname-is-the-replicas': hostnames,
  'flask-is-reached-at-its-address': addresses,
  'connections-are-to-who-answers': addresses,
  'counter-rises': counter,
  'counter-is-shared': counter,
  'spread-is-fair': [
    ...fair({}),
    { name: 'only a few were sent', facts: { ...sampleFacts(three, [1, 2, 3]), few: true }, verdict: skip(many) },
  ],

  'each-flask-answers': [
    {
      name: 'the front does not run, which sends the requests',
      facts: { ...sampleFacts(three, []), ...frontDown },
      verdict: skip(onlyFromFront('flask')),
    },
    {
      name: 'no replica runs',
      facts: sampleFacts(stackFacts([redis()]), []),
      verdict: no(noContent),
    },
    { name: 'all', facts: sampleFacts(three, [1, 2, 3]), verdict: pass('host-f1, host-f2, host-f3') },
    sharedName,
    {
      name: 'one is not heard yet',
      facts: sampleFacts(three, [], { answers: [answer(1, 1), answer(2, 2), answer(3, 3, { status: 0, body: '' })] }),
      verdict: notYet('1 of 3 failed (no connection, or no full answer)'),
    },
    {
      name: 'an error answer that contains the hostname',
      facts: sampleFacts(three, [], { answers: [answer(1, 1), answer(2, 2), answer(3, 3, { status: 500 })] }),
      verdict: no('1 of 3 failed (HTTP 500)'),
    },
    {
      name: 'each, one in upper case',
      facts: sampleFacts(three, [], { answers: [answer(1, 1), answer(2, 2, { body: 'HOST-F2 2' }), answer(3, 3)] }),
      verdict: pass('host-f1, host-f2, host-f3', { note: upperCase }),
    },
    {
      name: 'an answer contains the name of another replica',
      facts: sampleFacts(three, [], { answers: [answer(1, 1), answer(2, 2), answer(3, 3, { body: 'host-f1 3' })] }),
      verdict: fail(
        'each of host-f1, host-f2, host-f3 by itself',
        'not from host-f3: host-f3 answered with the name host-f1',
        ownName,
      ),
    },
    {
      name: 'one was not asked',
      facts: sampleFacts(three, [1, 2]),
      verdict: fail('each of host-f1, host-f2, host-f3 by itself', 'not from host-f3', ownName),
    },
  ],
  'requests-are-in-the-replicas-logs': [
    ...unusable(),
    { name: 'all', facts: sampleFacts(three, [1, 2, 2]), verdict: pass('3 of 3 found') },
    {
      name: 'the app logs none',
      facts: sampleFacts(three, [1, 2], { logged: { 'id-f1': [], 'id-f2': [], 'id-f3': [] } }),
      verdict: pass('the app logs no requests: none of 2 is in any log'),
    },
    {
      name: 'one is in no log',
      facts: sampleFacts(three, [1, 2], { logged: { 'id-f1': ['m-1'] } }),
      verdict: fail(
        'each of 2 requests in the log of the replica that answered',
        '1 not found, 0 in another log',
        'read the logs: docker compose logs flask',
      ),
    },
    {
      name: 'one is in the log of another',
      facts: sampleFacts(three, [1, 2], { logged: { 'id-f1': ['m-1', 'm-2'], 'id-f2': [] } }),
      verdict: fail(
        'each of 2 requests in the log of the replica that answered',
        '1 not found, 1 in another log',
        'read the logs: docker compose logs flask',
      ),
    },
    {
      name: 'one request is in the logs of both: a replica forwards',
      facts: sampleFacts(three, [1], { logged: { 'id-f1': ['m-1'], 'id-f3': ['m-1'] } }),
      verdict: fail(
        'each of 1 requests in the log of the replica that answered',
        '0 not found, 1 in another log',
        'the same request is in the logs of two replicas: the app of one passes requests on to another, like a proxy. It must answer itself: docker compose logs flask',
      ),
    },
  ],

  'one-hostname-answers': [
    ...unusable(),
    { name: 'one', facts: sampleFacts(baseFacts(), times(10, 1)), verdict: pass('10 answers, all host-f1') },
    {
      name: 'two',
      facts: sampleFacts(three, [1, 1, 3]),
      verdict: fail(
        '3 answers with one hostname',
        'host-f1, host-f3',
        'this step needs one replica of flask: docker compose up -d',
      ),
    },
    {
      name: 'one, and an unknown address',
      facts: bodies(baseFacts(), ['host-f1 1', 'host-x 2', 'host-f1 3']),
      verdict: fail(
        '3 answers with one hostname',
        '2 are host-f1, 1 name no replica',
        'this step needs one replica of flask: docker compose up -d',
      ),
    },
    {
      name: 'unknown addresses only',
      facts: bodies(baseFacts(), ['hi', 'ho']),
      verdict: fail(
        '2 answers with one hostname',
        "no replica's hostname",
        'this step needs one replica of flask: docker compose up -d',
      ),
    },
  ],
  'access-log-gains-a-line-each': [
    { name: 'each', facts: hostLog(2, line(1) + line(2)), verdict: pass('2 requests, 2 lines in var/log/nginx/access.log') },
    {
      name: 'a request that a rate limit refused once has two lines',
      facts: hostLog(2, line(1) + line(2) + line(2), { answers: [answer(1, 1), answer(1, 2, { refusals: 1 })] }),
      verdict: pass('3 requests, 3 lines in var/log/nginx/access.log'),
    },
    {
      name: 'more refusals than a sample repeats are not counted: such facts were made up',
      facts: hostLog(1, line(1), { answers: [answer(1, 1, { refusals: 200_000_000 })] }),
      verdict: fail(newLines(7), '1 lines, exactly one for 0 of 7 requests', mountLogs),
    },
    {
      name: 'each, in JSON',
      facts: hostLog(2, [1, 2].map((n) => `{"method":"GET","uri":"/?lab=m-${n}","args":"lab=m-${n}","status":200}\n`).join('')),
      verdict: pass('2 requests, 2 lines in var/log/nginx/access.log'),
    },
    {
      name: 'one is missing in JSON',
      facts: hostLog(2, '{"method":"GET","uri":"/?lab=m-1"}\n{"method":"GET","uri":"/?lab=m-12"}\n'),
      verdict: fail(newLines(2), '2 lines, exactly one for 1 of 2 requests', mountLogs),
    },
    {
      name: 'one is missing, and is not taken for one that begins alike',
      facts: hostLog(1, line(10)),
      verdict: fail(newLines(1), '1 lines, exactly one for 0 of 1 requests', mountLogs),
    },
    {
      name: 'one twice',
      facts: hostLog(2, line(1) + line(1)),
      verdict: fail(newLines(2), '2 lines, exactly one for 0 of 2 requests', mountLogs),
    },
    {
      name: 'three times the same page, a line each',
      facts: hostLog(3, line(1) + line(1) + line(1), { answers: [answer(1, 1), answer(1, 1), answer(1, 1)] }),
      verdict: pass('3 requests, 3 lines in var/log/nginx/access.log'),
    },
    {
      name: 'the same page, each twice',
      facts: hostLog(1, line(1) + line(1) + line(1) + line(1), { answers: [answer(1, 1), answer(1, 1)] }),
      verdict: fail(newLines(2), '4 lines, exactly one for 0 of 2 requests', mountLogs),
    },
    {
      name: 'the folder is mounted, and nothing is written',
      facts: hostLog(1, '', { replicas: [flask(1), withLogs] }),
      verdict: fail(newLines(1), '0 lines, exactly one for 0 of 1 requests', oneLog),
    },
    {
      name: 'one too many',
      facts: hostLog(1, line(1) + line(1)),
      verdict: fail(newLines(1), '2 lines, exactly one for 0 of 1 requests', mountLogs),
    },
    { name: 'none', facts: hostLog(3, ''), verdict: fail(newLines(3), '0 lines, exactly one for 0 of 3 requests', mountLogs) },
    {
      name: 'no file',
      facts: { ...hostLog(1, ''), log: { kind: 'absent' } },
      verdict: fail(newLines(1), 'no plain file there', mountLogs),
    },
    {
      name: 'nothing was asked',
      facts: hostLog(0, ''),
      verdict: fail(newLines(0), '0 lines, exactly one for 0 of 0 requests', mountLogs),
    },
    {
      name: 'no connection yet: what is not heard is not noted',
      facts: hostLog(0, '', { answers: [answer(1, 1, { status: 0, body: '' })] }),
      verdict: notYet('1 of 1 failed (no connection, or no full answer)'),
    },
    {
      name: 'one of three had no mark: it is not counted, and nor is its line',
      facts: hostLog(2, line(1) + line(2), { answers: [answer(1, 1), answer(1, 2), answer(1, 3, { nonce: '' })] }),
      verdict: pass('2 requests, 2 lines in var/log/nginx/access.log'),
    },
  ],

  'nginx-still-reaches-one': [
    ...unusable({ kept: 14 }),
    {
      name: 'one, though it would look the name up by itself',
      facts: { ...sampleFacts(frontFacts(3), [1, 1]), resolver: true },
      verdict: pass('1 reached in 2 own requests'),
    },
    { name: 'one of three', facts: sampleFacts(frontFacts(3), times(6, 1)), verdict: pass('1 reached in 6 own requests') },
    {
      name: 'two of three',
      facts: sampleFacts(frontFacts(3), [1, 2]),
      verdict: fail('nginx reaches 1 of 3 flask replicas', '3 flask replicas run, nginx reaches 2', leftAlone(3)),
    },
    {
      name: 'all three, for it looks the name up by itself',
      facts: { ...sampleFacts(frontFacts(3), [1, 2, 3]), resolver: true },
      verdict: skip('nginx looks up the name again on its own (`resolver`): it already uses the new replicas'),
    },
    {
      name: 'one, and another program',
      facts: bodies(frontFacts(3), ['host-f1 1', 'Welcome to nginx!']),
      verdict: fail(
        "a replica's hostname in every answer",
        '1 of 2 answers name no replica',
        'see what else answers: docker compose logs nginx',
      ),
    },
    {
      name: 'none: the answers contain no hostname',
      facts: bodies(frontFacts(3), ['hi']),
      verdict: fail('nginx reaches 1 of 3 flask replicas', '3 flask replicas run, nginx reaches 0', inItsPlace),
    },
  ],
  'nginx-reaches-all-three': [
    ...unusable({ kept: 14 }),
    {
      name: 'all, with hostnames in upper case',
      facts: bodies(frontFacts(3), ['HOST-F1 1', 'HOST-F2 2', 'HOST-F3 3']),
      verdict: pass('3 reached in 3 own requests'),
    },
    { name: 'all', facts: sampleFacts(frontFacts(3), [1, 2, 3]), verdict: pass('3 reached in 3 own requests') },
    {
      name: 'one',
      facts: sampleFacts(frontFacts(3), [1, 1]),
      verdict: fail(
        'nginx reaches 3 of 3 flask replicas',
        '3 flask replicas run, nginx reaches 1',
        'nginx looked the name up once, when it started: docker compose restart nginx',
      ),
    },
    {
      name: 'one, though it was started after them: it may have met two that were not ready',
      facts: sampleFacts(youngNginx(3), [1, 1]),
      verdict: wait('nginx reaches 3 of 3 flask replicas', '3 flask replicas run, nginx reaches 1', lookedUp),
    },
    {
      name: 'two: it knows more than the one of before',
      facts: sampleFacts(frontFacts(3), [1, 2]),
      verdict: wait('nginx reaches 3 of 3 flask replicas', '3 flask replicas run, nginx reaches 2', lookedUp),
    },
    {
      name: 'all go by one hostname',
      facts: sampleFacts(stackFacts([1, 2, 3].map((n) => flask(n, { hostname: 'host-f1' }))), [1, 1]),
      verdict: fail('a different hostname for each of 3 replicas', '3 have the hostname host-f1', oneName),
    },
    {
      name: 'all four',
      facts: sampleFacts(stackFacts(flasks(4)), [1, 2, 3, 4]),
      verdict: fail('nginx reaches 3 of 4 flask replicas', '4 flask replicas run, nginx reaches 4', leftAlone(4)),
    },
  ],
  'front-spreads-evenly': [
    ...fair({ kept: 99 }, 'own requests over one connection', wait),
    { name: 'only a few were sent', facts: { ...sampleFacts(three, [1, 2, 3, 1]), kept: 4, few: true }, verdict: skip(many) },
    {
      name: 'the workers that took single connections do not count',
      facts: { ...sampleFacts(three, [1, 2, 3, ...times(40, 1)]), kept: 3 },
      verdict: pass('own requests over one connection 1 : 1 : 1'),
    },
    {
      name: 'uneven on the kept connection, though even by the lot',
      facts: { ...sampleFacts(three, [...times(14, 1), ...times(14, 2), ...times(14, 3)]), kept: 14 },
      verdict: wait(chance, '14 : 0 : 0', oddSpread),
    },
  ],
};
