import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NormalService, NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { builtTag, type Held, renderStack } from '../../../../src/grade/sandbox/render-compose.ts';
import { bare } from '../../../fixtures/submission.ts';

const limits = { memoryMb: 256, cpus: 1, pids: 128, buildSeconds: 1, stepSeconds: 1, totalSeconds: 1, diskMb: 200 };
const held = (over: Partial<Held> = {}): Held => ({
  runId: 'r1',
  project: 'labwright-r1-nginx',
  dir: '/s/files',
  dockerfiles: '/s/dockerfiles',
  contents: '/s/contents',
  copy: '/s/copy',
  limits,
  builds: { mode: 'none', proxyFor: () => undefined },
  wanted: {},
  ...over,
});
const service = (over: Partial<NormalService> = {}): NormalService =>
  bare({ image: 'redis:8.0', ports: [{ hostIp: '', hostPort: 8000, containerPort: 80 }], ...over });
const stack = (services: Record<string, NormalService>, volumes: string[] = []): NormalStack => ({
  services,
  networks: { default: { internal: false } },
  volumes,
});
// biome-ignore lint/suspicious/noExplicitAny: a file of many shapes, of which tests read single values
const rendered = (given: NormalStack, over: Partial<Held> = {}): any => JSON.parse(renderStack(given, held(over)));

test('every service is restricted: no privileges, no ports, no swap, resource limits', () => {
  const { services, networks } = rendered(stack({ a: service(), b: service() }));
  for (const one of Object.values<Record<string, unknown>>(services)) {
    assert.equal(one['cap_drop'], ['ALL']);
    assert.equal(one['security_opt'], ['no-new-privileges:true']);
    assert.equal([one['mem_limit'], one['memswap_limit'], one['pids_limit'], one['cpus']], ['256m', '256m', 128, 1]);
    assert.equal([one['restart'], one['init'], one['pull_policy'], one['stop_grace_period']], ['no', true, 'never', '1s']);
    assert.equal(one['labels'], { 'labwright.run': 'r1' });
    for (const key of ['ports', 'privileged', 'devices', 'container_name', 'hostname']) assert.not.ok(key in one, key);
  }
  assert.equal(networks, { default: { internal: true, labels: { 'labwright.run': 'r1' } } });
});

test('capabilities that the submission drops are dropped', () => {
  const caps = (drop: string[]) => rendered(stack({ a: service({ capDrop: drop }) })).services.a.cap_add as string[];
  assert.ok(caps([]).includes('CHOWN') && !caps([]).includes('SYS_ADMIN') && !caps([]).includes('NET_RAW'));
  assert.not.ok(caps(['CAP_CHOWN']).includes('CHOWN'));
  assert.equal(caps(['ALL']), []);
  const back = stack({ a: service({ capDrop: ['ALL', 'CHOWN'], capAdd: ['CHOWN'] }) });
  assert.equal(rendered(back).services.a.cap_add, ['CHOWN']);
});

test('texts are files of the grader, the whole folder is a copy, and lines of the hosts file are kept', () => {
  const mounts = [
    { type: 'bind', source: '.', target: '/code', readOnly: false, copy: true },
    { type: 'content', content: 'x', target: '/x' },
  ] as const;
  const { services } = rendered(stack({ a: service({ mounts, extraHosts: ['api:10.0.0.1'] }) }));
  assert.equal(services.a.volumes, [
    { type: 'bind', source: '/s/copy', target: '/code', read_only: false },
    { type: 'bind', source: '/s/contents/a=1', target: '/x', read_only: true },
  ]);
  assert.equal(services.a.extra_hosts, ['api:10.0.0.1']);
});

const built = (args: Readonly<Record<string, string>>): NormalService => {
  const origin = { file: 'web/Dockerfile', lines: [], replaced: {} };
  const build = { context: 'web', dockerfile: 'Dockerfile', dockerfileText: '', args, target: 'prod', origin };
  const { image: _, ...plain } = service({ build });
  return plain;
};

test('a build has no network unless permitted, the generated Dockerfile, and its own tag', () => {
  const plain = built({ A: '1' });
  const { services } = rendered(stack({ Web: plain }));
  assert.is(services.Web.image, builtTag('labwright-r1-nginx', 'Web'));
  assert.is(services.Web.image, 'labwright-r1-nginx-web:grade');
  assert.equal(services.Web.build, {
    context: '/s/files/web',
    dockerfile: '/s/dockerfiles/Web',
    args: { A: '1' },
    target: 'prod',
    network: 'none',
    labels: { 'labwright.run': 'r1' },
  });
  const open = rendered(stack({ Web: plain }), { builds: { mode: 'open', proxyFor: () => undefined } }).services.Web.build;
  assert.not.ok('network' in open);
  assert.equal(open.args, { A: '1' });
  assert.ok(plain.build);
  const other = { ...plain, ...(plain.build ? { build: { ...plain.build, from: '/reference' } } : {}) };
  assert.is(rendered(stack({ Web: other })).services.Web.build.context, '/reference/web', 'of the reference solution');
});

test('builds that reach package indexes get the proxy of their service, whatever the submission sets', () => {
  const own = built({ A: '1', https_proxy: 'http://10.0.0.1' });
  const builds = { mode: 'packages', proxyFor: (name: string) => `http://${name}:x@10.1.0.1:4000` } as const;
  const { build } = rendered(stack({ web: own }), { builds }).services.web;
  assert.not.ok('network' in build);
  const proxy = 'http://web:x@10.1.0.1:4000';
  const { A, ...proxies } = build.args;
  assert.is(A, '1');
  assert.equal(
    [proxies.HTTP_PROXY, proxies.http_proxy, proxies.HTTPS_PROXY, proxies.https_proxy, proxies.NO_PROXY],
    [proxy, proxy, proxy, proxy, 'localhost,127.0.0.1,::1'],
  );
  // BuildKit's predefined arguments: others would be in the image's history
  const predefined = /^(?:HTTP|HTTPS|FTP|NO)_PROXY$/i;
  assert.ok(Object.keys(proxies).every((name) => predefined.test(name)));
});

test('dollar signs are escaped, so that Compose interpolates nothing', () => {
  const { services } = rendered(stack({ a: service({ command: 'echo $HOME ${PATH}', environment: { A: '$B', C: '$$' } }) }));
  assert.is(services.a.command, 'echo $$HOME $${PATH}');
  assert.equal(services.a.environment, { A: '$$B', C: '$$$$' });
});

test('mounts are in the folder; each volume that the image declares is a volume with our label', () => {
  const mounts = [
    { type: 'bind', source: 'nginx/a:b.conf', target: '/etc/c', readOnly: true },
    { type: 'volume', source: 'data', target: '/data', readOnly: false },
    { type: 'tmpfs', target: '/tmp' },
  ] as const;
  const { services, volumes } = rendered(stack({ a: service({ mounts }) }, ['data']), { wanted: { a: ['/data', '/more'] } });
  assert.equal(services.a.volumes, [
    { type: 'bind', source: '/s/files/nginx/a:b.conf', target: '/etc/c', read_only: true },
    { type: 'volume', source: 'data', target: '/data', read_only: false },
    { type: 'tmpfs', target: '/tmp', tmpfs: { size: 64_000_000 } },
    { type: 'volume', source: 'a-image-0', target: '/more' },
  ]);
  const labels = { 'labwright.run': 'r1' };
  assert.equal(volumes, { data: { labels }, 'a-image-0': { labels } });
});

test.run();
