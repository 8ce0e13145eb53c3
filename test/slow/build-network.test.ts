// time limit: 800 s
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { clock } from '../../src/cli/clock.ts';
import { removeStale } from '../../src/docker/embedded/cleanup.ts';
import { type GradingEngine, gradingHomes } from '../../src/docker/embedded/grading-engine.ts';
import { layoutOf } from '../../src/docker/embedded/layout.ts';
import { loadSubnets, makeBridge } from '../../src/docker/embedded/network/bridges.ts';
import { openBuildAccess } from '../../src/docker/embedded/network/build-access.ts';
import type { BuildNetwork, SubmissionBuilds } from '../../src/grade/build-network/build-network.ts';
import { openBuildNetwork } from '../../src/grade/build-network/open-build-network.ts';
import { gradeOne } from '../../src/grade/grade-submission.ts';
import { buildCounted } from '../../src/grade/limits/counted-build.ts';
import { triedNetwork } from '../../src/grade/limits/reach.ts';
import { loadRubric, standardRubric } from '../../src/grade/rubric/rubric.ts';
import { composeEnv } from '../../src/grade/sandbox/sandbox-commands.ts';
import { assets } from '../../src/platform/package-root.ts';
import { type Homes, locateHomes } from '../../src/platform/state-dirs.ts';
import { built } from '../fixtures/submission.ts';
import { zip } from '../helpers/archives.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { leftovers, ownHomes } from '../helpers/own-engine.ts';
import { egressTo, startIndex, type TestIndex } from '../helpers/package-index.ts';
import { compile, source } from '../helpers/program.ts';

/** Builds that reach package indexes only, on a real engine. Indexes on loopback take the place of those on the Internet. */
const test = suite<{ grading: GradingEngine; network: BuildNetwork; index: TestIndex; close(): Promise<void> }>(
  'network of builds',
);

const { signal } = new AbortController();
const hosts = ['pypi.org', 'deb.debian.org', 'registry.npmjs.org', 'intern.example.org'];

test.before(async (it) => {
  it.grading = await gradingEngine();
  it.index = await startIndex((request, response) => {
    if (request.url === `/simple/${wheel.project}/`)
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="/${wheel.name}">x</a>`);
    else if (request.url === `/${wheel.name}`)
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': wheel.content.length }).end(wheel.content);
    else response.writeHead(404).end('no such page');
  });
  const tls = await tlsIndex();
  const egress = egressTo({
    'pypi.org:80': it.index.port,
    'deb.debian.org:80': it.index.port,
    'registry.npmjs.org:443': tls.port,
    'intern.example.org:443': 'private',
  });
  it.network = await openBuildNetwork('packages', egress, {
    isolated: true,
    homes: locateHomes(),
    hosts,
    progress: () => {},
    signal,
  });
  it.close = async () => {
    await it.network[Symbol.asyncDispose]();
    await it.index[Symbol.asyncDispose]();
    tls.close();
  };
});
test.after(async ({ grading, close }) => {
  await close();
  await grading.engine.api.close();
});

/** A package for pip that no real index has. */
const wheel = wheelOf(`labwright-test-${randomBytes(4).toString('hex')}`);
function wheelOf(project: string) {
  const module = project.replaceAll('-', '_');
  const info = `${module}-1.0.dist-info`;
  const files = {
    [`${module}.py`]: 'answer = 42\n',
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${project}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = Object.entries(files).map(
    ([name, text]) => `${name},sha256=${createHash('sha256').update(text).digest('base64url')},${text.length}\n`,
  );
  const all = { ...files, [`${info}/RECORD`]: `${record.join('')}${info}/RECORD,,\n` };
  const content = zip(Object.entries(all).map(([name, text]) => ({ name, content: text })));
  return { project, module, name: `${module}-1.0-py3-none-any.whl`, content };
}

/** An index with TLS, which answers each request with the same words. */
async function tlsIndex(): Promise<{ port: number; close(): void }> {
  const dir = folder();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=registry.npmjs.org',
  ];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end('through a tunnel'),
  );
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return { port: (server.address() as AddressInfo).port, close: () => server.closeAllConnections() ?? server.close() };
}

let builds = 0;
/** Builds a service with this script, which must not be in the build cache, and returns the output. */
async function build({ engine }: GradingEngine, use: SubmissionBuilds, script: string, dockerfile = ''): Promise<string[]> {
  const project = `labwright-net${process.pid}x${++builds}`;
  const dir = folder({ 'probe.py': `# ${randomBytes(8).toString('hex')}\n${script}` });
  const text = `FROM python:3.13-slim\n${dockerfile}COPY probe.py /probe.py\nRUN python3 -u /probe.py\n`;
  const service = built({
    build: {
      context: '.',
      dockerfile: 'Dockerfile',
      dockerfileText: text,
      args: {},
      origin: { file: 'Dockerfile', lines: [], replaced: {} },
    },
  });
  const limits = { memoryMb: 256, cpus: 1, pids: 128, buildSeconds: 60, stepSeconds: 60, totalSeconds: 60, diskMb: 200 };
  const where = { runId: project, project, dir, dockerfiles: '', contents: '', copy: '', limits, builds: use, wanted: {} };
  const runDir = folder();
  const env = composeEnv(engine.compose, { runDir, project, file: join(runDir, 'compose.yaml'), runId: project });
  const normal = { services: { web: service }, networks: {}, volumes: [] };
  return buildCounted('web', { compose: engine.compose, env, runDir, normal, held: where, signal });
}

const results = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = / RESULT ([\w-]+) (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );

const tried = `
import socket, ssl, urllib.request, os
def tried(name, work):
  try: print('RESULT', name, 'REACHED', work())
  except Exception as error: print('RESULT', name, type(error).__name__, str(error))
def get(url): return urllib.request.urlopen(url, timeout=10, context=ssl._create_unverified_context()).read().decode()
def tcp(host, port):
  s = socket.create_connection((host, port), 2); s.settimeout(2); s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); return s.recv(100)
`;

test('a build reaches listed hosts by plain HTTP and by a tunnel, and no others', async ({ grading, network, index }) => {
  using own = network.openBuilds();
  const lines = await build(
    grading,
    own,
    `${tried}
tried('plain', lambda: get('http://pypi.org/simple/${wheel.project}/'))
tried('tunnel', lambda: get('https://registry.npmjs.org/x'))
tried('other', lambda: get('https://evil.example/x'))
tried('private', lambda: get('https://intern.example.org/x'))
`,
  );
  const { plain, tunnel, other, private: intern } = results(lines);
  assert.match(plain ?? '', /^REACHED <a href/, lines.join('\n'));
  assert.match(tunnel ?? '', /^REACHED through a tunnel/);
  assert.match(other ?? '', /403 Forbidden/);
  assert.match(intern ?? '', /403 Forbidden/);
  const { missed, used } = own.seen('web');
  assert.equal(
    [missed.map(({ why, host }) => `${why} ${host}`), used],
    [['host evil.example', 'private intern.example.org'], true],
  );
  assert.ok(index.requests.every(({ headers }) => !('proxy-authorization' in headers)));
});

/** Runs `docker` on the grading engine. */
const dockerOn =
  ({ engine }: GradingEngine) =>
  (...args: string[]) =>
    execFileSync('docker', args, { env: { ...process.env, ...engine.compose.env }, encoding: 'utf8' });

test('a hostile build reaches neither this machine, nor its networks, nor a name server', async ({ grading, network }) => {
  const docker = dockerOn(grading);
  const connections: string[] = [];
  const canary = createServer((socket) => {
    connections.push(`${socket.remoteAddress} to ${socket.localAddress}`);
    socket.on('error', () => undefined).end('HTTP/1.0 200 OK\r\n\r\ncanary');
  });
  await new Promise<void>((done) => {
    canary.listen(0, '0.0.0.0', done);
  });
  try {
    const { port } = canary.address() as AddressInfo;
    const gateway = (await loadSubnets(layoutOf(gradingHomes(locateHomes()))))?.gateway.split('/')[0] ?? '';
    // Node lists only interfaces that run, which a bridge without a container does not
    const local = readFileSync('/proc/net/fib_trie', 'utf8').matchAll(/\|-- ([\d.]+)\n +\/32 host LOCAL/g);
    const own = [...new Set([...local].map(([, address = '']) => address))].filter((one) => !one.startsWith('127.'));
    assert.ok(own.includes(gateway), 'the bridge has its address');
    assert.match(await (await fetch(`http://${gateway}:${port}/`)).text(), /canary/, 'it is there for the host');
    connections.length = 0;
    using use = network.openBuilds();
    const neighbour = docker('run', '-d', '--rm', 'python:3.13-slim', 'python3', '-m', 'http.server', String(port)).trim();
    const beside = docker('inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', neighbour).trim();
    const targets = [beside, gateway, ...own.filter((address) => address !== gateway).slice(0, 3)];
    const proxy = use.proxyFor('web') ?? '';
    const script = `${tried}
for address in ${JSON.stringify(targets)}: tried('host-' + address.replace('.', '-'), lambda: tcp(address, ${port}))
for address in ['203.0.113.9', '169.254.169.254', '10.255.255.1', '8.8.8.8', '172.17.0.1']:
  tried('away-' + address.replace('.', '-'), lambda: tcp(address, 80))
def query():
  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect(('8.8.8.8', 53))
  s.send(bytes.fromhex('0001010000010000000000000470797069036f72670000010001')); return s.recv(100)
tried('dns', query)
def through(to):
  host, _, port = os.environ['HTTPS_PROXY'].split('@')[1].partition(':')
  s = socket.create_connection((host, int(port)), 5)
  s.sendall(('CONNECT ' + to + ' HTTP/1.1\\r\\n\\r\\n').encode()); return s.recv(100).decode().splitlines()[0]
for name, to in enumerate(['127.0.0.1:${port}', '${gateway}:${port}', 'localhost:${port}', '[::1]:${port}', '2130706433:${port}', 'pypi.org:${port}', 'pypi.org:22']):
  tried('proxied-' + str(name), lambda: through(to))
tried('ipv6', lambda: open('/proc/net/if_inet6').read().count('eth0'))
`;
    const lines = await build(grading, use, script);
    docker('kill', neighbour);
    const seen = results(lines);
    assert.ok(Object.keys(seen).length >= 14 + targets.length, lines.join('\n'));
    for (const [name, value] of Object.entries(seen)) {
      if (name.startsWith('proxied-')) assert.match(value, /^REACHED HTTP\/1\.1 40[03] /, name);
      else if (name === 'ipv6') assert.is(value, 'REACHED 0');
      else assert.not.match(value, /REACHED/, `${name}: ${value}`);
    }
    assert.equal(connections, []);
    assert.ok(triedNetwork(lines), 'the counters of the step show what it tried without the proxy');
    // other programs on this machine cannot use the proxy
    const { hostname, port: proxyPort } = new URL(proxy);
    await fetch(`http://${hostname}:${proxyPort}/`, { signal: AbortSignal.timeout(1500) }).then(
      () => assert.unreachable('the proxy answers this machine'),
      () => undefined,
    );
  } finally {
    canary.close();
  }
});

test('the proxy is in no history and in no environment of an image', async ({ grading, network }) => {
  using use = network.openBuilds();
  const lines = await build(grading, use, "import os\nprint('RESULT', 'proxy', os.environ['http_proxy'])\n");
  const proxy = results(lines)['proxy'] ?? '';
  assert.is(proxy, use.proxyFor('web'));
  const docker = dockerOn(grading);
  const image = `labwright-net${process.pid}x${builds}-web:grade`;
  try {
    const kept = docker('history', '--no-trunc', image) + docker('image', 'inspect', image);
    assert.match(kept, /probe\.py/);
    assert.not.match(kept, /proxy/i);
  } finally {
    docker('rmi', image);
  }
});

/** An engine's bridge without the engine, with the rules about it. */
async function onOwnBridge(work: (homes: Homes, rules: () => string[]) => Promise<void>): Promise<void> {
  const { homes, layout, remove } = ownHomes();
  mkdirSync(layout.dir, { recursive: true });
  await makeBridge(layout);
  const rules = () =>
    ['iptables-save', 'ip rule']
      .flatMap((command) => execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('\n'))
      .filter((line) => line.includes(layout.bridge) || line.startsWith(`-A ${layout.chain}-BUILDS`))
      .map((line) => line.replaceAll(layout.chain, 'CHAIN'));
  try {
    await work(homes, rules);
  } finally {
    await removeStale(layout);
    await remove();
  }
  assert.equal(leftovers(layout), []);
}
const aboutBridge = (rules: readonly string[]) => rules.filter((rule) => !rule.startsWith('-A CHAIN-BUILDS -j DROP'));

test('an open network waits for the restricted ones of an engine, and nothing is left of either', async () => {
  await onOwnBridge(async (homes, rules) => {
    let waited = 0;
    const onWait = () => {
      waited += 1;
    };
    const waiting = { onWait, signal };
    const [one, other] = [await openBuildAccess(homes, 'proxy', waiting), await openBuildAccess(homes, 'proxy', waiting)];
    await one.allow(4001);
    assert.is(waited, 0);
    assert.match(rules().join('\n'), /unreachable/);
    assert.match(rules().join('\n'), /-A FORWARD -i \S+ -j REJECT/);
    const stop = new AbortController();
    const impatient = { onWait: () => stop.abort('it waits'), signal: stop.signal };
    const outcome = await openBuildAccess(homes, 'open', impatient).then(
      () => 'it does not wait',
      (error) => error,
    );
    assert.is(outcome, 'it waits');
    await one[Symbol.asyncDispose]();
    assert.not.match(rules().join('\n'), /4001/);
    assert.match(rules().join('\n'), /unreachable/, 'another one still needs it');
    await other[Symbol.asyncDispose]();
    assert.equal(aboutBridge(rules()), []);
    await using _open = await openBuildAccess(homes, 'open', waiting);
    assert.equal([aboutBridge(rules()), waited], [[], 0]);
  });
});

test('the rules of a grader that was killed are replaced by those of the next one', async () => {
  const program = compile(`
    import { openBuildAccess } from ${source('src/docker/embedded/network/build-access.ts')};
    const access = await openBuildAccess(JSON.parse(process.argv[2]), 'proxy', { onWait() {}, signal: new AbortController().signal });
    await access.allow(4001);
    process.kill(process.pid, 'SIGKILL');
  `);
  await onOwnBridge(async (homes, rules) => {
    const { signal: ended } = spawnSync(process.execPath, [program, JSON.stringify(homes)]);
    assert.is(ended, 'SIGKILL');
    const left = rules();
    assert.match(left.join('\n'), /--dport 4001 -j ACCEPT/);
    await using next = await openBuildAccess(homes, 'proxy', { onWait: () => assert.unreachable(), signal });
    await next.allow(4002);
    assert.equal(
      rules(),
      left.map((rule) => rule.replace('4001', '4002')),
    );
  });
});

const submission = (replacement: string): string => {
  const dir = folder();
  cpSync(join(assets, 'compose-scale/nginx'), join(dir, 's'), { recursive: true });
  mkdirSync(join(dir, 's', 'var/log/nginx'), { recursive: true });
  const path = join(dir, 's', 'flask/Dockerfile');
  writeFileSync(path, readFileSync(path, 'utf8').replace('WORKDIR', `${replacement}\nWORKDIR`));
  return join(dir, 's');
};

async function gradeOf({ engine, rootId, disk, named }: GradingEngine, network: BuildNetwork, path: string) {
  const lab = composeScale.labs.find(({ id }) => id === 'nginx');
  const spec = lab && composeScale.stacks[lab.stack];
  if (!lab || !spec || rootId === undefined || disk === undefined) throw new Error('no lab, or no grading engine');
  const rubric = await loadRubric(standardRubric(composeScale), composeScale);
  const ids = { nonce: () => randomBytes(8).toString('hex'), runId: () => `net${randomBytes(6).toString('hex')}` };
  const options = {
    engine,
    images: named,
    rootId,
    disk,
    homes: locateHomes(),
    lab,
    spec,
    rubric,
    proberImage: 'nicolaka/netshoot:v0.13',
    buildNetwork: network,
  };
  const { grade } = await gradeOne(path, { ...options, version: '0', clock, ...ids }, signal, (_, work) => work());
  return grade;
}

test('a submission that installs a package from an index gets all points', async ({ grading, network }) => {
  const install = `RUN pip install --no-cache-dir --index-url http://pypi.org/simple --trusted-host pypi.org ${wheel.project}==1.0 && python3 -c "import ${wheel.module}"`;
  const grade = await gradeOf(grading, network, submission(install));
  assert.equal([grade.status, grade.points], ['graded', 100], JSON.stringify(grade.review));
});

test('a submission that needs a host that is not listed needs review: the host and the remedies are named', async ({
  grading,
  network,
}) => {
  const fetch = `RUN python3 -c "import urllib.request; urllib.request.urlopen('https://evil.example/x')"`;
  const grade = await gradeOf(grading, network, submission(fetch));
  assert.is(grade.status, 'review');
  assert.match(
    grade.review?.en ?? '',
    /^flask\/Dockerfile:\d+: .* needs `evil\.example`, which builds may not reach here\. Add it to `packages` in the rubric, or grade again with `--build-network open`\.$/,
  );
});

test.run();
