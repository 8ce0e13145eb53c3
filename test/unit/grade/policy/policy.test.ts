import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownVolume } from '../../../../src/grade/policy/mounts.ts';
import { judgePolicy } from '../../../../src/grade/policy/policy.ts';
import type { NormalService } from '../../../../src/grade/policy/sanitized-stack.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { allowed, bare, built, judged, refused, rules, web } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

/** What the policy permits, in its normalized form. */

test("the tutorial's own nginx stack: unchanged, with remarks on ignored keys", async () => {
  const result = await judged({}, join(assets, 'compose-scale', 'nginx'));
  assert.ok(result.ok);
  const { flask, nginx, ...others } = result.stack.services;
  assert.equal(others, { 'redis-server': bare({ image: 'redis:8.0', networks: { backend: { aliases: [] } } }) });
  assert.equal(nginx, {
    ...bare({ networks: { frontend: { aliases: [] } }, dependsOn: { flask: 'service_started' } }),
    mounts: [
      { type: 'bind', source: 'nginx/nginx.conf', target: '/etc/nginx/conf.d/default.conf', readOnly: true },
      { type: 'bind', source: 'var/log/nginx', target: '/var/log/nginx', readOnly: false },
    ],
    ports: [{ hostIp: '127.0.0.1', hostPort: 8000, containerPort: 80 }],
  });
  assert.equal([flask?.build?.context, flask?.build?.dockerfile, flask?.image], ['flask', 'Dockerfile', undefined]);
  assert.equal(flask?.networks, { backend: { aliases: [] }, frontend: { aliases: [] } });
  assert.equal(result.stack.networks, { backend: { internal: false }, frontend: { internal: false } });
  assert.equal(
    result.notes.map(({ code, service, place }) => [code, service, place?.line, place?.column]),
    [
      ['init', 'flask', 6, 5],
      ['init', 'redis-server', 13, 5],
      ['ports', 'nginx', 18, 5],
    ],
  );
});

test('the stack as courses have used it since 2021', async () => {
  const { stack, notes } = await allowed({
    'compose.yaml': `version: "3.8"

services:
  flask:
    build:
      context: ./flask
      dockerfile: Dockerfile
    image: flask-demo:latest
    environment:
      - REDIS_HOST=redis-server
    networks:
      - backend
      - frontend
  redis-server:
    image: redis:latest
    networks:
      - backend
  nginx:
    image: nginx:stable-alpine
    ports:
      - 8000:80
    depends_on:
      - flask
    volumes:
      - ./nginx/nginx.conf:/etc/nginx/conf.d/default.conf:ro
      - ./var/log/nginx:/var/log/nginx
    networks:
      - frontend

networks:
  backend:
  frontend:
`,
    'flask/Dockerfile':
      'FROM python:3.9.5-slim\n\nRUN pip install flask redis && \\\n    groupadd -r flask\n# 中文註解\nUSER flask\n',
    'nginx/nginx.conf': '',
  });
  const both = { backend: { aliases: [] }, frontend: { aliases: [] } };
  assert.equal(stack, {
    services: {
      flask: built({
        build: {
          context: 'flask',
          dockerfile: 'Dockerfile',
          dockerfileText: 'FROM python:3.13-slim\nRUN pip install flask redis &&     groupadd -r flask\nUSER flask\n',
          args: {},
          origin: {
            file: 'flask/Dockerfile',
            lines: [1, 3, 6],
            replaced: { 1: { named: 'python:3.9.5-slim', used: 'python:3.13-slim' } },
          },
        },
        environment: { REDIS_HOST: 'redis-server' },
        networks: both,
      }),
      'redis-server': bare({ image: 'redis:8.0', named: 'redis:latest', networks: { backend: { aliases: [] } } }),
      nginx: bare({
        named: 'nginx:stable-alpine',
        networks: { frontend: { aliases: [] } },
        dependsOn: { flask: 'service_started' },
        mounts: [
          { type: 'bind', source: 'nginx/nginx.conf', target: '/etc/nginx/conf.d/default.conf', readOnly: true },
          // does not exist yet: Compose would create it
          { type: 'bind', source: 'var/log/nginx', target: '/var/log/nginx', readOnly: false },
        ],
        ports: [{ hostIp: '', hostPort: 8000, containerPort: 80 }],
      }),
    },
    networks: { backend: { internal: false }, frontend: { internal: false } },
    volumes: [],
  });
  assert.equal(notes, ['image', 'image', 'ports', 'image']);
});

/** Keys of the service → the normalized result. */
const forms: readonly (readonly [string, Partial<NormalService>])[] = [
  ['command: echo "a b" $$HOME', { command: 'echo "a b" $HOME' }],
  ['command: ["nginx", "-g", "daemon off;", 1]', { command: ['nginx', '-g', 'daemon off;', '1'] }],
  ['command:', { command: null }],
  ['entrypoint: []', { entrypoint: [] }],
  ['entrypoint: /run.sh', { entrypoint: '/run.sh' }],
  [
    'environment: {A: 1, B: true, C: yes, D: 1.10, E: "010", F: 010, G: , H: ""}',
    { environment: { A: '1', B: 'true', C: 'yes', D: '1.1', E: '010', F: '8', H: '' } },
  ],
  ['environment: [A=1, B, "C=a=b", D=]', { environment: { A: '1', C: 'a=b', D: '' } }],
  ['environment: {x-note: 1x, constructors: a}', { environment: { 'x-note': '1x', constructors: 'a' } }],
  ['working_dir: /src', { workingDir: '/src' }],
  ['user: 1000:1000', { user: '1000:1000' }],
  ['user: 101', { user: '101' }],
  ['expose: [3000, "80/tcp", "8000-8010"]', { expose: ['3000', '80/tcp', '8000-8010'] }],
  ['read_only: true\nstdin_open: "yes"\ntty: on', { readOnly: true, stdinOpen: true, tty: true }],
  ['cap_drop: [ALL]', { capDrop: ['ALL'] }],
  ['tmpfs: /run', { mounts: [{ type: 'tmpfs', target: '/run' }] }],
  [
    'tmpfs: [/run/, "/tmp:size=64m"]',
    {
      mounts: [
        { type: 'tmpfs', target: '/run' },
        { type: 'tmpfs', target: '/tmp' },
      ],
    },
  ],
  [
    'volumes: ["./a/../b:/b:z,ro", ".:/all:ro", "./new:/new"]',
    {
      mounts: [
        { type: 'bind', source: 'b', target: '/b', readOnly: true },
        { type: 'bind', source: '.', target: '/all', readOnly: true },
        { type: 'bind', source: 'new', target: '/new', readOnly: false },
      ],
    },
  ],
  [
    'volumes:\n  - {type: bind, source: ./b, target: /b, read_only: true, bind: {create_host_path: true}}\n  - {type: tmpfs, target: /t, tmpfs: {size: 1000}}',
    {
      mounts: [
        { type: 'bind', source: 'b', target: '/b', readOnly: true },
        { type: 'tmpfs', target: '/t' },
      ],
    },
  ],
  [
    'healthcheck: {test: curl -f http://localhost/, interval: 5s, timeout: 1m30s, retries: 3, start_period: 0s}',
    {
      healthcheck: {
        test: ['CMD-SHELL', 'curl -f http://localhost/'],
        interval: '5s',
        timeout: '1m30s',
        retries: 3,
        startPeriod: '0s',
      },
    },
  ],
  ['healthcheck: {test: [CMD, curl, localhost]}', { healthcheck: { test: ['CMD', 'curl', 'localhost'] } }],
  ['healthcheck: {test: ["NONE"]}', { healthcheck: { test: ['NONE'] } }],
  ['healthcheck: {disable: true}', { healthcheck: { disable: true } }],
  ['networks: []', {}],
  ['networks: {default: {aliases: [front]}}', { networks: { default: { aliases: ['front'] } } }],
  [
    'ports: [80, "8080:80", "127.0.0.1:8081:81", "127.0.0.1::82", "3000-3001:3000-3001", "53:53/udp", "[::1]:83:83", "9000-9009:90"]',
    {
      ports: [
        { hostIp: '', hostPort: 0, containerPort: 80 },
        { hostIp: '', hostPort: 8080, containerPort: 80 },
        { hostIp: '127.0.0.1', hostPort: 8081, containerPort: 81 },
        { hostIp: '127.0.0.1', hostPort: 0, containerPort: 82 },
        { hostIp: '', hostPort: 3000, containerPort: 3000 },
        { hostIp: '', hostPort: 3001, containerPort: 3001 },
        { hostIp: '::1', hostPort: 83, containerPort: 83 },
        { hostIp: '', hostPort: 9000, containerPort: 90, oneOfSeveral: true },
      ],
    },
  ],
  // as Compose reads it: text, never a base-60 number
  ['ports: [22:22]', { ports: [{ hostIp: '', hostPort: 22, containerPort: 22 }] }],
  [
    'ports: [{target: 80, published: "8000", host_ip: 127.0.0.1, protocol: tcp, mode: host}]',
    { ports: [{ hostIp: '127.0.0.1', hostPort: 8000, containerPort: 80 }] },
  ],
];

test('each allowed key, in each of its forms', async () => {
  for (const [keys, over] of forms) {
    const { stack } = await allowed({ ...web(keys), 'b/x': '' });
    assert.equal(stack.services, { web: bare(over) }, keys);
  }
});

test('networks, volumes, dependencies: long forms', async () => {
  const { stack, notes } = await allowed({
    'compose.yaml': `
x-base: &base {image: nginx, environment: &env {A: a, B: b}}
services:
  web:
    <<: *base
    environment: {<<: *env, B: own}
    networks: {front: {aliases: [site]}, back: }
    volumes: [data:/data, {type: volume, source: data, target: /other, read_only: true}]
    depends_on:
      db: {condition: service_healthy, restart: true}
      gone: {condition: service_started, required: false}
  db: {image: redis, networks: [back]}
networks:
  front: {driver: bridge, name: f}
  back: {internal: true}
  unused: {}
volumes:
  data: {driver: local}
`,
  });
  const mount = { type: 'volume' as const, source: 'data' };
  assert.equal(stack, {
    services: {
      web: bare({
        named: 'nginx:latest',
        environment: { B: 'own', A: 'a' },
        networks: { front: { aliases: ['site'] }, back: { aliases: [] } },
        mounts: [
          { ...mount, target: '/data', readOnly: false },
          { ...mount, target: '/other', readOnly: true },
        ],
        dependsOn: { db: 'service_healthy' },
      }),
      db: bare({ image: 'redis:8.0', named: 'redis:latest', networks: { back: { aliases: [] } } }),
    },
    networks: { back: { internal: true }, front: { internal: false } },
    volumes: ['data'],
  });
  assert.equal(notes, ['restart', 'image', 'image', 'name']);
});

test('keys that change nothing outside the container, or in it, are accepted', async () => {
  const keys = `privileged: no
ipc: shareable
cap_drop: [ALL]
cap_add: [CAP_CHOWN, net_bind_service]
extra_hosts: ["api:10.0.0.1", "v6=[::1]", "host.docker.internal:host-gateway"]
volumes: [/data, {type: volume, target: /more, read_only: true}, ".:/code"]
logging: {driver: json-file, options: {max-size: 10m}}
security_opt: ["no-new-privileges:true"]
mem_limit: 128m
ulimits: {nproc: 65535}
deploy: {mode: replicated, update_config: {order: start-first}, placement: {}, resources: {reservations: {memory: 1G}}}
develop: {watch: [{path: ., action: sync, target: /x}]}`;
  const { stack, notes } = await allowed(web(keys));
  const own = ['/data', '/more'].map((target) => ownVolume('web', target));
  assert.equal(stack.services['web'], {
    ...bare({ capDrop: ['ALL'], capAdd: ['CHOWN', 'NET_BIND_SERVICE'], extraHosts: ['api:10.0.0.1', 'v6:::1'] }),
    mounts: [
      { type: 'volume', source: own[0], target: '/data', readOnly: false },
      { type: 'volume', source: own[1], target: '/more', readOnly: true },
      { type: 'bind', source: '.', target: '/code', readOnly: false, copy: true },
    ],
  });
  assert.equal(stack.volumes, own);
  assert.equal(
    notes,
    `extra_hosts volume-anonymous volume-anonymous bind-copy logging security_opt resources resources swarm swarm swarm resources develop`.split(
      ' ',
    ),
  );
});

test('links: the other service is started first, and has the alias on the networks that both are on', async () => {
  const { stack, notes } = await allowed({
    'compose.yaml': `
services:
  web:
    image: nginx:1.26
    links: ["db:cache", db, "far:other"]
    depends_on: {db: {condition: service_healthy}}
    networks: [front, back]
  db: {image: "redis:8.0", networks: {back: {aliases: [store]}, side: }}
  far: {image: "redis:8.0", networks: [side]}
networks: {front: , back: , side: }
`,
  });
  assert.equal(stack.services['web']?.dependsOn, { db: 'service_healthy', far: 'service_started' });
  assert.equal(stack.services['db']?.networks, { back: { aliases: ['store', 'cache'] }, side: { aliases: [] } });
  assert.equal(stack.services['far']?.networks, { side: { aliases: [] } });
  assert.equal(notes, ['links']);
});

test('secrets and configs are mounted read-only, from files of the submission or as text', async () => {
  const { stack, notes } = await allowed({
    ...web(
      'secrets: [one, {source: two, target: own, mode: 0400}]\nconfigs: [conf, {source: text, target: /etc/t.conf}]',
      'secrets: {one: {file: ./s/one.txt}, two: {environment: TOKEN}, unused: {environment: HOME}}\nconfigs: {conf: {file: s/one.txt}, text: {content: "a ${TOKEN} $$x"}}\n',
    ),
    '.env': 'TOKEN=secret\n',
    's/one.txt': '',
  });
  const file = { type: 'bind' as const, source: 's/one.txt', readOnly: true };
  assert.equal(stack.services['web']?.mounts, [
    { ...file, target: '/run/secrets/one' },
    { type: 'content', content: 'secret', target: '/run/secrets/own' },
    { ...file, target: '/conf' },
    { type: 'content', content: 'a secret $x', target: '/etc/t.conf' },
  ]);
  assert.equal(notes, ['file-mode']);
  const inWritable = { ...web('secrets: [one]\nvolumes: ["./s:/s"]', 'secrets: {one: {file: s/one}}\n'), 's/one': '' };
  assert.equal(await refused(inWritable), ['path-in-writable 4:15']);
});

test('a bind of something that was not handed in gives a note, unless containers fill it', async () => {
  const binds = `volumes:
  - ./nginx/nginx.conf:/etc/nginx/conf.d/default.conf
  - ./html:/usr/share/nginx/html:ro
  - ./conf.d:/etc/nginx/conf.d
  - ./var/log/nginx:/var/log/nginx
  - ./there.conf:/there.conf`;
  const result = await judged({ ...web(binds), 'there.conf': '' });
  assert.ok(result.ok);
  assert.equal(
    result.notes.map(({ code, place, text }) => [code, place?.line, text.en]),
    [
      ['not-handed-in', 5, '"nginx/nginx.conf" is not in what was handed in: Docker makes a folder of it'],
      ['not-handed-in', 6, '"html" is not in what was handed in: Docker makes an empty folder'],
    ],
  );
});

test('a folder that a container can write into in whole is a copy, so other mounts of it are safe', async () => {
  const { stack } = await allowed({
    ...web('volumes: [".:/code", "./a.conf:/a.conf:ro", "./logs:/logs"]'),
    'a.conf': '',
  });
  assert.equal(
    stack.services['web']?.mounts.map((mount) => (mount.type === 'bind' ? [mount.source, mount.copy ?? false] : [])),
    [
      ['.', true],
      ['a.conf', false],
      ['logs', false],
    ],
  );
});

test('refusals name the danger', async () => {
  const because = async (keys: string) => {
    const result = await judged(web(keys));
    return result.ok ? '' : (result.refusals[0]?.text.en ?? '');
  };
  assert.match(await because('volumes: ["/var/run/docker.sock:/s"]'), /whoever has it controls the engine/);
  assert.match(await because('volumes: ["/etc:/e"]'), /a path of the machine that grades/);
  assert.match(await because('volumes: ["../x:/e"]'), /outside the submission, to files of the machine or of other students/);
  assert.match(await because('privileged: true'), /switches the isolation off/);
  assert.match(await because('network_mode: host'), /the network of the machine/);
  assert.match(await because('pid: host'), /stop processes of the machine/);
  assert.match(await because('devices: [/dev/sda]'), /the machine's devices, such as its disks/);
});

test('variables come from .env only', async () => {
  process.env.LAB_TEST_SECRET = 'leaked';
  const { stack, notes } = await allowed({
    ...web(
      'environment:\n  A: ${LAB_TEST_SECRET:-none}\n  B: ${PORT}\n  LAB_TEST_SECRET:\n  PORT:\n  C: ${NOWHERE}\nenv_file: [one.env, {path: none.env, required: false}]',
    ),
    '.env': 'PORT=8000 # the port\n',
    'one.env': 'export D="${PORT}\\n"\nB=under\nLAB_TEST_SECRET\n',
  });
  delete process.env.LAB_TEST_SECRET;
  assert.equal(stack.services['web']?.environment, { D: '8000\n', B: '8000', A: 'none', PORT: '8000', C: '' });
  assert.equal(notes, ['variable-unset']);
});

test('ignored keys are reported once for each position', async () => {
  const keys = `container_name: web
restart: always
labels: {a: b}
hostname: web
init: true
stop_grace_period: 1s
stop_signal: SIGINT
pull_policy: always
platform: linux/amd64
scale: 2
ports: ["80:80"]
profiles: [web]
deploy: {replicas: 3, resources: {limits: {cpus: "1"}}}`;
  const result = await judged({ ...web(keys, 'name: mine\n'), '.env': 'COMPOSE_PROFILES=web\n' });
  assert.ok(result.ok);
  const [name, ...places] = result.notes
    .map(({ code, service, place }) => `${code} ${service} ${place?.line}:${place?.column}`)
    .slice(1);
  assert.is(name, 'name undefined 17:1');
  const codes =
    'container_name restart labels hostname init stop_grace_period stop_signal pull_policy platform replicas ports profiles';
  assert.equal(places, [
    ...codes.split(' ').map((code, index) => `${code} web ${index + 4}:5`),
    'replicas web 16:14',
    'resources web 16:39',
  ]);
  assert.equal(result.stack.services, { web: bare({ ports: [{ hostIp: '', hostPort: 80, containerPort: 80 }] }) });
});

test('a service under a disabled profile is ignored, unless a lab needs it', async () => {
  const { stack, notes } = await allowed({
    'compose.yaml':
      'services:\n  debug: {image: phpmyadmin, privileged: true, profiles: [debug]}\n  nginx: {image: nginx:1.26, profiles: [debug]}\n',
  });
  assert.equal(Object.keys(stack.services), ['nginx']);
  assert.equal(notes, ['profiles', 'profiles']);
});

test('a stack for another rubric is refused without further problems; the right one is accepted, complete or not', async () => {
  const base = { ...rules, services: { flask: 'flask', redis: 'redis-server', client: 'client' }, without: ['nginx'] };
  const nginx = await judgePolicy(join(assets, 'compose-scale', 'nginx'), 'compose.yaml', base);
  assert.not.ok(nginx.ok);
  const [refusal, ...more] = nginx.ok ? [] : nginx.refusals;
  assert.equal(
    [refusal?.code, refusal?.service, refusal?.place, more],
    ['another-stack', 'nginx', { file: 'compose.yaml', line: 16, column: 3 }, []],
  );
  assert.match(
    refusal?.text.en ?? '',
    /^this is not the stack of flask, redis-server, client, but one with nginx: .* only with their own stack$/,
  );
  assertComplete(refusal?.text ?? { en: '', 'zh-TW': '' }, 'another stack');
  assert.ok((await judgePolicy(join(assets, 'compose-scale', 'base'), 'compose.yaml', base)).ok);
  const noClient = folder({ 'compose.yaml': 'services:\n  flask: {image: python:3.13}\n  redis-server: {image: redis:8}\n' });
  assert.ok((await judgePolicy(noClient, 'compose.yaml', base)).ok);
  assert.ok((await judgePolicy(noClient, 'compose.yaml', rules)).ok, 'what is missing costs points');
});

test.run();
