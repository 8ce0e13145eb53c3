import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Collected, collectClass } from '../../../../src/grade/collect/collect-class.ts';
import { renderCollected } from '../../../../src/grade/collect/collected-file.ts';
import { type CollectLimits, collectLimits } from '../../../../src/grade/collect/mirror.ts';
import { parseRepository } from '../../../../src/grade/collect/repository.ts';
import { findSubmissions } from '../../../../src/grade/submissions/find-submissions.ts';
import { intakeLimits, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { folder } from '../../../helpers/folder.ts';
import { commit, git, gitServer, repositoryIn } from '../../../helpers/git.ts';

const compose = 'services: {}\n';
const time = '2026-11-01T00:00:00Z';

interface More {
  readonly config?: string;
  readonly limits?: CollectLimits;
  readonly out?: string;
  readonly after?: (ms: number) => AbortSignal;
  readonly jobs?: number;
}
/** Tests end at their own limit. */
const never = () => new AbortController().signal;

/** Collects from these addresses, as students a, b, …, with this as the teacher's own settings of git. */
function collect(
  addresses: readonly string[],
  { config = '', limits = collectLimits, out = folder(), after = never, jobs = 2 }: More = {},
) {
  const wanted = addresses.map((address, at) => {
    const repository = parseRepository(address, '/');
    if ('wrong' in repository) throw new Error(`${address}: ${repository.wrong.en}`);
    return { student: String.fromCharCode(97 + at), repository, dueMs: Date.parse('2026-11-10T00:00:00Z') };
  });
  const HOME = folder({ '.gitconfig': config });
  return collectClass({
    wanted,
    out,
    jobs,
    zone: 'UTC',
    env: {
      PATH: process.env.PATH ?? '',
      HOME,
      GIT_CONFIG_NOSYSTEM: '1',
      no_proxy: '127.0.0.1',
      GIT_TRACE_CURL: '1',
      GIT_DIR: '/nonexistent',
    },
    clock: { after, time: () => '2026-11-05T00:00:00Z' },
    signal: new AbortController().signal,
    limits,
  });
}
const told = ({ status, folder: name, remarks }: Collected): string =>
  [status, name, ...remarks.map(({ en }) => en)].filter((part) => part !== undefined).join(' | ');
const filesIn = (dir: string): string[] => readdirSync(dir, { recursive: true }).map(String).sort();

/** What `lab grade` says about the only submission in a folder: its codes; none if it accepts it. */
async function refusalsOf(out: string): Promise<string[]> {
  const [first] = (await findSubmissions([out])).found;
  assert.ok(first);
  const result = await unpack(first.path, join(folder(), 'into'), intakeLimits, new AbortController().signal);
  return result.ok ? [] : result.refusals.map(({ code }) => code);
}

test('hooks, filters, LFS, submodules and attributes: git runs nothing, and the files have the bytes that git stores', async () => {
  await using server = await gitServer();
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
  const ann = repositoryIn(server.root, 'ann');
  commit(ann, time, {
    'compose.yaml': compose,
    'big.bin': pointer,
    'secret.txt': '$Id$ $Format:%H$\n',
    '.gitattributes':
      '* filter=evil ident eol=crlf\n*.bin filter=lfs diff=lfs merge=lfs -text\nsecret.txt export-ignore export-subst\n',
    '.gitmodules': `[submodule "sub"]\n\tpath = sub\n\turl = ${server.url}/other\n\tupdate = !touch /tmp/x\n`,
  });
  git(ann, ['update-index', '--add', '--cacheinfo', `160000,${git(ann, ['rev-parse', 'HEAD'])},sub`]);
  git(ann, ['commit', '--quiet', '-m', 'sub']);
  const canaries = folder();
  const touch = (name: string) => `touch ${canaries}/${name}; cat`;
  const hooks = folder(
    Object.fromEntries(
      ['post-checkout', 'reference-transaction', 'post-merge'].map((name) => [name, `#!/bin/sh\n${touch(name)} >/dev/null\n`]),
    ),
  );
  const config = [
    `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = "touch ${canaries}/fsmonitor"`,
    ...['evil', 'lfs'].map(
      (name) => `[filter "${name}"]\n\tsmudge = "${touch(name)}"\n\tclean = "${touch(name)}"\n\trequired = true`,
    ),
    '[submodule]\n\trecurse = true\n[fetch]\n\trecurseSubmodules = true\n[protocol]\n\tallow = always\n',
  ].join('\n');
  const out = folder();
  assert.equal((await collect([`${server.url}/ann`], { config, out })).map(told), ['collected | a']);
  assert.equal(readdirSync(canaries), []);
  assert.is(
    server.requests.some((line) => line.includes('/other')),
    false,
  );
  const read = (name: string) => readFileSync(join(out, 'a', name), 'utf8');
  assert.is(
    git(ann, ['cat-file', '-s', 'HEAD:compose.yaml']),
    '13',
    'stored without a carriage return, which a checkout would add',
  );
  assert.equal([read('compose.yaml'), read('big.bin'), read('secret.txt')], ['services: {}\n', pointer, '$Id$ $Format:%H$\n']);
  assert.equal(readdirSync(join(out, 'a/sub')), []);
  assert.equal(await refusalsOf(out), []);
  const plain = folder({ '.gitconfig': config });
  execFileSync('git', ['clone', '--quiet', '--no-recurse-submodules', ann, join(plain, 'x')], {
    env: { PATH: process.env.PATH ?? '', HOME: plain, GIT_CONFIG_NOSYSTEM: '1' },
    stdio: 'ignore',
  });
  assert.ok(
    ['evil', 'lfs', 'post-checkout'].every((name) => existsSync(join(canaries, name))),
    'the traps are none',
  );
});

/** Commits a tree with these entries (mode, name, object), whatever git thinks of their names. */
function commitTree(dir: string, entries: readonly (readonly [mode: string, name: string, id: string])[]): void {
  const raw = Buffer.concat(
    entries.map(([mode, name, id]) => Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')])),
  );
  const tree = execFileSync('git', ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'], {
    cwd: dir,
    input: raw,
    encoding: 'utf8',
  }).trim();
  git(dir, ['update-ref', 'refs/heads/main', git(dir, ['commit-tree', '-m', 'a', tree], time)]);
}
function blob(dir: string, content: string): string {
  return execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: dir, input: content, encoding: 'utf8' }).trim();
}

test('a tree with `.git` as a link or a folder, and names that leave the folder, write nothing of it', async () => {
  await using server = await gitServer();
  const target = folder();
  const [linked, inside, above] = ['a', 'b', 'c'].map((name) => repositoryIn(server.root, name));
  assert.ok(linked && inside && above);
  const file = (dir: string) => ['100644', 'compose.yaml', blob(dir, compose)] as const;
  commitTree(linked, [['120000', '.git', blob(linked, target)], file(linked)]);
  const hooks = git(inside, ['hash-object', '-w', '-t', 'tree', '/dev/null']);
  commitTree(inside, [['40000', '.GIT', hooks], file(inside)]);
  commitTree(above, [['100644', '../evil.txt', blob(above, 'x')], file(above)]);
  const out = folder();
  const results = await collect(
    ['a', 'b', 'c'].map((name) => `${server.url}/${name}`),
    { out },
  );
  assert.equal(results.map(told), ['collected | a', 'collected | b', 'collected | c.git']);
  assert.equal(filesIn(join(out, 'a')), ['compose.yaml']);
  assert.equal(filesIn(join(out, 'b')), ['compose.yaml']);
  assert.equal(filesIn(target), []);
  assert.not(existsSync(join(out, 'evil.txt')));
});

test('files that lab grade refuses are handed over as a repository, so that it refuses them with its reason', async () => {
  const hard: Readonly<Record<string, (dir: string) => void>> = {
    'link-leaves-folder': (dir) => symlinkSync('/etc/passwd', join(dir, 'x')),
    'link-circle': (dir) => symlinkSync('x', join(dir, 'x')),
    'file-too-large': (dir) => writeFileSync(join(dir, 'x'), Buffer.alloc(33 * 1024 * 1024)),
    'names-collide': (dir) => {
      writeFileSync(join(dir, 'x'), '');
      writeFileSync(join(dir, 'X'), '');
    },
  };
  await using server = await gitServer();
  for (const [code, make] of Object.entries(hard)) {
    const dir = repositoryIn(server.root, code);
    make(dir);
    commit(dir, time, { 'compose.yaml': compose });
    const out = folder();
    assert.equal((await collect([`${server.url}/${code}`], { out })).map(told), ['collected | a.git'], code);
    assert.equal(readdirSync(join(out, 'a.git')).sort(), ['HEAD', 'config', 'objects', 'refs'], code);
    assert.equal(await refusalsOf(out), [code]);
    // once it is repaired, the folder takes its place
    commit(dir, '2026-11-02T00:00:00Z', { x: undefined });
    assert.equal((await collect([`${server.url}/${code}`], { out })).map(told), ['collected | a'], code);
    assert.not(existsSync(join(out, 'a.git')), code);
  }
});

test('a repository on this machine cannot lead to another one: links, alternates, a `.git` file', async () => {
  const root = folder();
  const secret = repositoryIn(root, 'secret');
  const id = commit(secret, time, { 'compose.yaml': compose, 'answer.txt': '42' });
  const make = (name: string, change: (dir: string) => void): string => {
    const dir = repositoryIn(root, name);
    commit(dir, time, { 'compose.yaml': compose });
    change(dir);
    return dir;
  };
  const borrow = (dir: string) => {
    mkdirSync(join(dir, '.git/objects/info'), { recursive: true });
    writeFileSync(join(dir, '.git/objects/info/alternates'), `${join(secret, '.git/objects')}\n`);
    writeFileSync(join(dir, '.git/refs/heads/main'), `${id}\n`);
  };
  const addresses = [
    make('link', (dir) => {
      renameSync(join(dir, '.git'), join(dir, 'old'));
      symlinkSync(join(secret, '.git'), join(dir, '.git'));
    }),
    make('file', (dir) => {
      renameSync(join(dir, '.git'), join(dir, 'old'));
      writeFileSync(join(dir, '.git'), `gitdir: ${join(secret, '.git')}\n`);
    }),
    make('objects', (dir) => {
      renameSync(join(dir, '.git/objects'), join(dir, 'old'));
      symlinkSync(join(secret, '.git/objects'), join(dir, '.git/objects'));
    }),
    make('alternates', borrow),
  ];
  const results = await collect(addresses);
  assert.equal(
    results.map(({ status, commit: found }) => [status, found]),
    addresses.map(() => ['failed', undefined]),
  );
  const [link, file, objects, alternates] = results.map(told);
  assert.match(link ?? '', /link\/\.git is not a folder: a link to another place is not followed$/);
  assert.match(file ?? '', /file\/\.git is not a folder/);
  assert.match(objects ?? '', /^failed \| this repository is not read: this link leads outside/);
  assert.match(alternates ?? '', /^failed \| git reports: /);
  // the trap is one: git itself follows it
  assert.is(git(join(root, 'alternates'), ['show', 'HEAD:answer.txt']), '42');
});

test('settings and hooks of a repository on this machine are not used', async () => {
  const canaries = folder();
  const root = folder();
  const dir = repositoryIn(root, 'ann');
  commit(dir, time, { 'compose.yaml': compose });
  const run = join(folder({ run: `#!/bin/sh\ntouch ${canaries}/ran\nexec "$@"\n` }), 'run');
  for (const key of [
    'uploadpack.packObjectsHook',
    'core.fsmonitor',
    'core.sshCommand',
    'core.gitProxy',
    'core.alternateRefsCommand',
  ])
    git(dir, ['config', key, run]);
  for (const name of ['post-upload-pack', 'pre-auto-gc', 'reference-transaction'])
    writeFileSync(join(dir, '.git/hooks', name), `#!/bin/sh\ntouch ${canaries}/ran\n`, { mode: 0o755 });
  assert.equal((await collect([dir, `file://${dir}`])).map(told), ['collected | a', 'collected | b']);
  assert.equal(readdirSync(canaries), []);
});

test('a server that never answers is given up after the time limit; the others are collected', async () => {
  await using server = await gitServer((request) => (request.url ?? '').startsWith('/slow'));
  commit(repositoryIn(server.root, 'ann'), time, { 'compose.yaml': compose });
  const clocks: AbortController[] = [];
  const after = () => {
    const clock = new AbortController();
    clocks.push(clock);
    return clock.signal;
  };
  const asked = server.requested('/slow');
  const work = collect([`${server.url}/slow`, `${server.url}/ann`], {
    after,
    jobs: 1,
    limits: { ...collectLimits, timeMs: 20_000 },
  });
  await asked;
  clocks[0]?.abort();
  const results = await work;
  assert.equal(results.map(told), ['failed | reading it took longer than 20 s', 'collected | b']);
});

test('what is too large is given up', async () => {
  await using server = await gitServer();
  commit(repositoryIn(server.root, 'ann'), time, { 'compose.yaml': compose, 'x.bin': randomBytes(400_000).toString('latin1') });
  const out = folder();
  const limits = { ...collectLimits, bytes: 200_000 };
  assert.equal((await collect([`${server.url}/ann`], { limits, out })).map(told), ['failed | it is larger than 0 MB']);
  const left = filesIn(join(out, '.labwright-collect')).filter(
    (name) => lstatSync(join(out, '.labwright-collect', name)).size > 200_000,
  );
  assert.equal(left, []);
  assert.equal((await collect([`${server.url}/ann`], { out })).map(told), ['collected | a'], 'later with another limit');
});

test('a server leads to another protocol: it is not followed; to another address of its own, it is', async () => {
  let connections = 0;
  const ftp = createServer((socket) => {
    connections += 1;
    socket.end('421 no\r\n');
  });
  await new Promise<void>((resolve) => ftp.listen(0, '127.0.0.1', resolve));
  const { port } = ftp.address() as AddressInfo;
  const places: Record<string, string> = { ftp: `ftp://127.0.0.1:${port}/ann`, file: 'file:///etc' };
  await using server = await gitServer((request, response) => {
    const [, kind = '', rest = ''] = /^\/(file|ftp|moved)(.*)$/.exec(request.url ?? '') ?? [];
    const place = places[kind];
    if (place === undefined) return false;
    response.writeHead(302, { location: `${place}${rest}` }).end();
    return true;
  });
  const { url } = server;
  places['moved'] = `${url}/ann`;
  commit(repositoryIn(server.root, 'ann'), time, { 'compose.yaml': compose });
  const config = '[protocol]\n\tallow = always\n';
  const other = 'failed | the server leads to another protocol, which is not followed';
  const results = await collect([`${url}/file`, `${url}/ftp`, `${url}/moved`], { config });
  ftp.close();
  assert.is(connections, 0);
  assert.equal(results.map(told), [other, other, 'collected | c']);
});

test('a login in the address is used, and is in no file and no text; a wrong one asks nobody', async () => {
  const secret = 'token-7f3a';
  const expected = `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`;
  await using server = await gitServer((request, response) => {
    if (request.headers.authorization === expected) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    return true;
  });
  commit(repositoryIn(server.root, 'ann'), time, { 'compose.yaml': compose });
  const at = (login: string) => server.url.replace('http://', `http://${login}`);
  const out = folder();
  const results = await collect([`${at(`ann:${secret}@`)}/ann`, `${at('ann:token-9@')}/bob`, `${at('')}/eve`], { out });
  const denied = 'failed | access is denied: `git ls-remote` with this address must work without a prompt';
  assert.equal(results.map(told), ['collected | a', denied, denied]);
  const csv = renderCollected(results, 'UTC', 'en');
  assert.match(csv, /http:\/\/\*\*\*@127\.0\.0\.1/);
  const files = filesIn(out).map((name) => join(out, name));
  const all = [
    csv,
    JSON.stringify(results.map(told)),
    ...files.filter((path) => lstatSync(path).isFile()).map((path) => readFileSync(path, 'latin1')),
  ];
  for (const content of all) assert.not.match(content, /token-/);
  const helper = `[credential]\n\thelper = "!f() { echo username=ann; echo password=${secret}; }; f"\n`;
  assert.equal(
    (await collect([`${server.url}/ann`], { config: helper })).map(told),
    ['collected | a'],
    "git's credential helper",
  );
});

test('a name that a shell would run is only a name', async () => {
  await using server = await gitServer();
  const canary = join(folder(), 'ran');
  const results = await collect([
    `${server.url}/$(touch\${IFS}${canary})`,
    `${server.url}/a';touch\${IFS}'${canary}`,
    `${server.url}/\`touch\${IFS}${canary}\``,
  ]);
  assert.equal(
    results.map(({ status }) => status),
    ['missing', 'missing', 'missing'],
  );
  assert.not(existsSync(canary));
});

test.run();
