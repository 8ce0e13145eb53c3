import { type Cases, fail, pass, wait } from '../../../fixtures/english-verdict.ts';
import { baseFacts, client, file, flask, frontFacts, image, nginx, redis, replica, stackFacts } from '../../../fixtures/facts.ts';

const start = 'start the stack: docker compose up -d';

const dependsOn = 'give nginx a line `depends_on: [flask]`; where it has one: docker compose restart nginx';
const noPorts =
  'remove `ports:` from that service: services find each other by name inside, and a fixed port stops it from being scaled';
const byNetworks = (services: string) =>
  `see \`networks:\` of ${services} in compose.yaml, then docker compose up -d --force-recreate`;
const drawn = 'flask on backend, frontend; redis-server on backend; nginx on frontend';
const apart = 'keep nginx and redis-server on different networks in compose.yaml';
const openPort = { containerPort: 5000, hostIp: '0.0.0.0', hostPort: 8000 };
const down = 'docker compose down; for a service that compose.yaml no longer has: docker compose down --remove-orphans';
const notDeleted =
  '`down` leaves files of the host alone: was it deleted, or var never mounted? Mount it, start the stack, send a request, and run `down` again';
const killed =
  'flask ignored SIGTERM and was killed after 10 s (exit code 137): as PID 1, a process without a signal handler ignores SIGTERM. With `init: true` a small init process is PID 1, and the program stops at once.';

const reach = (resolved: readonly string[], reached: readonly object[], stack: object = frontFacts()) => ({
  ...stack,
  resolved,
  reached,
});
const at = (address: string, reached: boolean) => ({ address, reached });
/** The second stack on these networks of the project. */
const onTiers = (on: Readonly<Record<'flask' | 'redis' | 'nginx', readonly string[]>>) => {
  const at = (keys: readonly string[]) => Object.fromEntries(keys.map((key, index) => [key, `172.${20 + index}.0.2`]));
  const keys = [...new Set(Object.values(on).flat())];
  return stackFacts(
    [
      replica({ ...flask(1), on: at(on.flask) }),
      replica({ ...redis(), on: at(on.redis) }),
      replica({ ...nginx(), on: at(on.nginx) }),
    ],
    { networks: keys.map((key) => ({ id: `id-of-${key}`, name: `p_${key}`, key, internal: false })) },
  );
};
const front = (published: readonly object[]) => ({
  ...stackFacts([nginx({ published: published as never })]),
  containerPort: 80,
  hostPort: 9000,
});
const exited = (exitCode = 0) => ({ state: 'exited', exitCode }) as const;

const history = [
  '/bin/sh -c #(nop) ADD file:1 in /',
  'WORKDIR /app',
  'RUN /bin/sh -c pip install flask   redis # buildkit',
  'COPY app.py . # buildkit',
  'CMD ["flask"]',
];
const dockerfile = file('FROM python:3.13\nWORKDIR /app\nRUN pip install flask \\\n    redis\nCOPY app.py .\nCMD ["flask"]\n');
const images = (flaskImage: object, over: object = {}) => ({
  services: { flask: 'flask', redis: 'redis-server', client: 'client' },
  images: {
    flask: image({ ref: 'flask-demo:latest', history, ...flaskImage }),
    redis: image({ ref: 'redis:8.0' }),
    client: image({ ref: 'dig:1' }),
  },
  dockerfile,
  ...over,
});
const noId = (ref: string) => {
  const { id: _, ...absent } = image({ ref });
  return absent;
};

export const stack: Cases = {
  'images-are-present': [
    { name: 'all', facts: images({}), verdict: pass('redis:8.0, dig:1') },
    {
      name: 'the one that is built does not count',
      facts: { ...images({}), images: { ...images({}).images, flask: noId('flask-demo:latest') } },
      verdict: pass('redis:8.0, dig:1'),
    },
    {
      name: 'one is absent',
      facts: { ...images({}), images: { ...images({}).images, client: noId('dig:1') } },
      verdict: fail('redis:8.0, dig:1', 'absent: dig:1', 'docker compose pull --ignore-buildable'),
    },
    {
      name: 'none that is not built: that would prove nothing',
      facts: images({}, { images: { flask: image({ ref: 'flask-demo:latest' }) } }),
      verdict: fail('none', 'absent: none', 'docker compose pull --ignore-buildable'),
    },
  ],
  'flask-image-is-built': [
    { name: 'it is there', facts: images({}), verdict: pass('flask-demo:latest, 0123456789ab') },
    {
      name: 'it is not',
      facts: { ...images({}), images: { flask: noId('flask-demo:latest') } },
      verdict: fail('an image flask-demo:latest', 'no such image', 'docker compose build'),
    },
  ],
  'flask-image-is-from-its-dockerfile': [
    { name: 'it is', facts: images({}), verdict: pass("the image's history shows each of its instructions") },
    {
      name: 'the Dockerfile has changed since',
      facts: images({ history: history.slice(0, 2) }),
      verdict: fail(
        'the instructions of flask/Dockerfile in the history of flask-demo:latest',
        'not there: RUN pip install flask redis, COPY app.py ., CMD ["flask"]',
        'build it again: docker compose build flask',
      ),
    },
    {
      name: 'the service has another name',
      facts: images({ history: [] }, { services: { flask: 'web' } }),
      verdict: fail(
        'the instructions of flask/Dockerfile in the history of flask-demo:latest',
        'not there: WORKDIR /app, RUN pip install flask redis, COPY app.py .',
        'build it again: docker compose build web',
      ),
    },
    {
      name: 'there is no Dockerfile',
      facts: images({}, { dockerfile: { kind: 'absent' } }),
      verdict: fail(
        'the instructions of flask/Dockerfile in the history of flask-demo:latest',
        'there is no Dockerfile',
        'build it again: docker compose build flask',
      ),
    },
  ],

  'all-on-the-default-network': [
    {
      name: 'all, on a network with another name',
      facts: stackFacts([flask(1), redis(), client()].map((one) => replica({ ...one, on: { backend: '172.18.0.2' } }))),
      verdict: pass('flask on backend; redis-server on backend; client on backend'),
    },
    {
      name: "all, on a network that is not the project's",
      facts: stackFacts(
        [flask(1), redis(), client()].map((one) =>
          replica({ ...one, networks: { bridge: { networkId: 'somewhere', address: '172.17.0.2', aliases: [] } } }),
        ),
      ),
      verdict: fail(
        'flask on default; redis-server on default; client on default',
        'flask on bridge; redis-server on bridge; client on bridge',
        byNetworks('flask, redis-server, client'),
      ),
    },
    { name: 'all', facts: baseFacts(), verdict: pass('flask on default; redis-server on default; client on default') },
    {
      name: 'one on another as well',
      facts: stackFacts([flask(1), redis(), replica({ ...client(), on: { default: '172.18.0.4', backend: '172.19.0.4' } })]),
      verdict: fail(
        'flask on default; redis-server on default; client on default',
        'client on backend, default',
        byNetworks('client'),
      ),
    },
    {
      name: 'a network of another project, by its name on the engine',
      facts: stackFacts([
        flask(1),
        redis(),
        client({ networks: { bridge: { networkId: 'somewhere', address: '172.17.0.2', aliases: [] } } }),
      ]),
      verdict: fail('flask on default; redis-server on default; client on default', 'client on bridge', byNetworks('client')),
    },
    {
      name: 'no container, and one on no network',
      facts: stackFacts([flask(1, { networks: {} }), redis()]),
      verdict: fail(
        'flask on default; redis-server on default; client on default',
        'flask on none; client has no container',
        byNetworks('flask, client'),
      ),
    },
  ],
  'networks-are-as-drawn': [
    { name: 'as drawn', facts: frontFacts(3), verdict: pass(drawn) },
    {
      name: 'as drawn, under other names',
      facts: onTiers({ flask: ['back-tier', 'front-tier'], redis: ['back-tier'], nginx: ['front-tier'] }),
      verdict: pass('flask on back-tier, front-tier; redis-server on back-tier; nginx on front-tier'),
    },
    {
      name: 'as drawn, with the names the other way round',
      facts: onTiers({ flask: ['backend', 'frontend'], redis: ['frontend'], nginx: ['backend'] }),
      verdict: pass('flask on backend, frontend; redis-server on frontend; nginx on backend'),
    },
    {
      name: 'other names, and all on one network as well',
      facts: onTiers({
        flask: ['back-tier', 'front-tier'],
        redis: ['back-tier', 'front-tier'],
        nginx: ['front-tier'],
      }),
      verdict: fail(
        `${drawn} (the networks may have other names)`,
        'flask on back-tier, front-tier; redis-server on back-tier, front-tier; nginx on front-tier',
        byNetworks('flask, redis-server, nginx'),
      ),
    },
    {
      name: 'a network that flask does not share',
      facts: onTiers({ flask: ['backend', 'data', 'frontend'], redis: ['data'], nginx: ['frontend'] }),
      verdict: fail(drawn, 'flask on backend, data, frontend; redis-server on data', byNetworks('flask, redis-server')),
    },
    {
      name: 'one of three replicas is not on the backend',
      facts: {
        ...frontFacts(3),
        replicas: frontFacts(3).replicas.map((one) =>
          one.id === 'id-f3' ? replica({ ...one, on: { frontend: '172.19.0.13' } }) : one,
        ),
      },
      verdict: fail(drawn, 'flask on frontend', byNetworks('flask')),
    },
    {
      name: 'nginx on the backend',
      facts: stackFacts([...frontFacts().replicas.slice(0, 2), replica({ ...nginx(), on: { backend: '172.18.0.9' } })]),
      verdict: fail(drawn, 'nginx on backend', byNetworks('nginx')),
    },
    {
      name: 'all on one network',
      facts: baseFacts(),
      verdict: fail(
        drawn,
        'flask on default; redis-server on default; nginx has no container',
        byNetworks('flask, redis-server, nginx'),
      ),
    },
  ],

  'no-port-is-published': [
    { name: 'none', facts: baseFacts(3), verdict: pass('no port of flask, redis-server, client') },
    {
      name: 'flask publishes one',
      facts: stackFacts([flask(1, { published: [openPort, openPort] }), redis(), client()]),
      verdict: fail('no port published by flask, redis-server, client', 'flask 0.0.0.0:8000→5000', noPorts),
    },
    {
      name: 'flask publishes one, and client is not there',
      facts: stackFacts([flask(1, { published: [openPort] }), redis()]),
      verdict: fail('no port published by flask, redis-server, client', 'flask 0.0.0.0:8000→5000', noPorts),
    },
    {
      name: 'one is not there',
      facts: stackFacts([flask(1), redis()]),
      verdict: fail('client running, with no port published', 'no container of client', start),
    },
  ],
  'only-nginx-is-published': [
    {
      name: 'only nginx',
      facts: stackFacts([flask(1), redis(), nginx({ published: [openPort] })]),
      verdict: pass('no port of flask, redis-server'),
    },
    {
      name: 'redis too',
      facts: stackFacts([flask(1), redis({ published: [{ containerPort: 6379, hostIp: '::', hostPort: 6379 }] })]),
      verdict: fail('no port published by flask, redis-server', 'redis-server :::6379→6379', noPorts),
    },
  ],
  'nginx-publishes-its-port': [
    {
      name: 'on loopback',
      facts: front([{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 8000 }]),
      verdict: pass('127.0.0.1:8000→80'),
    },
    {
      name: 'nothing',
      facts: front([]),
      verdict: fail('port 80 of nginx published', 'nothing is published', 'give nginx a line under `ports:`, such as "9000:80"'),
    },
    {
      name: 'another port',
      facts: front([{ containerPort: 443, hostIp: '127.0.0.1', hostPort: 8000 }]),
      verdict: fail('port 80 of nginx published', '127.0.0.1:8000→443', 'give nginx a line under `ports:`, such as "9000:80"'),
    },
    {
      name: 'it runs, and does not listen yet',
      facts: { ...front([{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 8000 }]), silentMs: 100 },
      verdict: wait(
        'nginx listens on the port that is published',
        '127.0.0.1:8000→80, but nginx listens on no port yet',
        'read its log: docker compose logs nginx',
      ),
    },
    {
      name: 'it does not run',
      facts: { ...stackFacts([nginx({ ...exited(), published: [openPort] })]), containerPort: 80, hostPort: 9000 },
      verdict: fail('port 80 of nginx published', 'nothing is published', 'give nginx a line under `ports:`, such as "9000:80"'),
    },
  ],

  'nginx-cannot-resolve-redis': [
    { name: 'it cannot', facts: reach([], [at('172.18.0.3', false)]), verdict: pass('no address for redis-server') },
    {
      name: 'it can',
      facts: reach(['172.18.0.3'], [at('172.18.0.3', false)]),
      verdict: fail('no address for redis-server, asked in nginx', '172.18.0.3', apart),
    },
    {
      name: "the site's own DNS knows that word, and means something else",
      facts: reach(['203.0.113.7'], [at('172.18.0.3', false)]),
      verdict: pass('no address for redis-server'),
    },
    {
      name: 'redis does not run: no proof',
      facts: reach([], [], stackFacts([nginx()])),
      verdict: fail('redis-server running', 'no running container of redis-server', start),
    },
    {
      name: 'redis has ended: no proof either',
      facts: reach([], [], stackFacts([nginx(), redis(exited())])),
      verdict: fail('redis-server running', 'no running container of redis-server', start),
    },
    {
      name: 'nginx does not run: nothing was tried',
      facts: reach([], [], stackFacts([redis()])),
      verdict: fail('nginx running', 'no running container of nginx', start),
    },
  ],
  'nginx-cannot-reach-redis': [
    { name: 'it cannot', facts: reach([], [at('172.18.0.3', false)]), verdict: pass('no connection to 172.18.0.3:6379') },
    {
      name: 'it can, at one of two addresses',
      facts: reach([], [at('172.18.0.3', false), at('172.19.0.3', true)]),
      verdict: fail('no connection from nginx to redis-server', 'connected to 172.19.0.3:6379', apart),
    },
    {
      name: 'there was no address to try',
      facts: reach([], []),
      verdict: fail('no connection from nginx to redis-server', 'redis-server has no address to try', apart),
    },
    {
      name: 'redis does not run: no proof',
      facts: reach([], [], stackFacts([nginx(), redis(exited())])),
      verdict: fail('redis-server running', 'no running container of redis-server', start),
    },
  ],

  'flask-started-before-nginx': [
    { name: 'it was', facts: frontFacts(), verdict: pass('flask at 08:00:01.500, nginx at 08:00:02.500') },
    {
      name: 'nanoseconds decide',
      facts: stackFacts([
        flask(1, { startedAt: '2026-01-01T08:00:01.000000001Z' }),
        nginx({ startedAt: '2026-01-01T08:00:01.00000001Z' }),
      ]),
      verdict: pass('flask at 08:00:01.000, nginx at 08:00:01.000'),
    },
    {
      name: 'a whole second has no fraction',
      facts: stackFacts([flask(1, { startedAt: '2026-01-01T08:00:01Z' }), nginx({ startedAt: '2026-01-01T08:00:01.1Z' })]),
      verdict: pass('flask at 08:00:01.000, nginx at 08:00:01.100'),
    },
    {
      name: 'nginx was first',
      facts: stackFacts([flask(3), nginx()]),
      verdict: fail('flask started before nginx', 'nginx at 08:00:02.500, flask at 08:00:03.500', dependsOn),
    },
    {
      name: 'at the same time is not before',
      facts: stackFacts([flask(2), nginx()]),
      verdict: fail('flask started before nginx', 'nginx at 08:00:02.500, flask at 08:00:02.500', dependsOn),
    },
    {
      name: 'nginx does not run',
      facts: stackFacts([flask(1)]),
      verdict: fail('nginx running', 'no running container of nginx', start),
    },
  ],
  'nginx-was-not-restarted': [
    {
      name: 'nginx has ended with an error',
      facts: stackFacts([flask(1), nginx(exited(1))]),
      verdict: fail('nginx running', 'no running container of nginx', 'see why it does not run: docker compose logs nginx'),
    },
    {
      name: 'older than the youngest',
      facts: frontFacts(3),
      verdict: pass('nginx since 08:00:02.500, the youngest flask since 08:00:03.500'),
    },
    {
      name: 'younger than all',
      facts: stackFacts([flask(1), flask(2), flask(3), nginx({ startedAt: '2026-01-01T08:00:09.5Z' })]),
      verdict: fail(
        'nginx started before the youngest flask',
        'nginx started at 08:00:09.500, the youngest flask at 08:00:03.500',
        'in this step nginx is left alone. Once more: docker compose up -d --scale flask=1, docker compose restart nginx, docker compose up -d --scale flask=3',
      ),
    },
    {
      name: 'flask does not run',
      facts: stackFacts([nginx()]),
      verdict: fail('flask running', 'no running container of flask', start),
    },
  ],

  'all-containers-exited': [
    {
      name: 'all',
      facts: stackFacts([flask(1, exited(0)), redis(exited(0)), client(exited(143))]),
      verdict: pass('3 stopped: flask (0), redis-server (0), client (143)'),
    },
    {
      name: 'one was killed, with the reason',
      facts: stackFacts([flask(1, { ...exited(137), init: false }), flask(2, { ...exited(137), init: false }), redis(exited(0))]),
      verdict: pass('3 stopped: flask ×2 (137), redis-server (0)', { note: killed }),
    },
    {
      name: 'one with an init was killed: that remedy it has',
      facts: stackFacts([flask(1, exited(137)), redis(exited(0))]),
      verdict: pass('2 stopped: flask (137), redis-server (0)'),
    },
    {
      name: 'one ran out of memory, which is something else',
      facts: stackFacts([flask(1, { ...exited(137), outOfMemory: true })]),
      verdict: pass('1 stopped: flask (137)'),
    },
    {
      name: 'two go on',
      facts: stackFacts([flask(1, exited(0)), redis(), client({ state: 'paused' })]),
      verdict: fail('every container stopped, none removed', 'redis-server running, client paused', 'docker compose stop'),
    },
    {
      name: 'one never started, which no stop changes',
      facts: stackFacts([flask(1, { state: 'created' }), redis(exited(0))]),
      verdict: fail(
        'every container stopped, none removed',
        'flask created',
        'one that never started can not be stopped; start it, then stop all: docker compose up -d, then docker compose stop',
      ),
    },
    {
      name: 'all are removed',
      facts: stackFacts([]),
      verdict: fail(
        'every container stopped, none removed',
        'no container is left',
        'start the stack and stop it again: docker compose up -d, then docker compose stop',
      ),
    },
  ],
  'containers-are-gone': [
    { name: 'they are', facts: stackFacts([]), verdict: pass('none left') },
    {
      name: 'they have stopped',
      facts: stackFacts([flask(1, exited(0)), redis(exited(0))]),
      verdict: fail('no container of the project p', 'flask exited, redis-server exited', 'docker compose rm'),
    },
    {
      name: 'one runs',
      facts: stackFacts([flask(1, exited(0)), redis()]),
      verdict: fail(
        'no container of the project p',
        'flask exited, redis-server running',
        'stop them first: docker compose stop, then docker compose rm',
      ),
    },
    {
      name: 'the last is on its way',
      facts: stackFacts([flask(1, { state: 'removing' })]),
      verdict: wait('no container of the project p', 'flask removing', 'docker compose rm'),
    },
    {
      name: 'one is on its way, another is not',
      facts: stackFacts([flask(1, { state: 'removing' }), redis(exited(0))]),
      verdict: fail('no container of the project p', 'flask removing, redis-server exited', 'docker compose rm'),
    },
  ],
  'nginx/down/containers-are-gone': [
    { name: 'they are', facts: stackFacts([]), verdict: pass('none left') },
    {
      name: 'they have stopped',
      facts: stackFacts([flask(1, exited(0)), redis(exited(0))]),
      verdict: fail('no container of the project p', 'flask exited, redis-server exited', down),
    },
    {
      name: 'one runs',
      facts: stackFacts([redis()]),
      verdict: fail('no container of the project p', 'redis-server running', down),
    },
    {
      name: 'the last is on its way',
      facts: stackFacts([flask(1, { state: 'removing' })]),
      verdict: wait('no container of the project p', 'flask removing', down),
    },
  ],
  'network-is-still-there': [
    {
      name: 'it is',
      facts: stackFacts([]),
      verdict: pass('p_default, p_backend, p_frontend', {
        note: '`rm` removes containers only; `down` removes the network too',
      }),
    },
    {
      name: '`down` took it',
      facts: stackFacts([], { networks: [] }),
      verdict: fail(
        'the network that `up` made',
        'no network of this project',
        '`down` removes networks too; this step uses `stop` and `rm`',
      ),
    },
  ],
  'networks-are-gone': [
    { name: 'they are', facts: stackFacts([], { networks: [] }), verdict: pass('none left') },
    {
      name: 'they are not',
      facts: stackFacts([]),
      verdict: fail(
        'no network of the project p',
        'p_default, p_backend, p_frontend',
        'docker compose down; if it is in use, see which container is still connected to it: docker network inspect p_default p_backend p_frontend',
      ),
    },
  ],
  'logs-are-still-on-the-host': [
    { name: 'they are', facts: { path: 'var/access.log', file: file('a\nb\n') }, verdict: pass('var/access.log: 2 lines') },
    {
      name: 'empty',
      facts: { path: 'var/access.log', file: file('\n') },
      verdict: fail('lines in var/access.log on the host', 'it is empty', notDeleted),
    },
    {
      name: 'no file',
      facts: { path: 'var/access.log', file: { kind: 'absent' } },
      verdict: fail('lines in var/access.log on the host', 'no plain file there', notDeleted),
    },
    {
      name: 'a link that a container put there',
      facts: { path: 'var/access.log', file: { kind: 'not-a-file' } },
      verdict: fail('lines in var/access.log on the host', 'no plain file there', notDeleted),
    },
    {
      name: 'so long that only its end was read',
      facts: { path: 'var/access.log', file: { ...file('one\ntwo\n'), size: 5_000_000 } },
      verdict: pass('var/access.log: more than 2 lines'),
    },
  ],
};
