import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildable, recipeFolder, recipeFor, recipeHash } from '../../../../src/docker/embedded/images/recipes.ts';
import { layoutOf } from '../../../../src/docker/embedded/layout.ts';
import { mountsIn, parseMounts } from '../../../../src/docker/embedded/mounts.ts';
import { removalOf } from '../../../../src/docker/embedded/network/firewall.ts';
import { chooseSubnets, isFree, within } from '../../../../src/docker/embedded/network/subnets.ts';
import { aptConf, preferences, proxyOf } from '../../../../src/docker/embedded/packages/apt-settings.ts';
import { findMirror, parseDeb822, parseSourcesList } from '../../../../src/docker/embedded/packages/apt-sources.ts';
import { debian, parseRelease, ubuntu } from '../../../../src/docker/embedded/packages/distribution.ts';
import { parseMissing, provideNeeds } from '../../../../src/docker/embedded/packages/host-dependencies.ts';
import { packagesRoot } from '../../../../src/docker/embedded/packages/packages.ts';
import type { text } from '../../../../src/lab/text.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const deb822 = `# by the installer
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# between
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;

test('sources in deb822: stanzas, folded lines, comments, disabled ones', () => {
  assert.equal(parseDeb822(deb822), [
    {
      types: ['deb', 'deb-src'],
      uris: ['http://mirror.example/debian/'],
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
    { types: ['deb'], uris: ['http://security.example/debian-security'], suites: ['bookworm-security'], components: ['main'] },
  ]);
});

test('sources in the one-line form: options, comments, other lines', () => {
  const list = `# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] https://a.example/debian bookworm main contrib # mine
deb-src http://a.example/debian bookworm main
deb cdrom:[Debian 12]/ bookworm main

nonsense`;
  const found = parseSourcesList(list);
  assert.equal(found[0], {
    types: ['deb'],
    uris: ['https://a.example/debian'],
    suites: ['bookworm'],
    components: ['main', 'contrib'],
    signedBy: '/k.gpg',
  });
  assert.equal(
    findMirror(found, (suite) => suite === 'bookworm'),
    'https://a.example/debian',
  );
  assert.is(
    findMirror(found, () => false),
    undefined,
  );
});

test('on bookworm: trixie from the host’s mirror, runc from bookworm', () => {
  const archive = debian('bookworm', 'amd64', parseDeb822(deb822));
  const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  assert.equal(archive.lines, [
    `deb ${key} http://mirror.example/debian trixie main`,
    `deb ${key} http://security.example/debian-security trixie-security main`,
    `deb ${key} http://mirror.example/debian bookworm main`,
    `deb ${key} http://security.example/debian-security bookworm-security main`,
  ]);
  assert.equal(archive.fromHost, ['runc']);
  assert.match(preferences(archive), 'Package: runc\nPin: release n=bookworm\nPin-Priority: 1001\n');
});

test('on trixie and without any source: Debian’s own mirror, nothing pinned', () => {
  const archive = debian('trixie', 'arm64', []);
  assert.match(archive.lines[0] ?? '', 'http://deb.debian.org/debian trixie main');
  assert.is(archive.lines.length, 2);
  assert.is(preferences(archive), '');
  assert.is.not(packagesRoot('/p', archive), packagesRoot('/p', debian('bookworm', 'arm64', [])));
});

test('on Ubuntu: its own release, with the package names of Ubuntu', () => {
  const archive = ubuntu('noble', 'amd64', []);
  assert.match(
    archive.lines[1] ?? '',
    'ubuntu-archive-keyring.gpg] http://archive.ubuntu.com/ubuntu noble-updates main universe',
  );
  assert.ok(archive.packages.includes('docker-compose-v2'));
  assert.not(archive.packages.includes('docker-cli'));
});

test('os-release, quoted or not', () => {
  assert.equal(
    parseRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'),
    {
      id: 'debian',
      version: '12',
      codename: 'bookworm',
      name: 'Debian GNU/Linux 12 (bookworm)',
    },
  );
});

test('apt’s settings contain the host’s network settings, and its proxy is found', () => {
  const kept = ['Acquire::http::Proxy "http://proxy:3128";', 'Acquire::Check-Date "false";'];
  assert.match(aptConf('/w', kept), 'Dir::Etc::parts "/dev/null";');
  assert.match(aptConf('/w', kept), '\nAcquire::http::Proxy "http://proxy:3128";\n');
  assert.is(proxyOf(kept), 'http://proxy:3128');
  assert.is(proxyOf(['Acquire::http::Proxy "DIRECT";']), undefined);
});

test('an address or a network within a range', () => {
  assert.ok(within('10.8.0.0/16', '10.8.128.64/26'));
  assert.not(within('10.8.0.0/16', '10.0.0.0/8'));
  assert.not(within('10.8.0.0/16', 'lo'));
});

test('an engine’s addresses follow from its ID and avoid those in use', () => {
  const first = chooseSubnets('00abcdef', []);
  assert.equal(first, { range: '10.16.0.0/16', gateway: '10.16.0.1/24', bridge: '10.16.0.0/24', pool: '10.16.128.0/17' });
  assert.is(chooseSubnets('00abcdef', ['default', '10.16.200.0/24', '10.17.0.1'])?.range, '10.18.0.0/16');
  assert.is(chooseSubnets('ff000000', ['10.0.0.0/8'])?.range, '172.16.0.0/16');
  assert.is(chooseSubnets('ff000000', ['10.0.0.0/8', '172.16.0.0/12', '192.168.1.0/24']), undefined);
  if (!first) return assert.unreachable();
  assert.ok(isFree(first, ['default', '10.17.0.0/16']));
  assert.not(isFree(first, ['10.16.0.0/24']));
});

test('a layout follows from the home folders; socket paths are short enough wherever the state is', () => {
  const near = layoutOf({ cache: '/c', state: '/s' });
  assert.is(near.socket, '/s/engine/run/docker.sock');
  assert.is(near.packages, '/c/packages');
  assert.match(near.bridge, /^lw-[0-9a-f]{8}$/);
  const deep = layoutOf({ cache: '/c', state: `/home/${'學'.repeat(30)}` });
  assert.match(deep.socket, /^\/run\/labwright-[0-9a-f]{8}\/docker\.sock$/);
  // the longest name of a chain that dockerd creates; iptables accepts 28 characters
  assert.ok(`${deep.chain}-ISOLATION-STAGE-1`.length <= 28);
  assert.is.not(near.bridge, deep.bridge);
});

const saved = `# Generated by iptables-save
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:LW12345678 - [0:0]
:LW12345678-USER - [0:0]
-A FORWARD -j LW12345678-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -o lw-12345678 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A LW12345678-USER -j RETURN
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 10.20.128.2/32 -d 10.20.128.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
COMMIT
*raw
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.20.128.2/32 ! -i br-123456789abc -j DROP
-A PREROUTING -d 127.0.0.1/32 ! -i lo -p tcp -m tcp --dport 8000 -m comment --comment LW12345678 -j DROP
-A PREROUTING -d 127.0.0.1/32 ! -i lo -p tcp -m tcp --dport 8001 -j DROP
COMMIT
`;

test('only this engine’s rules are removed', () => {
  const marks = { chain: 'LW12345678', bridges: ['lw-12345678'], range: '10.20.0.0/16' };
  assert.equal(removalOf(saved, marks).split('\n').filter(Boolean), [
    '*filter',
    '-D FORWARD -j LW12345678-USER',
    '-D FORWARD -o lw-12345678 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-F LW12345678',
    '-F LW12345678-USER',
    '-X LW12345678',
    '-X LW12345678-USER',
    'COMMIT',
    '*nat',
    '-D POSTROUTING -s 10.20.128.2/32 -d 10.20.128.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE',
    'COMMIT',
    '*raw',
    '-D PREROUTING -d 10.20.128.2/32 ! -i br-123456789abc -j DROP',
    '-D PREROUTING -d 127.0.0.1/32 ! -i lo -p tcp -m tcp --dport 8000 -m comment --comment LW12345678 -j DROP',
    'COMMIT',
  ]);
  assert.is(removalOf(saved, { chain: 'LW99999999', bridges: ['lw-99999999'] }), '');
});

test('mounts at and below a folder, the deepest first; blanks in their names', () => {
  const mounts = parseMounts(`22 1 8:1 / / rw - ext4 /dev/sda rw
40 22 8:1 /d /s/data rw shared:1 - ext4 /dev/sda rw
41 22 0:5 / /s/data/overlay2/a\\040b/merged rw - overlay overlay rw
42 22 0:5 / /s/data2 rw - tmpfs tmpfs rw
43 22 0:9 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw`);
  assert.equal(mountsIn(mounts, ['/s/data']), ['/s/data/overlay2/a b/merged', '/s/data']);
  assert.is(mounts.at(-1)?.type, 'cgroup2');
});

test('missing libraries are parsed from the output of ldd', () => {
  const output = `usr/sbin/dockerd:
	libsystemd.so.0 => not found
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x1)
usr/sbin/runc: /lib/x86_64-linux-gnu/libc.so.6: version \`GLIBC_2.38' not found (required by usr/sbin/runc)`;
  assert.equal(parseMissing(output), ['libsystemd.so.0', 'GLIBC_2.38']);
});

test('asks in both languages before installing missing packages; the error after a refusal names them', async () => {
  const asked: string[] = [];
  const find = async () => [{ what: 'iptables', package: 'iptables' }];
  const ask = async (question: ReturnType<typeof text>) => {
    asked.push(question.en, question['zh-TW']);
    return false;
  };
  const error = await rejection(provideNeeds(find, { unattended: false, ask }));
  assert.is(error.code, 'E_ENGINE_NEEDS');
  assert.match(error.hint.en, 'apt-get install --no-install-recommends iptables');
  assert.equal(asked, [
    'This machine lacks iptables. Install iptables with apt-get?',
    '這台機器缺少 iptables。要用 apt-get 安裝 iptables 嗎？',
  ]);
  await provideNeeds(async () => [], { unattended: false });
});

test('a changed file, another file or another base changes the hash', async () => {
  const dir = folder({ Dockerfile: 'FROM debian:trixie-slim\n' });
  const hash = await recipeHash(dir, 'base');
  assert.is(await recipeHash(dir, 'base'), hash);
  mkdirSync(join(dir, 'debs'));
  assert.is(await recipeHash(dir, 'base'), hash);
  writeFileSync(join(dir, 'debs', 'x'), 'x');
  assert.is.not(await recipeHash(dir, 'base'), hash, 'a file in a folder counts');
  rmSync(join(dir, 'debs'), { recursive: true });
  assert.is.not(await recipeHash(dir, 'other'), hash);
  writeFileSync(join(dir, 'extra'), '');
  const more = await recipeHash(dir, 'base');
  assert.is.not(more, hash);
  writeFileSync(join(dir, 'extra'), 'x');
  assert.is.not(await recipeHash(dir, 'base'), more);
});

test('knows the images that can be built, and no others', () => {
  for (const ref of ['python:3.13-slim', 'redis:8.0', 'nginx:1.26', 'nicolaka/netshoot:v0.13']) {
    assert.ok(buildable(ref), ref);
    const recipe = recipeFor(ref);
    assert.ok(recipe && existsSync(join(recipeFolder(recipe), 'Dockerfile')), ref);
  }
  for (const ref of ['redis:7', 'toString', '']) assert.not(buildable(ref), ref);
});

test.run();
