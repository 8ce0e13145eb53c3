import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Files, judged, refused, web } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';
import { assertNotQuadratic } from '../../../helpers/growth.ts';

/** What the policy refuses, each with its code, line and column. */

const makePipe = (path: string) => execFileSync('sh', ['-c', 'mkfifo "$0"', path]);

/** Keys of the service (they begin at line 4, column 5) → refusals. */
const keys: readonly (readonly [string, ...string[]])[] = [
  ['privileged: true', 'privileged 4:5'],
  ['privileged: "${P:-true}"', 'privileged 4:5'],
  ['privileged:', 'privileged 4:5'],
  ['privilegd: true', 'unknown-key 4:5'],
  ['__proto__: {a: b}', 'unknown-key 4:5'],
  ['constructor: {a: b}', 'unknown-key 4:5'],
  ['network_mode: host\npid: host', 'network_mode 4:5', 'pid 5:5'],
  ['deploy: {mode: global-job, replicas: 2, resources: {reservations: {}, limitz: {}}}', 'deploy.mode 4:14', 'unknown-key 4:75'],
  ['image2: x\nextends: {file: /etc/passwd}', 'unknown-key 4:5', 'extends 5:5'],
  // values
  ['command: {a: b}', 'invalid 4:14'],
  ['environment: {"a b": c}', 'invalid 4:19'],
  ['environment: {__proto__: c}', 'invalid 4:19'],
  ['environment: {A: [b]}', 'invalid 4:22'],
  ['environment: {A: "\\u0007"}', 'invalid 4:22'],
  ['environment: {A: "${B:?set B}"}', 'variable-missing 4:22'],
  ['environment: {A: "${B"}', 'interpolation 4:22'],
  ['environment: {A: "$("}', 'interpolation 4:22'],
  ['user: "root;x"', 'invalid 4:11'],
  ['working_dir: src', 'invalid 4:18'],
  ['working_dir: /a/../..', 'invalid 4:18'],
  ['expose: [a]', 'invalid 4:14'],
  ['read_only: maybe', 'invalid 4:16'],
  ['cap_drop: ALL', 'invalid 4:15'],
  ['ports: ["80:80:80:80"]', 'ports-invalid 4:13'],
  ['ports: ["70000:80"]', 'ports-invalid 4:13'],
  ['ports: ["1-60000:1-60000"]', 'ports-invalid 4:13'],
  ['ports: ["1-3:1-2"]', 'ports-invalid 4:13'],
  ['ports: [{published: 80}]', 'ports-invalid 4:13'],
  ['env_file: ../other.env', 'path-leaves-folder 4:15'],
  ['env_file: {path: /etc/environment}', 'path-absolute 4:15'],
  ['env_file: gone.env', 'env-file-missing 4:15'],
  ['env_file: [{path: ok.env, format: raw}]', 'env_file.format 4:31'],
  ['healthcheck: {test: [curl]}', 'invalid 4:25'],
  ['healthcheck: {interval: 1ms}', 'invalid 4:29'],
  ['healthcheck: {interval: 30}', 'invalid 4:29'],
  ['healthcheck: {timeout: 1h}', 'invalid 4:28'],
  ['healthcheck: {retries: -1}', 'invalid 4:28'],
  ['depends_on: [db]', 'depends-on-unknown 4:18'],
  ['depends_on: [web]', 'depends-on-unknown 4:18'],
  ['depends_on: {web: {condition: later}}', 'invalid 4:35', 'depends-on-unknown 4:18'],
  ['networks: [front]', 'network-undeclared 4:16'],
  ['networks: {default: {driver_opts: {a: b}}}', 'networks.driver_opts 4:26'],
  ['security_opt: [no-new-privileges, seccomp:unconfined]', 'security_opt 4:5'],
  ['security_opt: ["no-new-privileges:false"]', 'security_opt 4:5'],
  ['security_opt: []', 'security_opt 4:5'],
  ['ipc: "service:web"', 'ipc 4:5'],
  ['cap_add: [CHOWN, CAP_SYS_ADMIN, all]', 'cap_add 4:22', 'cap_add 4:37'],
  ['logging: {driver: syslog}', 'logging.driver 4:15'],
  ['logging: {driver: "${D:-gelf}", options: {a: b}}', 'logging.driver 4:15'],
  ['links: [db]', 'depends-on-unknown 4:13'],
  ['links: [web]', 'depends-on-unknown 4:13'],
  ['links: ["web:local host"]', 'invalid 4:13'],
  ['extra_hosts: ["a:b"]', 'invalid 4:19'],
  ['extra_hosts: ["a b:10.0.0.1"]', 'invalid 4:19'],
  ['extra_hosts: {localhost: 10.0.0.1}', 'invalid 4:30'],
  ['extra_hosts: {"a": "fe80::1%eth0"}', 'invalid 4:24'],
  ['extra_hosts: ["a:10.0.0.1\\n10.0.0.2 b"]', 'invalid 4:19'],
  ['secrets: [none]', 'secrets-undeclared 4:15'],
  ['configs: [{source: none, target: /etc/hosts}]', 'mount-target 4:15'],
  ['secrets: [{source: none, target: ../../etc/x}]', 'mount-target 4:15'],
  ['secrets: [{target: x}]', 'invalid 4:15'],
  ['networks: {default: {aliases: ["a b"]}}', 'invalid 4:36'],
  ['networks: {default: {aliases: [localhost]}}', 'invalid 4:36'],
  // volumes
  ['volumes: [data:/data]', 'volume-undeclared 4:15'],
  ['volumes: [data]', 'mount-target 4:15'],
  ['volumes: [/proc]', 'mount-target 4:15'],
  ['volumes: ["/data:"]', 'invalid 4:15'],
  ['volumes: ["/etc:/x:ro"]', 'path-absolute 4:15'],
  ['volumes: ["~/x:/x"]', 'path-absolute 4:15'],
  ['volumes: ["C:\\\\x:/x"]', 'path-absolute 4:15'],
  ['volumes: ["/var/run/docker.sock:/s"]', 'engine-socket 4:15'],
  ['volumes: ["${S:-//run/docker.sock}:/s:ro"]', 'engine-socket 4:15'],
  ['volumes: [{type: bind, source: /run/user/1000/podman/podman.sock, target: /s}]', 'engine-socket 4:15'],
  ['volumes: ["/run:/host"]', 'engine-socket 4:15'],
  ['volumes: ["/opt/docker:/host"]', 'path-absolute 4:15'],
  ['volumes: ["../x:/x"]', 'path-leaves-folder 4:15'],
  ['volumes: ["./a/../../x:/x"]', 'path-leaves-folder 4:15'],
  ['volumes: ["nginx/nginx.conf:/x"]', 'invalid 4:15'],
  ['volumes: ["./a:/x:rshared"]', 'mount-option 4:15'],
  ['volumes: ["./a:/x:nocopy"]', 'mount-option 4:15'],
  ['volumes: [".:/x:rshared"]', 'mount-option 4:15'],
  ['volumes: ["./a:/proc/1"]', 'mount-target 4:15'],
  ['volumes: ["./a:/"]', 'mount-target 4:15'],
  ['volumes: ["./a:/x/../etc"]', 'mount-target 4:15'],
  ['volumes: ["./a:/etc//hosts"]', 'mount-target 4:15'],
  ['volumes: ["./a:x"]', 'mount-target 4:15'],
  ['volumes: ["./a:/x", "./b:/x/"]', 'mount-target 4:25'],
  ['volumes: [{type: npipe, source: a, target: /x}]', 'mount-type 4:22'],
  ['volumes: [{type: image, source: nginx, target: /x}]', 'mount-type 4:22'],
  ['volumes: [{type: bind, source: ./a, target: /x, bind: {propagation: shared}}]', 'volumes.bind.propagation 4:60'],
  [
    'volumes: [{type: volume, source: a, target: /x, volume: {subpath: ..}}]',
    'volumes.volume.subpath 4:62',
    'volume-undeclared 4:15',
  ],
  ['volumes: ["./a:/a", "./a/b:/b:ro"]', 'path-in-writable 4:25'],
  ['tmpfs: /dev/shm', 'mount-target 4:12'],
];

test('each refusal of a service: its code and its position', async () => {
  for (const [written, ...codes] of keys) assert.equal(await refused({ ...web(written), 'ok.env': '' }), codes, written);
});

const one = 'services: {web: {image: nginx}}\n';
const whole: readonly (readonly [string, string, ...string[]])[] = [
  ['two documents', `${one}---\n${one}`, 'yaml-documents 3:1'],
  ['a tag', 'services: {web: {image: !!str nginx}}', 'yaml-tag 1:31'],
  ['a tag of Compose', 'services: {web: {image: nginx, ports: !reset []}}', 'yaml-tag 1:46'],
  ['a directive', `%YAML 1.1\n---\n${one}`, 'yaml-directive 1:1'],
  ['a key twice', 'services:\n  web: {image: nginx}\n  web: {image: redis}', 'yaml-duplicate 3:3'],
  ['no YAML', 'services:\n\t- a', 'yaml 2:1'],
  ['nothing', '', 'yaml-empty 1:1'],
  ['a text alone', 'hello', 'invalid 1:1', 'services-missing 1:1'],
  ['no services', 'version: "3"', 'services-missing 1:1'],
  ['control characters', 'services: {web: {image: "\u0001"}}', 'yaml-characters 1:1'],
  ['an alias that stands for nothing', 'services: {web: *a}', 'yaml-alias 1:17'],
  ['an alias in what it stands for', 'services: &a {web: *a}', 'yaml-alias 1:20'],
  ['a merge of a text', 'services: {web: {<<: a}}', 'yaml-merge 1:18'],
  ['a key that is a list', 'services: {[a]: b}', 'yaml-key 1:12'],
  ['too deep', `x-a: ${'['.repeat(40)}${']'.repeat(40)}`, 'yaml-depth 1:1'],
  ['so deep that a reader would fall over', `x-a: ${'['.repeat(30_000)}`, 'yaml-depth 1:1'],
  ['lists in lists', '- '.repeat(30_000), 'yaml-depth 1:1'],
  ['a bomb of aliases', bomb(), 'yaml-aliases 5:10'],
  ['a bomb of merges', mergeBomb(), 'yaml-aliases 2:11'],
  ['a service that steers the command line', 'services: {--privileged: {image: nginx}}', 'invalid 1:12', 'services-missing 1:11'],
  [
    'names of prototypes',
    'services: {__proto__: {image: nginx}, constructor: {image: nginx}}',
    'invalid 1:12',
    'invalid 1:39',
    'services-missing 1:11',
  ],
  [
    'thirteen services',
    `services:\n${Array.from({ length: 13 }, (_, at) => `  s${at}: {image: nginx}`).join('\n')}`,
    'too-many 2:3',
  ],
  ['no image', 'services: {web: {command: a}}', 'image-missing 1:12'],
  ['an image that is not on the list', 'services: {web: {image: alpine}}', 'image-not-allowed 1:25'],
  ['a registry', 'services: {web: {image: evil.example/nginx}}', 'image-not-allowed 1:25'],
  [
    'a digest of an image that is not on the list',
    `services: {web: {image: "alpine@sha256:${'a'.repeat(64)}"}}`,
    'image-not-allowed 1:25',
  ],
  ['an image from a variable', 'services: {web: {image: "${IMAGE}"}}', 'image-not-allowed 1:25'],
  ['an option as an image', 'services: {web: {image: "--help"}}', 'image-not-allowed 1:25'],
  ['an include', `include: [x.yaml]\n${one}`, 'include 1:1'],
  [
    'secrets and configs of others',
    `secrets: {a: {file: /etc/passwd}, b: {external: true}, c: {file: ../x}, d: {file: a, environment: A}, e: {}}
configs: {f: {file: /run/docker.sock}, g: {template_driver: golang, content: a}, h: {content: "\${NO:?gone}"}}\n${one}`,
    'path-absolute 1:21',
    'secrets.external 1:39',
    'invalid 1:35',
    'path-leaves-folder 1:66',
    'invalid 1:73',
    'invalid 1:103',
    'engine-socket 2:21',
    'configs.template_driver 2:44',
    'variable-missing 2:95',
  ],
  [
    'more files than a service may have',
    `configs: {a: {content: a}}\nservices: {web: {image: nginx, configs: [${Array.from({ length: 33 }, (_, at) => `{source: a, target: /${at}}`).join(', ')}]}}`,
    'too-many 2:17',
  ],
  [
    'secrets that were not handed in, used',
    'secrets: {a: {file: ./a.txt}, b: {environment: HOME}}\nservices: {web: {image: nginx, secrets: [a, b]}}',
    'secrets-missing 2:42',
    'secrets-missing 2:45',
  ],
  ['a key of nobody', `servises: {}\n${one}`, 'unknown-key 1:1'],
  ['an external network', `${one}networks: {a: {external: true}}`, 'networks.external 2:16'],
  ['a driver', `${one}networks: {a: {driver: host}}`, 'networks.driver 2:24'],
  ['options of a driver', `${one}networks: {a: {ipam: {}, driver_opts: {}}}`, 'networks.driver_opts 2:26'],
  [
    'options of a volume',
    `${one}volumes: {a: {driver: nfs, driver_opts: {device: /}}, b: {external: true}}`,
    'volumes.driver 2:15',
    'volumes.driver_opts 2:28',
    'volumes.external 2:59',
  ],
  [
    'an alias that is a service',
    'services: {web: {image: nginx, networks: {default: {aliases: [DB]}}}, db: {image: redis}}',
    'networks.aliases 1:63',
  ],
  [
    'a link by the name of another service',
    'services: {web: {image: nginx, links: ["db:CACHE"]}, db: {image: redis}, cache: {image: redis}}',
    'networks.aliases 1:40',
  ],
  [
    'a circle of links',
    'services:\n  a: {image: nginx, links: [b]}\n  b: {image: nginx, depends_on: [a]}',
    'depends-on-circle 2:3',
    'depends-on-circle 3:3',
  ],
  [
    'a circle',
    'services:\n  a: {image: nginx, depends_on: [b]}\n  b: {image: nginx, depends_on: [a]}',
    'depends-on-circle 2:3',
    'depends-on-circle 3:3',
  ],
];

/** Lists of ten aliases, nested: small in the file. */
function bomb(): string {
  const lines = ['x0: &x0 [a, a, a, a, a, a, a, a, a, a]'];
  for (let at = 1; at < 8; at += 1) lines.push(`x${at}: &x${at} [${Array.from({ length: 10 }, () => `*x${at - 1}`).join(', ')}]`);
  return lines.join('\n').replace(/^x/gm, 'x-');
}

/** Thirty million keys after merging. */
function mergeBomb(share = 1): string {
  const keys = Array.from({ length: 3000 * share }, (_, at) => `k${at}: 1`).join(', ');
  return `x-a: &a {${keys}}\nx-b: {<<: [${Array.from({ length: 10_000 * share }, () => '*a').join(',')}]}\n`;
}

test('a merge bomb is not expanded', () =>
  assertNotQuadratic((share) => refused({ 'compose.yaml': mergeBomb(share) }), 'a merge bomb'));

test('each refusal of a whole file', async () => {
  for (const [name, yaml, ...codes] of whole) assert.equal(await refused({ 'compose.yaml': yaml }), codes, name);
});

test('all problems of a file are reported, not only the first', async () => {
  const yaml = 'services:\n  a: {image: alpine, privileged: true}\n  b: {pid: host}\nnetworks: {n: {external: true}}\n';
  assert.equal(await refused({ 'compose.yaml': yaml }), [
    'privileged 2:22',
    'image-not-allowed 2:14',
    'pid 3:7',
    'image-missing 3:3',
    'networks.external 4:16',
  ]);
});

test('messages quote the text of the student, short and on one line', async () => {
  const result = await judged(web(`environment: {"${'a b\\n'.repeat(60)}": x}`));
  assert.ok(!result.ok);
  const [first] = result.refusals;
  assert.match(first?.text.en ?? '', /^"(?:a b ){19}a b…" is not the name of a variable$/);
  assert.is(first?.service, 'web');
});

test('a .env that configures Compose or cannot be read: refused, or a remark', async () => {
  const env = (written: string): Files => ({ ...web(), '.env': written });
  assert.equal(await refused(env('COMPOSE_FILE=other.yaml')), ['compose-variable .env:1:1']);
  assert.equal(await refused(env('A=1\n\nB="open\n')), ['env-file .env:3:1']);
  assert.equal(await refused(env('A b=1\n')), ['env-file .env:1:1']);
  assert.equal(await refused(env(`A='it''s'\n`)), ['env-file .env:1:1']);
  assert.equal(await refused(env('A=x\n  __proto__=1\n')), ['env-file .env:2:3']);
  assert.equal(await refused(env(`A=${'x'.repeat(70_000)}`)), ['file-unreadable .env:1:1']);
  const result = await judged(env('COMPOSE_FILE=./compose.yaml\nCOMPOSE_PROJECT_NAME=x\nDOCKER_HOST=tcp://x\n'));
  assert.ok(result.ok);
  assert.equal(
    result.notes.map(({ code, text }) => `${code} ${text.en.slice(0, 22)}`),
    [
      'compose-variable "COMPOSE_FILE" in .env',
      'compose-variable "COMPOSE_PROJECT_NAME"',
      'compose-variable "DOCKER_HOST" in .env ',
    ],
  );
});

test('links and special files: inside is accepted, outside is refused', async () => {
  const dir = folder({
    ...web(
      'volumes: ["./in:/in", "./out:/out", "./gone:/gone", "./loop:/loop", "./fifo:/fifo", "./sub/up/x:/x"]\nenv_file: out.env',
    ),
    'real/x': '',
  });
  mkdirSync(join(dir, 'sub'));
  const links = { in: 'real', out: '/etc', gone: '/nowhere', loop: 'loop', 'sub/up': '../..', 'out.env': '/etc/passwd' };
  for (const [name, to] of Object.entries(links)) symlinkSync(to, join(dir, name));
  makePipe(join(dir, 'fifo'));
  const result = await judged({}, dir);
  assert.ok(!result.ok);
  assert.equal(
    result.refusals.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`),
    [
      'path-leaves-folder 4:27',
      'path-leaves-folder 4:41',
      'path-leaves-folder 4:57',
      'path-special 4:73',
      'path-leaves-folder 4:89',
      'path-leaves-folder 5:15',
    ],
  );
  const well = folder({ ...web('volumes: ["./in:/in"]'), 'real/x': '' });
  symlinkSync('real', join(well, 'in'));
  const mended = await judged({}, well);
  assert.equal(mended.ok && mended.stack.services['web']?.mounts, [
    { type: 'bind', source: 'real', target: '/in', readOnly: false },
  ]);
});

test('a Compose file that is a link, a FIFO, too large or not text is refused, and nothing blocks', async () => {
  const outside = folder(web());
  const dir = folder();
  symlinkSync(join(outside, 'compose.yaml'), join(dir, 'compose.yaml'));
  const pipe = folder();
  makePipe(join(pipe, 'compose.yaml'));
  const codes = async (at: string) => {
    const result = await judged({}, at);
    return result.ok ? [] : result.refusals.map(({ code }) => code);
  };
  assert.equal(await codes(dir), ['path-leaves-folder']);
  assert.equal(await codes(pipe), ['path-special']);
  assert.equal(await codes(folder()), ['compose-file']);
  assert.equal(await codes(folder({ 'compose.yaml': `#${' '.repeat(70_000)}` })), ['file-unreadable']);
});

test.run();
