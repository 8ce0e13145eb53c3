import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { IntakeLimits } from '../../../../src/grade/submissions/archive-entry.ts';
import { intakeLimits, type Unpacked, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { tarOf, zip } from '../../../helpers/archives.ts';
import { folder } from '../../../helpers/folder.ts';

/** The unpacked content is the same from every source. */

const hasGit = spawnSync('git', ['--version']).status === 0;
const compose = 'services: {}\n';
const files = { 'compose.yaml': compose, 'flask/app.py': 'print(1)\r\n', 'flask/run.sh': '#!/bin/sh\n' };

const take = (path: string, limits: Partial<IntakeLimits> = {}): Promise<Unpacked> =>
  unpack(path, join(folder(), 'into'), { ...intakeLimits, ...limits }, new AbortController().signal);

async function taken(path: string): Promise<Extract<Unpacked, { ok: true }>> {
  const result = await take(path);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusals)}`);
  return result;
}

/** A folder with these files, of which only run.sh is executable, and a link. */
function project(): string {
  const dir = folder(files);
  for (const path of ['compose.yaml', 'flask/app.py']) chmodSync(join(dir, path), 0o644);
  symlinkSync('app.py', join(dir, 'flask/main.py'));
  return dir;
}

const unixEntries = [
  { name: 'compose.yaml', content: compose, mode: 0o100644 },
  { name: 'flask/', mode: 0o040755 },
  { name: 'flask/app.py', content: files['flask/app.py'], mode: 0o100644 },
  { name: 'flask/run.sh', content: files['flask/run.sh'], mode: 0o100755 },
  { name: 'flask/main.py', content: 'app.py', mode: 0o120777 },
];
const tarEntries = unixEntries.map(({ name, content = '', mode }) => {
  const type = name.endsWith('/') ? '5' : name.endsWith('main.py') ? '2' : '0';
  return type === '2' ? { name, type, target: content, mode: mode & 0o7777 } : { name, content, type, mode: mode & 0o7777 };
});

const wrote = (name: string, bytes: Uint8Array): string => {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
};

test('a folder, a zip, a tar, a tgz: the same files, the same hash', async () => {
  const plain = await taken(project());
  assert.is(plain.composeFile, 'compose.yaml');
  assert.is(readFileSync(join(plain.dir, 'flask/app.py'), 'utf8'), 'print(1)\r\n');
  assert.is(readFileSync(join(plain.dir, 'flask/main.py'), 'utf8'), 'print(1)\r\n');
  assert.match(plain.hash, /^[0-9a-f]{64}$/);
  const others = [
    wrote('ann.zip', zip(unixEntries)),
    wrote('ann.tar', tarOf(tarEntries)),
    wrote('ann.tgz', gzipSync(tarOf(tarEntries))),
    wrote('wrapped.zip', zip(unixEntries.map((entry) => ({ ...entry, name: `ann's lab/${entry.name}` })))),
    wrote('ann.tar.gz', gzipSync(tarOf(tarEntries.map((entry) => ({ ...entry, name: `./${entry.name}` }))))),
  ];
  for (const path of others) {
    const other = await taken(path);
    assert.is(other.hash, plain.hash, path);
    assert.is(lstatSync(join(other.dir, 'flask/main.py')).isSymbolicLink(), true, path);
  }
});

test('files of systems and tools change nothing', async () => {
  const dir = project();
  const before = (await taken(dir)).hash;
  mkdirSync(join(dir, '.git/objects'), { recursive: true });
  mkdirSync(join(dir, '__MACOSX'));
  mkdirSync(join(dir, 'flask/.venv'));
  symlinkSync('/usr/bin/python3', join(dir, 'flask/.venv/python'));
  writeFileSync(join(dir, '.DS_Store'), 'x');
  writeFileSync(join(dir, 'flask/._app.py'), 'x');
  const after = await taken(dir);
  assert.is(after.hash, before);
  assert.throws(() => lstatSync(join(after.dir, '.git')), /ENOENT/);
});

test('another byte, name, target, executable bit or empty folder changes the hash', async () => {
  const seen = new Set([(await taken(project())).hash]);
  const changes: readonly ((dir: string) => void)[] = [
    (dir) => writeFileSync(join(dir, 'flask/app.py'), 'print(1)\n'),
    (dir) => writeFileSync(join(dir, 'flask/new.py'), ''),
    (dir) => symlinkSync('run.sh', join(dir, 'flask/other')),
    (dir) => symlinkSync('app.py', join(dir, 'flask/other')),
    (dir) => chmodSync(join(dir, 'flask/app.py'), 0o755),
    (dir) => mkdirSync(join(dir, 'empty')),
  ];
  for (const change of changes) {
    const dir = project();
    change(dir);
    seen.add((await taken(dir)).hash);
  }
  assert.is(seen.size, changes.length + 1);
});

test('modes are set here: nothing is setuid, all is readable, the top is private', async () => {
  const dir = project();
  chmodSync(join(dir, 'flask/run.sh'), 0o6711);
  const into = join(folder(), 'into');
  const result = await unpack(dir, into, intakeLimits, new AbortController().signal);
  assert.ok(result.ok);
  const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);
  assert.is(mode(into), '700');
  assert.is(mode(result.dir), '755');
  assert.is(mode(join(result.dir, 'flask')), '755');
  assert.is(mode(join(result.dir, 'flask/run.sh')), '755');
  assert.is(mode(join(result.dir, 'flask/app.py')), '644');
});

test('setuid bits of archives are dropped', async () => {
  const entries = [...unixEntries, { name: 'root', content: 'x', mode: 0o104755 }];
  const { dir } = await taken(wrote('a.zip', zip(entries)));
  assert.is(statSync(join(dir, 'root')).mode & 0o7777, 0o755);
});

test('the Compose file is found as Compose finds it', async () => {
  const all = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
  for (const [at, name] of all.entries()) {
    const names = all.slice(at).map((one) => [one, compose] as const);
    assert.is((await taken(folder(Object.fromEntries(names)))).composeFile, name);
  }
  const wrapped = await taken(folder({ 'docs/a.txt': '', 'lab/docker-compose.yml': compose, 'README.md': '' }));
  assert.is(wrapped.composeFile, 'docker-compose.yml');
  assert.match(wrapped.dir, /\/lab$/);
});

test('an archive in a folder or an archive is unpacked too, up to the permitted depth', async () => {
  const plain = await taken(project());
  const inner = zip(unixEntries);
  const dir = folder();
  writeFileSync(join(dir, 'lab.zip'), inner);
  assert.is((await taken(dir)).hash, plain.hash);
  const nested = wrote('a.zip', zip([{ name: 'Ann/lab.zip', content: inner, store: true }]));
  const result = await taken(nested);
  assert.is(result.hash, plain.hash);
  const refused = await take(nested, { depth: 0 });
  assert.is(refused.ok, false);
  assert.equal(!refused.ok && refused.refusals.map(({ code }) => code), ['archive-depth']);
});

test("one student's part of the archive of a class", async () => {
  const plain = await taken(project());
  const ofAnn = unixEntries.map((entry) => ({ ...entry, name: `Ann Lee_1_assignsubmission_file_/${entry.name}` }));
  const entries = [
    ...ofAnn,
    { name: 'Ann Lee_1_assignsubmission_file_2/x', content: 'other' },
    { name: 'bob.zip', content: zip(unixEntries), store: true },
  ];
  const path = wrote('class.zip', zip(entries));
  assert.is((await taken(join(path, 'Ann Lee_1_assignsubmission_file_'))).hash, plain.hash);
  assert.is((await taken(join(path, 'bob.zip'))).hash, plain.hash);
  const tar = wrote('class.tgz', gzipSync(tarOf(tarEntries.map((entry) => ({ ...entry, name: `./ann/${entry.name}` })))));
  assert.is((await taken(join(tar, 'ann'))).hash, plain.hash);
});

test('hard links of a tar are copies', async () => {
  const entries = [...tarEntries, { name: 'flask/again.py', type: '1', target: 'flask/app.py' }];
  const { dir } = await taken(wrote('a.tar', tarOf(entries)));
  assert.is(readFileSync(join(dir, 'flask/again.py'), 'utf8'), 'print(1)\r\n');
  assert.is(statSync(join(dir, 'flask/again.py')).nlink, 1);
});

test('an abort ends it with its reason', async () => {
  const work = unpack(project(), join(folder(), 'into'), intakeLimits, AbortSignal.abort(new Error('enough')));
  const error = await work.then(String, String);
  assert.is(error, 'Error: enough');
});

if (hasGit) {
  const git = (dir: string, ...args: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', '-c', 'core.autocrlf=false', ...args],
      {
        cwd: dir,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  const commit = (dir: string): void => {
    git(dir, 'init');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-m', 'all');
  };
  const bare = (dir: string): string => {
    const to = join(folder(), 'ann.git');
    git(dir, 'clone', '--bare', '--no-local', dir, to);
    return to;
  };

  test('a working tree and a bare repository: the same hash as the folder', async () => {
    const plain = await taken(project());
    const dir = project();
    commit(dir);
    assert.is((await taken(dir)).hash, plain.hash);
    assert.is((await taken(bare(dir))).hash, plain.hash);
  });

  test('a bare repository cannot make git run anything: for a missing object, plain git would run a command of the student', async () => {
    const canary = join(folder(), 'ran');
    const dir = project();
    commit(dir);
    const id = git(dir, 'rev-parse', 'HEAD:compose.yaml').trim();
    const repo = join(folder(), 'ann.git');
    mkdirSync(repo);
    cpSync(join(dir, '.git'), repo, { recursive: true });
    rmSync(join(repo, 'objects', id.slice(0, 2), id.slice(2)));
    const config = [
      '[core]\n\tbare = true\n\trepositoryformatversion = 1',
      '[extensions]\n\tpartialClone = origin',
      `[remote "origin"]\n\turl = ext::touch ${canary}\n\tpromisor = true`,
      '[protocol "ext"]\n\tallow = always\n',
    ];
    writeFileSync(join(repo, 'config'), config.join('\n'));
    const result = await take(repo);
    assert.equal(!result.ok && result.refusals.map(({ code }) => code), ['git-unreadable']);
    assert.throws(() => lstatSync(canary), /ENOENT/);
    spawnSync('git', [`--git-dir=${repo}`, 'cat-file', '-p', id], { stdio: 'ignore' });
    assert.is(lstatSync(canary).isFile(), true, 'the trap is none');
  });

  test('a bare repository cannot use objects of another one', async () => {
    const secret = project();
    commit(secret);
    const id = git(secret, 'rev-parse', 'HEAD').trim();
    const repo = bare(secret);
    execFileSync('rm', ['-rf', join(repo, 'objects')]);
    mkdirSync(join(repo, 'objects/info'), { recursive: true });
    writeFileSync(join(repo, 'objects/info/alternates'), `${join(secret, '.git/objects')}\n`);
    assert.is(readFileSync(join(repo, 'packed-refs'), 'utf8').includes(id), true);
    const result = await take(repo);
    assert.equal(!result.ok && result.refusals.map(({ code }) => code), ['git-unreadable']);
  });

  test('submodules and LFS pointers are unpacked as git stores them', async () => {
    const dir = project();
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
    writeFileSync(join(dir, 'big.bin'), pointer);
    commit(dir);
    git(dir, 'update-index', '--add', '--cacheinfo', `160000,${git(dir, 'rev-parse', 'HEAD').trim()},sub`);
    git(dir, 'commit', '-m', 'sub');
    const result = await taken(bare(dir));
    assert.is(readFileSync(join(result.dir, 'big.bin'), 'utf8'), pointer);
    assert.is(statSync(join(result.dir, 'sub')).isDirectory(), true);
  });

  test('HEAD may name a branch that was not pushed', async () => {
    const dir = project();
    commit(dir);
    const repo = bare(dir);
    writeFileSync(join(repo, 'HEAD'), 'ref: refs/heads/master\n');
    assert.is((await taken(repo)).hash, (await taken(project())).hash);
    git(repo, 'branch', 'other', 'main');
    const result = await take(repo);
    assert.equal(!result.ok && result.refusals.map(({ code }) => code), ['git-unreadable']);
  });
} else console.log('no git on this machine: what reads repositories is not tried');

test('of several projects, the one in the folder of the stack is used; one at the top takes precedence', async () => {
  const own = (dir: string, name = '') => unpack(dir, join(folder(), 'into'), intakeLimits, new AbortController().signal, name);
  const topOf = async (dir: string, name: string) => {
    const result = await own(dir, name);
    return result.ok ? readFileSync(join(result.dir, 'compose.yaml'), 'utf8') : result.refusals.map(({ code }) => code).join();
  };
  const both = { 'base/compose.yaml': 'base', 'nginx/compose.yaml': 'nginx', 'notes.txt': '' };
  const dir = folder(both);
  assert.equal([await topOf(dir, 'base'), await topOf(dir, 'nginx')], ['base', 'nginx']);
  assert.is(await topOf(dir, 'other'), 'several-projects');
  assert.is(await topOf(folder({ ...both, 'compose.yaml': 'top' }), 'base'), 'top');
  // a single project may have any name
  assert.is(await topOf(folder({ 'lab/compose.yaml': 'lab' }), 'base'), 'lab');
  // in the usual wrapping folder; not if there are other entries beside it
  const wrapped = folder({ 'lab/base/compose.yaml': 'base', 'lab/nginx/compose.yaml': 'nginx' });
  assert.equal([await topOf(wrapped, 'base'), await topOf(wrapped, 'nginx')], ['base', 'nginx']);
  assert.is(await topOf(wrapped, 'other'), 'no-compose-file');
  assert.is(await topOf(folder({ 'lab/base/compose.yaml': 'base', 'docs/a.md': '' }), 'base'), 'no-compose-file');
  // entries beside the graded project are not compared
  const [one, two] = [folder(both), folder({ ...both, 'nginx/compose.yaml': 'another' })];
  assert.is((await own(one, 'base')).hash, (await own(two, 'base')).hash);
  assert.is.not((await own(one, 'nginx')).hash, (await own(two, 'nginx')).hash);
});

test.run();
