import { type Case, type Cases, fail, pass, wait } from '../../../fixtures/english-verdict.ts';
import { baseFacts, client, flask, flasks, frontFacts, nginx, redis, stackFacts } from '../../../fixtures/facts.ts';

const start = 'start the stack: docker compose up -d';
const notStarted = 'created, but not started: start it and read what Compose reports: docker compose up -d';
const logs = (service: string) => `see why it does not run: docker compose logs ${service}`;
const leaveAlone = (service: string) =>
  `leave ${service} alone: \`up\` recreates a container when its part of compose.yaml has changed`;
const notRestarted = (service: string, ...others: readonly string[]) =>
  others.length === 0
    ? `change only what the step names, and leave ${service} alone: everything was started again, as after \`docker compose restart\` without a name`
    : `change only what the step names, and leave ${service} alone: it was started again while ${others.join(', ')} kept running, as after \`docker compose restart ${service}\``;

/** Cases for a service that needs exactly one replica. */
const single = (service: string, id: string, one: typeof redis): Case[] => [
  { name: 'one runs', facts: stackFacts([one()]), verdict: pass(`1 running: p-${service}-1`) },
  {
    name: 'no container',
    facts: stackFacts([]),
    verdict: fail(`1 replica of ${service}, running`, `no container of ${service} in the project p`, start),
  },
  {
    name: 'it ended',
    facts: stackFacts([one({ state: 'exited', exitCode: 3 })]),
    verdict: fail(`1 replica of ${service}, running`, `0 running, ${id} exited with code 3`, logs(service)),
  },
  {
    name: 'it is paused',
    facts: stackFacts([one({ state: 'paused' })]),
    verdict: fail(
      `1 replica of ${service}, running`,
      `0 running, ${id} is paused`,
      `a replica is paused: docker compose unpause ${service}`,
    ),
  },
  {
    name: 'it is being made',
    facts: stackFacts([one({ state: 'created' })]),
    verdict: wait(`1 replica of ${service}, running`, `0 running, ${id} is created`, notStarted),
  },
  {
    name: 'one more runs',
    facts: stackFacts([one(), one({ id: 'id-other' })]),
    verdict: fail(
      `1 replica of ${service}, running`,
      '2 running',
      `set the exact number: docker compose up -d --scale ${service}=1`,
    ),
  },
];

/** Cases for a container that must be neither recreated nor restarted. */
const untouched = (service: string, id: string, one: typeof redis): Case[] => [
  { name: 'the same', before: stackFacts([one()]), facts: stackFacts([one()]), verdict: pass(`still ${id}`) },
  {
    name: 'started again',
    before: stackFacts([one()]),
    facts: stackFacts([one({ startedAt: '2026-01-01T09:00:00Z' })]),
    verdict: fail(`${service}: ${id}, running on`, 'the same container, started again', notRestarted(service)),
  },
  {
    name: 'made anew',
    before: stackFacts([one()]),
    facts: stackFacts([one({ id: 'id-other' })]),
    verdict: fail(`${service}: ${id}, running on`, `id-other: only ${service} is new`, leaveAlone(service)),
  },
  {
    name: 'gone',
    before: stackFacts([one()]),
    facts: stackFacts([one({ state: 'exited' })]),
    verdict: fail(`${service}: ${id}, running on`, 'none', leaveAlone(service)),
  },
  {
    name: 'another beside it',
    before: stackFacts([one()]),
    facts: stackFacts([one(), one({ id: 'id-other' })]),
    verdict: fail(`${service}: ${id}, running on`, `${id}, id-other`, leaveAlone(service)),
  },
  {
    name: 'it did not run before',
    before: stackFacts([one({ state: 'exited' })]),
    facts: stackFacts([one()]),
    verdict: fail(`${service}: none, running on`, id, leaveAlone(service)),
  },
  {
    name: 'there was none',
    before: stackFacts([]),
    facts: stackFacts([one()]),
    verdict: fail(`${service}: none, running on`, id, leaveAlone(service)),
  },
];

const three = '3 replicas of flask, running';
const words = { said: { service: 'flask', lines: ['no redis here'] } };
/** Three replicas of flask, the third restarted by Docker; the time is 09:00. */
const restarted = (third: Parameters<typeof flask>[1]) => ({
  ...stackFacts([...flasks(2), flask(3, third)]),
  lastWords: { 'id-f3': ['no redis here'] },
  now: '2026-01-01T09:00:00Z',
});
const scaleIn = 'docker compose up -d --scale flask=1';
const isNew = (without: string) => `scale out to 3 again, then scale in without \`${without}\`: ${scaleIn}`;
const offNetwork =
  'a replica is on no network; reconnect it: docker compose up -d --no-deps --force-recreate --scale flask=3 flask';

export const replicas: Cases = {
  'flask-has-1-replica': single('flask', 'id-f1', (over) => flask(1, over)),
  'redis-has-1-replica': single('redis-server', 'id-redis', redis),
  'client-has-1-replica': single('client', 'id-client', client),
  'nginx-has-1-replica': single('nginx', 'id-nginx', nginx),

  'flask-has-3-replicas': [
    { name: 'three run', facts: baseFacts(3), verdict: pass('3 running: p-flask-1, p-flask-2, p-flask-3') },
    {
      name: 'one runs',
      facts: baseFacts(1),
      verdict: fail(three, '1 running', 'set the exact number: docker compose up -d --scale flask=3'),
    },
    {
      name: 'one runs, by the name that Compose 1 gives it',
      facts: stackFacts([flask(1, { name: 'p_flask_1' })]),
      verdict: fail(three, '1 running', 'set the exact number: docker compose up -d --scale flask=3'),
    },
    {
      name: 'one runs, with a fixed name: it cannot be scaled',
      facts: stackFacts([flask(1, { name: 'web1' })]),
      verdict: fail(
        three,
        '1 running',
        'Compose does not scale a service with a fixed name: remove `container_name: web1` of flask from compose.yaml, then docker compose up -d --scale flask=3',
      ),
    },
    {
      name: 'four run',
      facts: stackFacts([...flasks(3), flask(4)]),
      verdict: fail(three, '4 running', 'set the exact number: docker compose up -d --scale flask=3'),
    },
    {
      name: 'three run, and one that ended is left',
      facts: stackFacts([...flasks(3), flask(4, { state: 'exited', exitCode: 137 })]),
      verdict: fail(three, '3 running, id-f4 exited with code 137', 'set the exact number: docker compose up -d --scale flask=3'),
    },
    {
      name: 'one is dead',
      facts: stackFacts([...flasks(2), flask(3, { state: 'dead' })]),
      verdict: fail(three, '2 running, id-f3 is dead', logs('flask')),
    },
    {
      name: 'one is being made',
      facts: stackFacts([...flasks(2), flask(3, { state: 'created' })]),
      verdict: wait(three, '2 running, id-f3 is created', `${notStarted} --scale flask=3`),
    },
    {
      name: 'one ended: its last lines are shown, not those of other replicas',
      facts: {
        ...stackFacts([...flasks(2), flask(3, { state: 'exited', exitCode: 1 })]),
        lastWords: { 'id-f3': ['no redis here'], 'id-redis': ['ready'] },
      },
      verdict: fail(three, '2 running, id-f3 exited with code 1', logs('flask'), words),
    },
    {
      name: 'one ended without a word',
      facts: { ...stackFacts([...flasks(2), flask(3, { state: 'exited', exitCode: 1 })]), lastWords: { 'id-f3': [] } },
      verdict: fail(three, '2 running, id-f3 exited with code 1', logs('flask')),
    },
    {
      name: 'one is started again by Docker',
      facts: restarted({ state: 'restarting', exitCode: 1, restarts: 2 }),
      verdict: wait(
        three,
        '2 running, id-f3 exited with code 1 and Docker starts it again (restarts so far: 2)',
        logs('flask'),
        words,
      ),
    },
    {
      name: 'one crashes again and again',
      facts: restarted({ state: 'restarting', exitCode: 1, restarts: 3 }),
      verdict: fail(
        three,
        '2 running, id-f3 exited with code 1 and Docker starts it again (restarts so far: 3)',
        logs('flask'),
        words,
      ),
    },
    {
      name: 'one that crashed has only just come up again',
      facts: restarted({ restarts: 5, startedAt: '2026-01-01T08:59:50.1Z' }),
      verdict: wait(three, '3 running, id-f3 has only just been started again (restarts so far: 5)', logs('flask'), words),
    },
    {
      name: 'one that crashed has stayed up since',
      facts: restarted({ restarts: 5, startedAt: '2026-01-01T08:59:50Z' }),
      verdict: pass('3 running: p-flask-1, p-flask-2, p-flask-3'),
    },
    {
      name: 'one that crashed has stayed up since, though the clock was set back meanwhile',
      facts: restarted({ restarts: 1, startedAt: '2026-01-01T10:00:00Z' }),
      verdict: pass('3 running: p-flask-1, p-flask-2, p-flask-3'),
    },
    {
      name: 'a fourth is on its way out',
      facts: stackFacts([...flasks(3), flask(4, { state: 'removing' })]),
      verdict: wait(three, '3 running, id-f4 is removing', logs('flask')),
    },
    {
      name: 'none of it, though another service has three',
      facts: stackFacts([redis(), redis({ id: 'b' }), redis({ id: 'c' })]),
      verdict: fail(three, 'no container of flask in the project p', start),
    },
    {
      name: 'the service has another name',
      facts: stackFacts([flask(1, { service: 'web', name: 'p-web-1' })], { services: { flask: 'web' } }),
      verdict: fail('3 replicas of web, running', '1 running', 'set the exact number: docker compose up -d --scale web=3'),
    },
  ],

  'flask-has-3-addresses': [
    { name: 'three', facts: baseFacts(3), verdict: pass('172.18.0.11, 172.18.0.12, 172.18.0.13') },
    {
      name: 'two with one address',
      facts: stackFacts([...flasks(2), flask(3, { networks: flask(2).networks })]),
      verdict: fail('3 different addresses', '2: 172.18.0.11, 172.18.0.12', offNetwork),
    },
    {
      name: 'one without',
      facts: stackFacts([...flasks(2), flask(3, { networks: {} })]),
      verdict: fail('3 different addresses', '2: 172.18.0.11, 172.18.0.12', offNetwork),
    },
    {
      name: 'nothing runs',
      facts: stackFacts([]),
      verdict: fail('3 different addresses', '0: none', offNetwork),
    },
  ],

  'redis-is-untouched': untouched('redis-server', 'id-redis', redis),
  'client-is-untouched': untouched('client', 'id-client', client),
  'nginx-is-untouched': untouched('nginx', 'id-nginx', nginx),
  'flask-is-untouched': [
    ...untouched('flask', 'id-f1', (over) => flask(1, over)),
    {
      name: 'three, listed in another order',
      before: baseFacts(3),
      facts: stackFacts([flask(3), flask(1), flask(2)]),
      verdict: pass('still id-f3, id-f1, id-f2'),
    },
    {
      name: 'one of three made anew',
      before: baseFacts(3),
      facts: stackFacts([flask(1), flask(2), flask(9)]),
      verdict: fail('flask: id-f1, id-f2, id-f3, running on', 'id-f1, id-f2, id-f9', leaveAlone('flask')),
    },
    {
      name: 'all containers of the project made anew',
      before: stackFacts([flask(1), redis()]),
      facts: stackFacts([flask(9), redis({ id: 'id-r9' })]),
      verdict: fail(
        'flask: id-f1, running on',
        'id-f9: all containers of the project are new',
        'leave flask alone: no `--force-recreate`, and no `down` before `up`',
      ),
    },
    {
      name: 'its container alone made anew',
      before: stackFacts([flask(1), redis()]),
      facts: stackFacts([flask(9), redis()]),
      verdict: fail('flask: id-f1, running on', 'id-f9: only flask is new', leaveAlone('flask')),
    },
    {
      name: 'one of three started again',
      before: frontFacts(3),
      facts: stackFacts([flask(1), flask(2), flask(3, { startedAt: '2026-01-01T09:00:00Z' })]),
      verdict: fail(
        'flask: id-f1, id-f2, id-f3, running on',
        'the same container, started again',
        notRestarted('flask', 'redis-server', 'nginx'),
      ),
    },
  ],

  'flask-others-are-gone': [
    { name: 'two of three', before: baseFacts(3), facts: baseFacts(1), verdict: pass('2 gone, id-f1 kept') },
    {
      name: 'another than the first is kept',
      before: baseFacts(3),
      facts: stackFacts([flask(3)]),
      verdict: pass('2 gone, id-f3 kept'),
    },
    {
      name: 'none went',
      before: baseFacts(3),
      facts: baseFacts(3),
      verdict: fail('1 of 3 replicas left', '3 of them left, 3 in all', scaleIn),
    },
    {
      name: 'all were made anew',
      before: baseFacts(3),
      facts: stackFacts([flask(9)]),
      verdict: fail('1 of 3 replicas left', '0 of them left, 1 in all: every container of the project is new', isNew('down')),
    },
    {
      name: 'those of the service were made anew',
      before: baseFacts(3),
      facts: stackFacts([flask(9), redis(), client()]),
      verdict: fail('1 of 3 replicas left', '0 of them left, 1 in all: the flask that is left is new', isNew('--force-recreate')),
    },
    {
      name: 'there were not more before',
      before: baseFacts(1),
      facts: baseFacts(1),
      verdict: fail(
        '1 of 1 replicas left',
        '1 of them left, 1 in all',
        'this step begins with more than 1: scale out first (docker compose up -d --scale flask=3), then scale in',
        { cause: 'the others were gone before this step began' },
      ),
    },
    {
      name: 'they stopped and are still there',
      before: baseFacts(3),
      facts: stackFacts([flask(1), flask(2, { state: 'exited' }), flask(3, { state: 'exited' })]),
      verdict: fail('1 of 3 replicas left', '3 of them left, 3 in all', scaleIn),
    },
    {
      name: 'they are on their way',
      before: baseFacts(3),
      facts: stackFacts([flask(1), flask(2, { state: 'removing' })]),
      verdict: wait('1 of 3 replicas left', '2 of them left, 2 in all', scaleIn),
    },
  ],
};
