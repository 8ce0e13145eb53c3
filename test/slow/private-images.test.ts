// time limit: 600 s
// only with test:full
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildBase, type PrivateEngine, up } from '../../src/docker/embedded/embedded-engine.ts';
import { folder } from '../helpers/folder.ts';
import { docker, type OwnEngine, ownHomes, unattended } from '../helpers/own-engine.ts';
import { rejection } from '../helpers/rejection.ts';

/** The stand-ins for the registry's images, on an engine without images. */
const test = suite<{ own: OwnEngine; engine: PrivateEngine }>('images from packages', {} as never);
const [python, redis, nginx, client] = ['python:3.13-slim', 'redis:8.0', 'nginx:1.26', 'nicolaka/netshoot:v0.13'] as const;

test.before(async (it) => {
  it.own = ownHomes();
  it.engine = await up(it.own.homes, unattended);
});
test.after(async ({ own }) => own.remove());

const fileOf = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // the process has ended
  }
};

test('two builders at the same time, with common images: all four images are built, each once', async ({
  own: { homes },
  engine,
}) => {
  const built: string[] = [];
  // mmdebstrap alone would make this mount private
  const shared = folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', shared]);
  execFileSync('mount', ['--make-shared', shared]);
  // mounted like another engine's disk: a copy of the mount would keep the disk in use until the base image is built
  const other = folder({ 'engine/data/there': '' });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', `${other}/engine/data`]);
  const talk = { unattended: true, progress: ({ en }: { en: string }) => void (en.startsWith('built') && built.push(en)) };
  const copies = new Map<string, string>();
  let mount: string | undefined;
  try {
    let done = false;
    const builds = Promise.all([
      buildBase(homes, engine, [python, redis, nginx, client], talk),
      buildBase(homes, engine, [redis, nginx], talk),
    ]).finally(() => {
      done = true;
    });
    const watchMounts = async () => {
      while (!done) {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
          if (fileOf(pid, 'comm') === 'mmdebstrap\n') copies.set(pid, fileOf(pid, 'mountinfo'));
        await pause(50);
      }
    };
    await Promise.all([builds, watchMounts()]);
    mount = fileOf('self', 'mountinfo')
      .split('\n')
      .find((line) => line.includes(` ${shared} `));
  } finally {
    for (const point of [`${other}/engine/data`, shared]) execFileSync('umount', [point]);
  }
  assert.ok(
    [...copies.values()].some((mounts) => mounts !== ''),
    'mmdebstrap was seen',
  );
  const lines = [...copies.values()].flatMap((mounts) => mounts.split('\n'));
  assert.equal(
    lines.filter((line) => line.includes(other)),
    [],
    'copies of what belongs to others',
  );
  assert.equal(built.sort(), [client, nginx, python, redis].map((ref) => `built ${ref}`).sort());
  assert.match(mount ?? '', / shared:\d+ /, 'it still is');
});

test('an up-to-date image is not built again, an outdated one is, and a pulled one is kept', async ({
  own: { homes, layout },
  engine,
}) => {
  const quiet = { unattended: true, progress: () => assert.unreachable('nothing to do') };
  await buildBase(homes, engine, [python, redis, nginx, client], quiet);
  const idOf = (ref: string) => docker(engine, 'image', 'inspect', '-f', '{{.Id}}', ref);
  const good = idOf(redis);
  const dockerfile = join(layout.dir, 'Dockerfile');
  const retag = (label: string) => {
    writeFileSync(dockerfile, `FROM ${redis}\nLABEL labwright.base=${label}\n`);
    docker(engine, 'build', '-q', '-t', redis, '-f', dockerfile, layout.bin);
  };
  retag('old');
  assert.is.not(idOf(redis), good);
  await buildBase(homes, engine, [redis], unattended);
  assert.is.not(docker(engine, 'image', 'inspect', '-f', '{{index .Config.Labels "labwright.base"}}', redis), 'old');
  docker(engine, 'import', '--change', 'CMD ["sh"]', '/dev/null', nginx);
  const pulled = idOf(nginx);
  await buildBase(homes, engine, [nginx], quiet);
  assert.is(idOf(nginx), pulled);
  docker(engine, 'rmi', nginx);
  await buildBase(homes, engine, [nginx], unattended);
});

test('python: `pip install flask redis` works offline', ({ engine }) => {
  const output = docker(
    engine,
    'run',
    '--rm',
    '--network',
    'none',
    python,
    'sh',
    '-c',
    'pip install flask redis && python -c "import flask, redis" && python --version && flask --version',
  );
  assert.match(output, /Requirement already satisfied: flask/);
  assert.match(output, /Requirement already satisfied: redis/);
  assert.match(output, /Python 3\.13/);
});

test('redis: answers on its network without a password, runs as its own user in /data', ({ engine }) => {
  docker(engine, 'network', 'create', 'lab');
  docker(engine, 'run', '-d', '--name', 'redis', '--network', 'lab', redis);
  const pong = 'until redis-cli -h redis ping 2>&1 | grep PONG; do sleep 0.05; done; redis-cli -h redis incr hits';
  assert.match(docker(engine, 'run', '--rm', '--network', 'lab', redis, 'timeout', '20', 'sh', '-c', pong), /PONG\n1$/);
  assert.match(docker(engine, 'exec', 'redis', 'sh', '-c', 'grep ^Uid /proc/1/status; pwd'), /Uid:\t999\t.*\n\/data$/);
  const withPassword =
    'redis-server --requirepass secret --save "" & until redis-cli ping 2>&1 | grep NOAUTH; do sleep 0.05; done';
  assert.match(docker(engine, 'run', '--rm', redis, 'timeout', '20', 'sh', '-c', withPassword), /NOAUTH/);
});

test('nginx: uses a mounted default.conf, logs to stdout, contains curl, and ends on SIGQUIT', async ({ engine, own }) => {
  const conf = join(own.homes.state, 'default.conf');
  writeFileSync(conf, 'server { listen 80; location / { return 200 "ours\\n"; } }\n');
  docker(engine, 'run', '-d', '--name', 'plain', '--network', 'lab', nginx);
  docker(
    engine,
    'run',
    '-d',
    '--name',
    'nginx',
    '--network',
    'lab',
    '-p',
    '80',
    '-v',
    `${conf}:/etc/nginx/conf.d/default.conf:ro`,
    nginx,
  );
  const curl = 'curl -s --retry 40 --retry-connrefused --retry-delay 0';
  assert.is(
    docker(engine, 'exec', 'nginx', 'sh', '-c', `${curl} localhost && getent hosts redis >/dev/null && echo known`),
    'ours\nknown',
  );
  assert.match(docker(engine, 'exec', 'plain', 'sh', '-c', `${curl} localhost`), 'Welcome to nginx!');
  assert.match(docker(engine, 'logs', 'nginx'), /127\.0\.0\.1 - - \[.*\] "GET \/ HTTP\/1\.1" 200/);
  const published = docker(engine, 'port', 'nginx').split(' -> ')[1] ?? '';
  assert.is(await (await fetch(`http://${published}/`)).text(), 'ours\n');
  docker(engine, 'stop', '--time', '60', 'nginx');
  assert.is(docker(engine, 'inspect', '-f', '{{.State.ExitCode}}', 'nginx'), '0', 'SIGQUIT ends it; one that is killed has 137');
});

test('client: ping, dig and curl work', ({ engine }) => {
  const output = docker(
    engine,
    'run',
    '--rm',
    '--network',
    'lab',
    client,
    'sh',
    '-c',
    'ping -c1 redis && dig +short redis && curl -s plain',
  );
  assert.match(output, '1 received');
  assert.match(output, /^\d+\.\d+\.\d+\.\d+$/m);
  assert.match(output, 'Welcome');
});

test('a container reaches the package mirror over the bridge', ({ engine }) => {
  assert.is(docker(engine, 'run', '--rm', python, 'sh', '-c', 'apt-get -qq update && echo updated'), 'updated');
});

test('an image without a recipe: E_IMAGE_MISSING', async ({ own: { homes }, engine }) => {
  assert.is((await rejection(buildBase(homes, engine, ['mysql:9'], unattended))).code, 'E_IMAGE_MISSING');
});

test('a build that fails: E_IMAGE_BUILD with the output of apt', async ({ own: { homes, layout }, engine }) => {
  writeFileSync(join(layout.dir, 'Dockerfile'), `FROM ${redis}\nLABEL labwright.base=old\n`);
  docker(engine, 'build', '-q', '-t', redis, '-f', join(layout.dir, 'Dockerfile'), layout.bin);
  // only this test uses the engine: remove its build cache, and set a proxy that does not exist
  docker(engine, 'builder', 'prune', '-af');
  const before = process.env['http_proxy'];
  process.env['http_proxy'] = 'http://127.0.0.1:9';
  try {
    const error = await rejection(buildBase(homes, engine, [redis], unattended));
    assert.is(error.code, 'E_IMAGE_BUILD');
    assert.match(error.text.en, /^the image redis:8\.0 could not be built:\n[\s\S]*127\.0\.0\.1/, error.text.en);
  } finally {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
  }
});

test.run();
