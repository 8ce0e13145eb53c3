import { baseFacts, client, file, flask, frontFacts, image, nginx, redis, replica, stackFacts } from '../../fixtures/facts.ts';
import { type Cases, fail, pass, skip, wait } from '../../fixtures/told.ts';

const start = 'start the stack: docker compose up -d';

const noPorts =
  'take `ports:` away from that service: services find each other by name inside, and a fixed port stops it from being scaled';
const byNetworks = 'see `networks:` of that service in compose.yaml, then docker compose up -d';
const drawn = 'flask on backend, frontend; redis-server on backend; nginx on frontend';
const apart = 'keep nginx and redis-server on different networks in compose.yaml';
const conf = '/etc/nginx/conf.d/default.conf';
const addConf = `under \`volumes:\` of nginx: ./nginx/nginx.conf:${conf}:ro`;
const addLogs = 'under `volumes:` of nginx: ./var/log/nginx:/var/log/nginx';
const anew = 'make the container anew: docker compose up -d --force-recreate nginx';
const openPort = { containerPort: 5000, hostIp: '0.0.0.0', hostPort: 8000 };
const killed =
  'flask ignored SIGTERM and was killed after its grace of 10 s (exit code 137): as PID 1 a process that handles no signal gets none. `init: true` puts a small init in its place, and it stops at once.';

const withMount = (over: object) =>
  stackFacts([nginx({ mounts: [{ type: 'bind', source: '/x/nginx/nginx.conf', destination: conf, writable: false, ...over }] })]);
const mounted = (facts: object, inside: string, onHost: object = file('abc', 'aa')) => ({ ...facts, file: onHost, inside });
const logMount = (over: object) => ({
  ...stackFacts([
    nginx({ mounts: [{ type: 'bind', source: '/x/var/log/nginx', destination: '/var/log/nginx', writable: true, ...over }] }),
  ]),
  dir: '/x',
});
const reach = (resolved: readonly string[], reached: readonly object[], stack: object = frontFacts()) => ({
  ...stack,
  resolved,
  reached,
});
const at = (address: string, reached: boolean) => ({ address, reached });
const front = (published: readonly object[]) => ({
  ...stackFacts([nginx({ published: published as never })]),
  containerPort: 80,
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
    { name: 'all', facts: images({}), told: pass('redis:8.0, dig:1') },
    {
      name: 'the one that is built does not count',
      facts: { ...images({}), images: { ...images({}).images, flask: noId('flask-demo:latest') } },
      told: pass('redis:8.0, dig:1'),
    },
    {
      name: 'one is absent',
      facts: { ...images({}), images: { ...images({}).images, client: noId('dig:1') } },
      told: fail('redis:8.0, dig:1', 'absent: dig:1', 'docker compose pull --ignore-buildable'),
    },
    {
      name: 'none that is not built: that would prove nothing',
      facts: images({}, { images: { flask: image({ ref: 'flask-demo:latest' }) } }),
      told: fail('none', 'absent: none', 'docker compose pull --ignore-buildable'),
    },
  ],
  'flask-image-is-built': [
    { name: 'it is there', facts: images({}), told: pass('flask-demo:latest, 0123456789ab') },
    {
      name: 'it is not',
      facts: { ...images({}), images: { flask: noId('flask-demo:latest') } },
      told: fail('an image flask-demo:latest', 'no such image', 'docker compose build'),
    },
  ],
  'flask-image-is-from-its-dockerfile': [
    { name: 'it is', facts: images({}), told: pass("the image's history shows each of its instructions") },
    {
      name: 'the Dockerfile has changed since',
      facts: images({ history: history.slice(0, 2) }),
      told: fail(
        'the instructions of flask/Dockerfile in the history of flask-demo:latest',
        'not there: RUN pip install flask redis, COPY app.py ., CMD ["flask"]',
        'build it again: docker compose build flask',
      ),
    },
    {
      name: 'the service goes by another name',
      facts: images({ history: [] }, { services: { flask: 'web' } }),
      told: fail(
        'the instructions of flask/Dockerfile in the history of flask-demo:latest',
        'not there: WORKDIR /app, RUN pip install flask redis, COPY app.py .',
        'build it again: docker compose build web',
      ),
    },
    {
      name: 'there is no Dockerfile',
      facts: images({}, { dockerfile: { kind: 'absent' } }),
      told: fail(
        'the instructions of flask/Dockerfile in the history of flask-demo:latest',
        'there is no Dockerfile',
        'build it again: docker compose build flask',
      ),
    },
  ],

  'all-on-the-default-network': [
    { name: 'all', facts: baseFacts(), told: pass('flask on default; redis-server on default; client on default') },
    {
      name: 'one on another as well',
      facts: stackFacts([flask(1), redis(), replica({ ...client(), on: { default: '172.18.0.4', backend: '172.19.0.4' } })]),
      told: fail('flask on default; redis-server on default; client on default', 'client on backend, default', byNetworks),
    },
    {
      name: 'a network of another project, by its name on the engine',
      facts: stackFacts([
        flask(1),
        redis(),
        client({ networks: { bridge: { networkId: 'somewhere', address: '172.17.0.2', aliases: [] } } }),
      ]),
      told: fail('flask on default; redis-server on default; client on default', 'client on bridge', byNetworks),
    },
    {
      name: 'no container, and one on no network',
      facts: stackFacts([flask(1, { networks: {} }), redis()]),
      told: fail(
        'flask on default; redis-server on default; client on default',
        'flask on none; client has no container',
        byNetworks,
      ),
    },
  ],
  'networks-are-as-drawn': [
    { name: 'as drawn', facts: frontFacts(3), told: pass(drawn) },
    {
      name: 'nginx on the backend',
      facts: stackFacts([...frontFacts().replicas.slice(0, 2), replica({ ...nginx(), on: { backend: '172.18.0.9' } })]),
      told: fail(drawn, 'nginx on backend', byNetworks),
    },
    {
      name: 'all on one network',
      facts: baseFacts(),
      told: fail(drawn, 'flask on default; redis-server on default; nginx has no container', byNetworks),
    },
  ],

  'no-port-is-published': [
    { name: 'none', facts: baseFacts(3), told: pass('no port of flask, redis-server, client') },
    {
      name: 'flask publishes one',
      facts: stackFacts([flask(1, { published: [openPort, openPort] }), redis(), client()]),
      told: fail('no port published by flask, redis-server, client', 'flask 0.0.0.0:8000→5000', noPorts),
    },
    {
      name: 'flask publishes one, and client is not there',
      facts: stackFacts([flask(1, { published: [openPort] }), redis()]),
      told: fail('no port published by flask, redis-server, client', 'flask 0.0.0.0:8000→5000', noPorts),
    },
    {
      name: 'one is not there',
      facts: stackFacts([flask(1), redis()]),
      told: fail('client running, with no port published', 'no container of client', start),
    },
  ],
  'only-nginx-is-published': [
    {
      name: 'only nginx',
      facts: stackFacts([flask(1), redis(), nginx({ published: [openPort] })]),
      told: pass('no port of flask, redis-server'),
    },
    {
      name: 'redis too',
      facts: stackFacts([flask(1), redis({ published: [{ containerPort: 6379, hostIp: '::', hostPort: 6379 }] })]),
      told: fail('no port published by flask, redis-server', 'redis-server :::6379→6379', noPorts),
    },
  ],
  'nginx-publishes-its-port': [
    {
      name: 'on loopback',
      facts: front([{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 8000 }]),
      told: pass('127.0.0.1:8000→80'),
    },
    {
      name: 'nothing',
      facts: front([]),
      told: fail('port 80 of nginx published', 'nothing is published', 'give nginx a line under `ports:`, such as "8000:80"'),
    },
    {
      name: 'another port',
      facts: front([{ containerPort: 443, hostIp: '127.0.0.1', hostPort: 8000 }]),
      told: fail('port 80 of nginx published', '127.0.0.1:8000→443', 'give nginx a line under `ports:`, such as "8000:80"'),
    },
    {
      name: 'it does not run',
      facts: { ...stackFacts([nginx({ ...exited(), published: [openPort] })]), containerPort: 80 },
      told: fail('port 80 of nginx published', 'nothing is published', 'give nginx a line under `ports:`, such as "8000:80"'),
    },
  ],

  'nginx-cannot-resolve-redis': [
    { name: 'it cannot', facts: reach([], [at('172.18.0.3', false)]), told: pass('no address for redis-server') },
    {
      name: 'it can',
      facts: reach(['172.18.0.3'], [at('172.18.0.3', false)]),
      told: fail('no address for redis-server, asked in nginx', '172.18.0.3', apart),
    },
    {
      name: "the site's own DNS knows that word, and means something else",
      facts: reach(['203.0.113.7'], [at('172.18.0.3', false)]),
      told: pass('no address for redis-server'),
    },
    {
      name: 'redis does not run: no proof',
      facts: reach([], [], stackFacts([nginx()])),
      told: fail('redis-server running', 'no running container of redis-server', start),
    },
    {
      name: 'redis has ended: no proof either',
      facts: reach([], [], stackFacts([nginx(), redis(exited())])),
      told: fail('redis-server running', 'no running container of redis-server', start),
    },
    {
      name: 'nginx does not run: nothing was tried',
      facts: reach([], [], stackFacts([redis()])),
      told: fail('nginx running', 'no running container of nginx', start),
    },
  ],
  'nginx-cannot-reach-redis': [
    { name: 'it cannot', facts: reach([], [at('172.18.0.3', false)]), told: pass('no connection to 172.18.0.3:6379') },
    {
      name: 'it can, at one of two addresses',
      facts: reach([], [at('172.18.0.3', false), at('172.19.0.3', true)]),
      told: fail('no connection from nginx to redis-server', 'connected to 172.19.0.3:6379', apart),
    },
    {
      name: 'there was no address to try',
      facts: reach([], []),
      told: fail('no connection from nginx to redis-server', 'redis-server has no address to try', apart),
    },
    {
      name: 'redis does not run: no proof',
      facts: reach([], [], stackFacts([nginx(), redis(exited())])),
      told: fail('redis-server running', 'no running container of redis-server', start),
    },
  ],

  'conf-is-mounted-read-only': [
    { name: 'it is', facts: mounted(withMount({}), 'aa'), told: pass(`at ${conf}, read-only`) },
    {
      name: 'writable',
      facts: mounted(withMount({ writable: true }), 'aa'),
      told: fail(`a read-only bind mount at ${conf} of nginx`, 'a writable bind mount', addConf),
    },
    {
      name: 'a volume',
      facts: mounted(withMount({ type: 'volume' }), 'aa'),
      told: fail(`a read-only bind mount at ${conf} of nginx`, 'a volume', addConf),
    },
    {
      name: 'somewhere else',
      facts: mounted(withMount({ destination: '/etc/nginx/nginx.conf' }), 'aa'),
      told: fail(`a read-only bind mount at ${conf} of nginx`, 'nothing is mounted there', addConf),
    },
  ],
  'conf-is-the-same-file': [
    { name: 'it is', facts: mounted(withMount({}), 'aa'), told: pass('3 bytes, the same') },
    {
      name: 'an editor has replaced it',
      facts: mounted(withMount({}), 'bb'),
      told: fail(
        'the bytes of nginx/nginx.conf',
        'nginx reads something else: the file was replaced after the container was made',
        anew,
      ),
    },
    {
      name: 'nothing inside',
      facts: mounted(withMount({}), ''),
      told: fail('the bytes of nginx/nginx.conf', `nginx reads nothing at ${conf}`, anew),
    },
    {
      name: 'a folder on the host',
      facts: mounted(withMount({}), '', { kind: 'not-a-file' }),
      told: fail('the bytes of nginx/nginx.conf', 'nginx/nginx.conf on the host is no plain file', anew),
    },
  ],
  'log-folder-is-mounted': [
    { name: 'it is', facts: logMount({}), told: pass('mounted, writable') },
    {
      name: 'another folder',
      facts: logMount({ source: '/x/logs' }),
      told: fail('a bind mount of var/log/nginx at /var/log/nginx', 'bind /x/logs', addLogs),
    },
    {
      name: "the host's own folder of that name",
      facts: logMount({ source: '/var/log/nginx' }),
      told: fail('a bind mount of var/log/nginx at /var/log/nginx', 'bind /var/log/nginx', addLogs),
    },
    {
      name: 'below the folder of a virtual machine',
      facts: logMount({ source: '/host_mnt/x/var/log/nginx' }),
      told: pass('mounted, writable'),
    },
    {
      name: 'a volume',
      facts: logMount({ type: 'volume', source: 'p_logs' }),
      told: fail('a bind mount of var/log/nginx at /var/log/nginx', 'volume p_logs', addLogs),
    },
    {
      name: 'read-only',
      facts: logMount({ writable: false }),
      told: fail('a bind mount of var/log/nginx at /var/log/nginx', 'bind /x/var/log/nginx', addLogs),
    },
    {
      name: 'nothing',
      facts: { ...stackFacts([nginx()]), dir: '/x' },
      told: fail('a bind mount of var/log/nginx at /var/log/nginx', 'nothing is mounted there', addLogs),
    },
  ],

  'flask-started-before-nginx': [
    { name: 'it was', facts: frontFacts(), told: pass('flask at 08:00:01.500, nginx at 08:00:02.500') },
    {
      name: 'nanoseconds decide',
      facts: stackFacts([
        flask(1, { startedAt: '2026-01-01T08:00:01.000000001Z' }),
        nginx({ startedAt: '2026-01-01T08:00:01.00000001Z' }),
      ]),
      told: pass('flask at 08:00:01.000, nginx at 08:00:01.000'),
    },
    {
      name: 'a whole second has no fraction',
      facts: stackFacts([flask(1, { startedAt: '2026-01-01T08:00:01Z' }), nginx({ startedAt: '2026-01-01T08:00:01.1Z' })]),
      told: pass('flask at 08:00:01.000, nginx at 08:00:01.100'),
    },
    {
      name: 'nginx was first',
      facts: stackFacts([flask(3), nginx()]),
      told: fail(
        'flask started before nginx',
        'nginx at 08:00:02.500, flask at 08:00:03.500',
        'give nginx a line `depends_on: [flask]`',
      ),
    },
    {
      name: 'at the same time is not before',
      facts: stackFacts([flask(2), nginx()]),
      told: fail(
        'flask started before nginx',
        'nginx at 08:00:02.500, flask at 08:00:02.500',
        'give nginx a line `depends_on: [flask]`',
      ),
    },
    {
      name: 'nginx does not run',
      facts: stackFacts([flask(1)]),
      told: fail('nginx running', 'no running container of nginx', start),
    },
  ],
  'nginx-was-not-restarted': [
    {
      name: 'older than the youngest',
      facts: frontFacts(3),
      told: pass('nginx since 08:00:02.500, the youngest flask since 08:00:03.500'),
    },
    {
      name: 'younger than all',
      facts: stackFacts([flask(1), flask(2), flask(3), nginx({ startedAt: '2026-01-01T08:00:09.5Z' })]),
      told: fail(
        'nginx started before the youngest flask',
        'nginx started at 08:00:09.500, the youngest flask at 08:00:03.500',
        'scale before you restart nginx: docker compose up -d --scale flask=3',
      ),
    },
    {
      name: 'flask does not run',
      facts: stackFacts([nginx()]),
      told: fail('flask running', 'no running container of flask', start),
    },
  ],

  'all-containers-exited': [
    {
      name: 'all',
      facts: stackFacts([flask(1, exited(0)), redis(exited(0)), client(exited(143))]),
      told: pass('3 stopped: flask (0), redis-server (0), client (143)'),
    },
    {
      name: 'one was killed, and it is told why',
      facts: stackFacts([flask(1, { ...exited(137), init: false }), flask(2, { ...exited(137), init: false }), redis(exited(0))]),
      told: pass('3 stopped: flask ×2 (137), redis-server (0)', { note: killed }),
    },
    {
      name: 'one with an init was killed: that remedy it has',
      facts: stackFacts([flask(1, exited(137)), redis(exited(0))]),
      told: pass('2 stopped: flask (137), redis-server (0)'),
    },
    {
      name: 'one ran out of memory, which is something else',
      facts: stackFacts([flask(1, { ...exited(137), outOfMemory: true })]),
      told: pass('1 stopped: flask (137)'),
    },
    {
      name: 'two go on',
      facts: stackFacts([flask(1, exited(0)), redis(), client({ state: 'paused' })]),
      told: fail('every container stopped, none removed', 'redis-server running, client paused', 'docker compose stop'),
    },
    {
      name: 'all are removed',
      facts: stackFacts([]),
      told: fail(
        'every container stopped, none removed',
        'no container is left',
        'bring them back and stop them: docker compose up -d, then docker compose stop',
      ),
    },
  ],
  'containers-are-gone': [
    { name: 'they are', facts: stackFacts([]), told: pass('none left') },
    {
      name: 'they have stopped',
      facts: stackFacts([flask(1, exited(0)), redis(exited(0))]),
      told: fail('no container of this project', 'flask exited, redis-server exited', 'docker compose rm'),
    },
    {
      name: 'one runs',
      facts: stackFacts([flask(1, exited(0)), redis()]),
      told: fail(
        'no container of this project',
        'flask exited, redis-server running',
        'stop them first: docker compose stop, then docker compose rm',
      ),
    },
    {
      name: 'the last is on its way',
      facts: stackFacts([flask(1, { state: 'removing' })]),
      told: wait('no container of this project', 'flask removing', 'docker compose rm'),
    },
    {
      name: 'one is on its way, another is not',
      facts: stackFacts([flask(1, { state: 'removing' }), redis(exited(0))]),
      told: fail('no container of this project', 'flask removing, redis-server exited', 'docker compose rm'),
    },
  ],
  'network-is-still-there': [
    {
      name: 'it is',
      facts: stackFacts([]),
      told: pass('p_default, p_backend, p_frontend', {
        note: '`rm` removes containers only; `docker compose down` removes the network too',
      }),
    },
    {
      name: '`down` took it',
      facts: stackFacts([], { networks: [] }),
      told: fail(
        'the network that `up` made',
        'no network of this project',
        '`down` removes networks too; here `stop` and `rm` are asked for',
      ),
    },
  ],
  'networks-are-gone': [
    { name: 'they are', facts: stackFacts([], { networks: [] }), told: pass('none left') },
    {
      name: 'they are not',
      facts: stackFacts([]),
      told: fail(
        'no network of this project',
        'p_default, p_backend, p_frontend',
        'docker compose down; if a network is in use, another container still sits on it',
      ),
    },
  ],
  'logs-are-still-on-the-host': [
    { name: 'they are', facts: { path: 'var/access.log', file: file('a\nb\n') }, told: pass('var/access.log: 2 lines') },
    {
      name: 'empty',
      facts: { path: 'var/access.log', file: file('\n') },
      told: fail('lines in var/access.log on the host', 'it is empty', 'mount the folder: ./var/access.log'),
    },
    {
      name: 'no file',
      facts: { path: 'var/access.log', file: { kind: 'absent' } },
      told: fail('lines in var/access.log on the host', 'no plain file there', 'mount the folder: ./var/access.log'),
    },
    {
      name: 'a link that a container put there',
      facts: { path: 'var/access.log', file: { kind: 'not-a-file' } },
      told: fail('lines in var/access.log on the host', 'no plain file there', 'mount the folder: ./var/access.log'),
    },
    {
      name: 'too large to tell',
      facts: { path: 'var/access.log', file: { kind: 'too-large' } },
      told: skip('var/access.log is too large to read'),
    },
  ],
};
