// time limit: 600 s
import { mkdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { down, type PrivateEngine, up } from '../../src/docker/embedded/embedded-engine.ts';
import { docker, importSleep, leftovers, type OwnEngine, ownHomes, run, unattended } from '../helpers/own-engine.ts';

/** Two private engines on one host, beside other bridges and rules. */
const test = suite<{ first: OwnEngine; second: OwnEngine; one: PrivateEngine; other: PrivateEngine; foreignBridge: string }>(
  'private engines side by side',
  {} as never,
);

test.before((it) => {
  it.first = ownHomes();
  it.second = ownHomes();
  it.foreignBridge = `lwtest${process.pid}`;
  run({}, 'ip', 'link', 'add', it.foreignBridge, 'type', 'bridge');
});
test.after(async ({ first, second, foreignBridge }) => {
  await first.remove();
  await second.remove();
  run({}, 'ip', 'link', 'delete', foreignBridge);
});

const rules = ({ layout }: OwnEngine): string[] =>
  run({}, 'iptables-save')
    .split('\n')
    .filter((line) => line.includes(layout.chain) || line.includes(layout.bridge));

test('each engine has its own socket, bridge, addresses and rules', async (it) => {
  it.one = await up(it.first.homes, unattended);
  docker(it.one, 'network', 'create', 'lab');
  importSleep(it.one, it.first.homes.state);
  docker(it.one, 'run', '-d', '--init', '--name', 'stays', '--network', 'lab', '-p', '127.0.0.1:0:80', 'sleep');
  const before = rules(it.first);
  assert.ok(before.length > 10);

  it.other = await up(it.second.homes, unattended);
  assert.is.not(it.one.host, it.other.host);
  // dockerd flushes its own iptables chains when it starts
  assert.equal(rules(it.first), before);
  const network = (engine: PrivateEngine) =>
    docker(engine, 'network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}}', 'bridge');
  assert.is.not(network(it.one), network(it.other));
  const foreign = run({}, 'iptables-save')
    .split('\n')
    .filter((line) => /\bDOCKER\b/.test(line) && [it.first, it.second].some(({ layout }) => line.includes(layout.bridge)));
  assert.equal(foreign, []);
});

test('`down` of the second engine removes its networks; the first engine and a foreign bridge are not affected', async ({
  first,
  second,
  one,
  other,
  foreignBridge,
}) => {
  docker(other, 'network', 'create', 'gone');
  const bridge = `br-${docker(other, 'network', 'inspect', '-f', '{{.Id}}', 'gone').slice(0, 12)}`;
  assert.match(run({}, 'ip', '-brief', 'link'), bridge);
  const before = rules(first);
  assert.ok(await down(second.homes));
  assert.equal(leftovers(second.layout), []);
  const links = run({}, 'ip', '-brief', 'link');
  assert.not.match(links, bridge);
  assert.match(links, foreignBridge);
  assert.match(links, first.layout.bridge);
  assert.equal(rules(first), before);
  assert.is(docker(one, 'inspect', '-f', '{{.State.Running}}', 'stays'), 'true');
});

test('after `up`, the networks of the second engine exist again', async ({ second, other }) => {
  await up(second.homes, unattended);
  const bridge = `br-${docker(other, 'network', 'inspect', '-f', '{{.Id}}', 'gone').slice(0, 12)}`;
  assert.match(run({}, 'ip', '-brief', 'link'), bridge);
});

test('the path of the state folder is too long for a socket, with spaces and 中文: the socket is in /run', async () => {
  const deep = ownHomes();
  const homes = { ...deep.homes, state: `${deep.homes.state}/很 深 的 ${'資料夾'.repeat(12)}` };
  mkdirSync(homes.state, { recursive: true });
  try {
    const engine = await up(homes, unattended);
    assert.match(engine.host, /^unix:\/\/\/run\/labwright-[0-9a-f]{8}\/docker\.sock$/);
    assert.is(run({}, 'stat', '-c', '%a', engine.host.slice('unix://'.length).replace('/docker.sock', '')), '700');
    assert.is(docker(engine, 'info', '-f', '{{.DockerRootDir}}'), `${homes.state}/engine/data`);
    importSleep(engine, homes.state);
    assert.is(docker(engine, 'run', '--rm', 'sleep', '/bin/sleep', '0'), '');
  } finally {
    await down(homes);
    await deep.remove();
  }
});

test.run();
