import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import type { NormalService } from '../../src/grade/policy/sanitized-stack.ts';
import { allowed, type Files, web } from '../fixtures/submission.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** The policy and the real Compose read the same from a Compose file. */
const test = suite<{ engine: Engine }>('policy and Compose');
test.before(async (context) => {
  context.engine = await testEngine();
});
test.after(({ engine }) => engine.api.close());

const run = promisify(execFile);

/** A service in the output of `docker compose config`. */
interface ComposeService {
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly {
    readonly target: number;
    readonly published?: string;
    readonly host_ip?: string;
    readonly protocol: string;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source?: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly networks: Readonly<Record<string, unknown>>;
  readonly user?: string;
  readonly working_dir?: string;
  readonly expose?: readonly string[];
  readonly read_only?: boolean;
  readonly tty?: boolean;
}

async function compose(engine: Engine, dir: string): Promise<Readonly<Record<string, ComposeService>>> {
  const [file = '', ...words] = engine.compose.line.split(' ');
  const { PATH = '', HOME = '' } = process.env;
  const override = existsSync(join(dir, 'compose.override.yaml')) ? ['-f', 'compose.override.yaml'] : [];
  const args = [...words, '-p', 'p', '-f', 'compose.yaml', ...override, 'config', '--format', 'json'];
  const { stdout } = await run(file, args, { cwd: dir, env: { PATH, HOME, ...engine.compose.env } });
  // `config` doubles each `$`
  return (JSON.parse(stdout.replaceAll('$$', '$')) as { services: Record<string, ComposeService> }).services;
}

/** A common form for comparison: `fromCompose` for Compose, `fromPolicy` for the policy. */
const fromCompose = (dir: string, it: ComposeService) => ({
  environment: Object.fromEntries(Object.entries(it.environment ?? {}).filter(([, value]) => value !== null)),
  ports: (it.ports ?? [])
    .filter(({ protocol }) => protocol === 'tcp')
    .map((one) => `${one.host_ip ?? ''}|${Number.parseInt(one.published ?? '0', 10)}|${one.target}`),
  mounts: (it.volumes ?? []).map(
    (one) => `${one.type} ${one.source?.replace(`${dir}/`, '') ?? ''} ${one.target} ${one.read_only ?? false}`,
  ),
  dependsOn: Object.fromEntries(Object.entries(it.depends_on ?? {}).map(([name, { condition }]) => [name, condition])),
  test: it.healthcheck?.test,
  networks: Object.keys(it.networks).sort(),
  rest: [it.user, it.working_dir, it.expose ?? [], it.read_only ?? false, it.tty ?? false],
});
const fromPolicy = (it: NormalService): ReturnType<typeof fromCompose> => ({
  environment: it.environment,
  ports: it.ports.map((one) => `${one.hostIp}|${one.hostPort}|${one.containerPort}`),
  mounts: it.mounts.map((one) =>
    one.type === 'tmpfs' || one.type === 'content'
      ? `${one.type}  ${one.target} false`
      : `${one.type} ${one.source} ${one.target} ${one.readOnly}`,
  ),
  dependsOn: it.dependsOn,
  test: it.healthcheck?.test,
  networks: Object.keys(it.networks).sort(),
  rest: [it.user, it.workingDir, it.expose, it.readOnly, it.tty],
});

const scalars = `A: 010
B: 1.10
C: 0x1F
D: 1e3
E: True
F: yes
G: 1_000
H: 0.00001
I: 0o17
J: ~
K: ""
M: 12345678901234567890
P: +5
Q: -0x10
R: 1.
S: .5
T: 0b11
V: 08
W: 123456789012345678901234567890
X: 100000000000000000000000.0
Y: TRUE
Z: NULL
AA: 22:22
AB: 1.0
AC: -0
AD: "1.10"
AE: 0.5e-7
AF: 1__0`;
const variables = `A: \${A}-\${B:-b}-\${B-b}-\${A:+r}-\${B+r}-\${B:+r}-\${NO-n}-\${NO:-\${A:-x}y}z
B: $$A $A.x \${A}\${A}
C: \${Q1}
D: \${Q2}
E: \${Q3}
F: \${Q4}
G: \${Q5}
H: \${Q6}
I: \${Q7}
J: \${Q8}
K: \${Q9}`;
const env = `# c
export A=1
B=
Q1 = two  # c
Q2="q\\n$A" # c
Q3='l $A\\n'
Q4=a#b
Q5="multi
line"
Q6=\${A}x$Q1
Q7=a 'b' # x
Q8="a\\"b"
Q9="\\$A\\tb"
`;
const indented = (of: string) => `environment:\n${of.replace(/^/gm, '  ')}`;
const cases: readonly (readonly [string, Files])[] = [
  ['scalars', web(indented(scalars))],
  ['variables', { ...web(indented(variables)), '.env': env }],
  ['a list of variables', { ...web('environment: [A, B=$A, "C=a=b", NO]'), '.env': env }],
  [
    'env files',
    {
      ...web('env_file: [one.env]\nenvironment: {OWN: 1, OVER: 2}'),
      'one.env': `${env}OVER=1\nUSES=\${FROM_DOTENV}\n`,
      '.env': 'FROM_DOTENV=d',
    },
  ],
  [
    'ports',
    web(
      'ports: [22:22, 8000, "3000-3001:80-81", "127.0.0.1::90", "9000-9001:9000-9001/udp", "[::1]:81:81", "5000-5005:5000", {target: 70, published: 71}]',
    ),
  ],
  ['mounts', web('volumes: ["./x:/y:cached", "vo:/v:ro", "./a/../b:/b/", {type: tmpfs, target: /t}]', 'volumes: {vo: }')],
  [
    'words',
    web('user: 1000:1000\nworking_dir: /x\nexpose: [3000, "80/tcp"]\nread_only: true\ntty: yes\nhealthcheck: {test: NONE}'),
  ],
  [
    'an override file',
    {
      ...web(
        `environment: {A: 1, B: 1, C: 1}
env_file: one.env
command: [a]
volumes: ["vo:/a", "./b:/b:ro", "./c:/c"]
ports: ["80:80", "81:81"]
expose: [1]
healthcheck: {test: [CMD, x], interval: 1s}
networks: [n]
depends_on: [db]
links: [db]
user: a`,
        '  db: {image: redis}\nnetworks: {n: , m: }\nvolumes: {vo: , wo: }\n',
      ),
      'compose.override.yaml': `services:
  web:
    environment: ["B=2", "D=1.10"]
    env_file: [two.env]
    volumes: ["wo:/a", {type: bind, source: ./d, target: /b}, "./e:/e"]
    ports: ["81:81", {target: 70, published: "71"}]
    expose: [2]
    healthcheck: {test: y}
    networks: {m: {aliases: [z]}}
    depends_on: {db: {condition: service_healthy}}
    user:
    working_dir: /x
  more: {image: redis, networks: [m]}
`,
      'one.env': 'A=0\nE=1\nF=1\n',
      'two.env': 'F=2\n',
    },
  ],
  [
    'a merge',
    {
      'compose.yaml':
        'x-a: &a {A: 1, B: 1}\nx-b: &b {B: 2, C: 2}\nservices: {web: {image: nginx, environment: {<<: [*a, *b], C: 3}, depends_on: [db]}, db: {image: redis, networks: [n]}}\nnetworks: {n: }',
    },
  ],
];

for (const [name, files] of cases)
  test(`${name}: the policy reads the same as Compose`, async ({ engine }) => {
    const dir = realpathSync(folder(files));
    const { stack } = await allowed(files);
    const real = await compose(engine, dir);
    assert.equal(Object.keys(real).sort(), Object.keys(stack.services).sort());
    for (const [service, normal] of Object.entries(stack.services))
      assert.equal(fromPolicy(normal), fromCompose(dir, real[service] as ComposeService), service);
  });

const dockerfiles: readonly (readonly [string, string])[] = [
  [
    'here-documents, continuations, stages',
    'ARG B=scratch\nFROM $B AS One\nCOPY <<EOF <<-"F" /d/\nFROM alpine\n x \\\n y\nEOF\n\ttwo\n\tF\nFROM scratch\n# note\nCOPY --from=one \\\n # c\n\n /d \\  \n/d\nCOPY --from=0 /d/F /g\nLABEL a=b\nCMD ["x"]\n',
  ],
  ['another escape character', '# escape=`\r\nFROM scratch\r\nCOPY `\r\n  Dockerfile `\r\n  /a\\b\r\n'],
];
for (const [name, dockerfile] of dockerfiles)
  test(`${name}: the rewritten Dockerfile builds the same files as the student's`, async ({ engine }) => {
    const files = { 'compose.yaml': 'services: {app: {build: app}}', 'app/Dockerfile': dockerfile };
    const { stack } = await allowed(files);
    const ours = stack.services['app']?.build?.dockerfileText ?? '';
    const dir = folder({ ...files, 'ours.Dockerfile': ours });
    const [docker = ''] = engine.compose.line.split(' ');
    const env = { ...process.env, ...engine.compose.env, DOCKER_BUILDKIT: '1' };
    const listing = async (file: string) => {
      await run(docker, ['build', '-q', '-f', file, '--output', `type=local,dest=${file}.out`, 'app'], { cwd: dir, env });
      return (await run('sh', ['-c', 'cd "$0" && find . -type f -exec sha256sum {} + | sort', `${file}.out`], { cwd: dir }))
        .stdout;
    };
    const built = await listing('ours.Dockerfile');
    assert.ok(built.includes('./'), 'nothing was built');
    assert.is(built, await listing('app/Dockerfile'));
  });

test.run();
