import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Collected, collectClass } from '../../../../src/grade/collect/collect-class.ts';
import { renderCollected } from '../../../../src/grade/collect/collected-file.ts';
import type { CollectLimits } from '../../../../src/grade/collect/mirror.ts';
import type { Wanted } from '../../../../src/grade/collect/repos-file.ts';
import { parseRepository } from '../../../../src/grade/collect/repository.ts';
import { findSubmissions } from '../../../../src/grade/submissions/find-submissions.ts';
import { intakeLimits, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { folder } from '../../../helpers/folder.ts';
import { commit, git, gitServer, repositoryIn } from '../../../helpers/git.ts';
import { rejection } from '../../../helpers/rejection.ts';

const due = '2026-11-10T00:00:00Z';
const compose = 'services: {}\n';
const home = folder();
const env = { PATH: process.env.PATH ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1', no_proxy: '127.0.0.1' };
/** Tests end at their own limit. */
const after = () => new AbortController().signal;

const want = (student: string, address: string, more: Partial<Wanted> = {}): Wanted => {
  const repository = parseRepository(address, '/');
  if ('wrong' in repository) throw new Error(`${address}: ${repository.wrong.en}`);
  return { student, repository, dueMs: Date.parse(due), ...more };
};

interface More {
  readonly at?: string;
  readonly signal?: AbortSignal;
  readonly limits?: CollectLimits;
  readonly env?: NodeJS.ProcessEnv;
}
const collect = (out: string, wanted: readonly Wanted[], { at = '2026-11-20T00:00:00Z', signal, ...more }: More = {}) =>
  collectClass({
    wanted,
    out,
    jobs: 2,
    zone: 'UTC',
    env,
    clock: { after, time: () => at },
    signal: signal ?? new AbortController().signal,
    ...more,
  });
const one = async (out: string, wanted: Wanted, more?: More): Promise<Collected> => {
  const [result] = await collect(out, [wanted], more);
  assert.ok(result);
  return result;
};
/** `status commit-or-nothing`, and the remarks. */
const told = ({ status, commit: id, remarks }: Collected): string =>
  [status, id?.slice(0, 7), ...remarks.map(({ en }) => en)].filter((part) => part !== undefined).join(' | ');
const filesIn = (dir: string): string[] => readdirSync(dir, { recursive: true }).map(String).sort();

test('the last commit until the deadline, over HTTP, in a folder that lab grade reads', async () => {
  await using server = await gitServer();
  const ann = repositoryIn(server.root, 'ann');
  commit(ann, '2026-11-01T12:00:00Z', { 'compose.yaml': compose });
  const id = commit(ann, due, { 'app/app.py': 'one' });
  commit(ann, '2026-11-10T00:00:01Z', { 'app/app.py': 'two' });
  const bob = repositoryIn(server.root, 'bob');
  const early = commit(bob, '2026-11-02T00:00:00Z', { 'docker-compose.yml': compose });
  const out = join(folder(), 'lab1-submissions');
  const wanted = [want('lab1-ann', `${server.url}/ann`), want('bob', `${server.url}/bob/.git`)];
  const results = await collect(out, wanted);
  assert.equal(results.map(told), [`collected | ${id.slice(0, 7)}`, `collected | ${early.slice(0, 7)}`]);
  assert.equal(results[0]?.time, { ms: Date.parse(due), source: 'commit' });
  assert.equal(filesIn(join(out, 'lab1-ann')), ['app', 'app/app.py', 'compose.yaml']);
  assert.is(readFileSync(join(out, 'lab1-ann/app/app.py'), 'utf8'), 'one');
  writeFileSync(join(out, 'collected.csv'), renderCollected(results, 'Asia/Taipei', 'en'));
  assert.is(
    readFileSync(join(out, 'collected.csv'), 'utf8'),
    [
      'student,repository,commit,time,time_source,folder,status,message',
      `lab1-ann,${server.url}/ann,${id},2026-11-10T08:00:00+08:00,commit,lab1-ann,collected,`,
      `bob,${server.url}/bob/.git,${early},2026-11-02T08:00:00+08:00,commit,bob,collected,`,
      '',
    ].join('\r\n'),
  );
  const { found, leftOut } = await findSubmissions([out]);
  assert.equal(
    found.map(({ student }) => student.id),
    ['bob', 'lab1-ann'],
  );
  assert.equal(leftOut, []);
  for (const { path } of found) {
    const unpacked = await unpack(path, join(folder(), 'into'), intakeLimits, new AbortController().signal);
    assert.ok(unpacked.ok, JSON.stringify(unpacked));
  }
});

test('one student is a class too', async () => {
  await using server = await gitServer();
  commit(repositoryIn(server.root, 'ann'), '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const out = folder();
  await one(out, want('ann', `${server.url}/ann`));
  assert.equal(
    (await findSubmissions([out])).found.map(({ student }) => student.id),
    ['ann'],
  );
});

test('a second collect reads nothing again and changes nothing; a later deadline updates the folder', async () => {
  await using server = await gitServer();
  const ann = repositoryIn(server.root, 'ann');
  const first = commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose, 'old.txt': '' });
  const second = commit(ann, '2026-11-12T00:00:00Z', { 'old.txt': undefined, 'new.txt': '' });
  const out = folder();
  const wanted = want('ann', `${server.url}/ann`);
  const before = await one(out, wanted);
  const inode = lstatSync(join(out, 'ann')).ino;
  const fetched = server.requests.filter((line) => line.startsWith('POST')).length;
  const again = await one(out, wanted, { at: '2026-11-21T00:00:00Z' });
  assert.equal(renderCollected([again], 'UTC', 'en'), renderCollected([before], 'UTC', 'en'));
  assert.is(lstatSync(join(out, 'ann')).ino, inode, 'the folder is the same');
  // with protocol version 2, a listing is one POST, a fetch two
  assert.is(server.requests.filter((line) => line.startsWith('POST')).length - fetched, 1);
  assert.is(again.commit, first);
  const later = await one(out, { ...wanted, dueMs: Date.parse('2026-11-13T00:00:00Z') });
  assert.is(later.commit, second);
  assert.equal(filesIn(join(out, 'ann')), ['compose.yaml', 'new.txt']);
  const earlier = await one(out, { ...wanted, dueMs: Date.parse('2026-10-01T00:00:00Z') });
  assert.is(told(earlier), 'missing | no commit before 2026-10-01 00:00; the newest is from 2026-11-12 00:00');
  assert.not(existsSync(join(out, 'ann')), 'what was written for another deadline is removed');
});

test('what is missing: no repository, no commits, no branch, none until the deadline', async () => {
  await using server = await gitServer();
  repositoryIn(server.root, 'empty');
  const late = repositoryIn(server.root, 'late');
  commit(late, '2026-11-10T00:00:01Z', { 'compose.yaml': compose });
  const results = await collect(folder(), [
    want('a', `${server.url}/nobody`),
    want('b', `${server.url}/empty`),
    want('c', `${server.url}/late`, { branch: 'lab' }),
    want('d', `${server.url}/late`),
    want('e', '/nonexistent/x'),
  ]);
  const none = 'missing | there is no repository at this address, or your login has no access to it';
  assert.equal(results.map(told), [
    none,
    'missing | the repository has no commits',
    'missing | there is no branch lab; there is main',
    'missing | no commit before 2026-11-10 00:00; the newest is from 2026-11-10 00:00:01',
    none,
  ]);
  for (const { remarks } of results) for (const remark of remarks) assert.match(remark['zh-TW'], /\p{sc=Han}/u);
});

test('a named branch; two students with one repository, which is read once', async () => {
  await using server = await gitServer();
  const team = repositoryIn(server.root, 'team');
  const id = commit(team, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  git(team, ['checkout', '--quiet', '-b', 'lab/2']);
  const other = commit(team, '2026-11-02T00:00:00Z', { 'x.txt': 'x' });
  git(team, ['checkout', '--quiet', 'main']);
  const out = folder();
  const address = `${server.url}/team`;
  const results = await collect(out, [want('ann', address), want('bob', address), want('eve', address, { branch: 'lab/2' })]);
  assert.equal(
    results.map(({ commit: found }) => found),
    [id, id, other],
  );
  assert.equal(readdirSync(join(out, '.labwright-collect/repositories')).length, 1);
  assert.equal(filesIn(join(out, 'eve')), ['compose.yaml', 'x.txt']);
});

test('history that was rewritten is reported; the commit that is gone stays in the record', async () => {
  const ann = repositoryIn(folder(), 'ann');
  commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const gone = commit(ann, '2026-11-02T00:00:00Z', { 'x.txt': 'x' });
  const out = folder();
  const wanted = want('ann', ann);
  assert.is(told(await one(out, wanted, { at: '2026-11-03T00:00:00Z' })), `collected | ${gone.slice(0, 7)}`);
  git(ann, ['reset', '--quiet', '--hard', 'HEAD~1']);
  const now = commit(ann, '2026-11-04T00:00:00Z', { 'y.txt': 'y' });
  const expected = `collected | ${now.slice(0, 7)} | history was rewritten: ${gone.slice(0, 10)}, collected at 2026-11-03 00:00, is no longer in main`;
  assert.is(told(await one(out, wanted, { at: '2026-11-05T00:00:00Z' })), expected);
  assert.is(told(await one(out, wanted, { at: '2026-11-06T00:00:00Z' })), expected, 'each time');
});

test('a commit dated before the deadline that a collect after it did not find: the time is when it was first seen', async () => {
  const ann = repositoryIn(folder(), 'ann');
  const honest = commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const out = folder();
  const wanted = want('ann', ann);
  assert.is((await one(out, wanted, { at: '2026-11-10T00:05:00Z' })).commit, honest);
  const dated = commit(ann, '2026-11-09T00:00:00Z', { 'x.txt': 'x' });
  const result = await one(out, wanted, { at: '2026-11-20T00:00:00Z' });
  assert.is(
    told(result),
    `collected | ${dated.slice(0, 7)} | dated 2026-11-09 00:00, before the deadline, but first seen after it: not there at 2026-11-10 00:05, there at 2026-11-20 00:00`,
  );
  assert.equal(result.time, { ms: Date.parse('2026-11-20T00:00:00Z'), source: 'first-seen' });
  assert.match(renderCollected([result], 'UTC', 'en'), /,2026-11-20T00:00:00\+00:00,first-seen,ann,collected,/);
  assert.equal((await one(out, wanted, { at: '2026-11-25T00:00:00Z' })).time, result.time);
});

test('a repository that was empty after the deadline is evidence too', async () => {
  const ann = repositoryIn(folder(), 'ann');
  const out = folder();
  const wanted = want('ann', ann);
  assert.is((await one(out, wanted, { at: '2026-11-11T00:00:00Z' })).status, 'missing');
  commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  assert.is((await one(out, wanted, { at: '2026-11-12T00:00:00Z' })).time?.source, 'first-seen');
});

test('a repository that can no longer be read: what was collected stays', async () => {
  const ann = repositoryIn(folder(), 'ann');
  const id = commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const out = folder();
  const wanted = want('ann', ann);
  await one(out, wanted);
  rmSync(ann, { recursive: true });
  const result = await one(out, wanted);
  assert.is(
    told(result),
    `kept | ${id.slice(0, 7)} | there is no repository at this address, or your login has no access to it; the commit that was collected before stays`,
  );
  assert.equal(result.time, { ms: Date.parse('2026-11-01T00:00:00Z'), source: 'commit' });
  assert.equal(filesIn(join(out, 'ann')), ['compose.yaml']);
});

test('nothing is replaced that it did not write, or that was changed since', async () => {
  const ann = repositoryIn(folder(), 'ann');
  commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const out = folder({ 'ann/notes.txt': 'mine' });
  const wanted = want('ann', ann);
  const foreign = await one(out, wanted);
  assert.is(told(foreign), `failed | ${join(out, 'ann')} was not written by lab collect, or was changed since: move it away`);
  assert.equal(filesIn(join(out, 'ann')), ['notes.txt']);
  rmSync(join(out, 'ann'), { recursive: true });
  assert.is((await one(out, wanted)).status, 'collected');
  writeFileSync(join(out, 'ann/notes.txt'), 'mine');
  assert.match(told(await one(out, wanted)), /^collected \| \w+ \| its folder was changed after it was collected/);
  commit(ann, '2026-11-02T00:00:00Z', { 'x.txt': 'x' });
  assert.match(told(await one(out, wanted)), /^failed .* was changed since/);
  assert.equal(filesIn(join(out, 'ann')), ['compose.yaml', 'notes.txt']);
});

test('after a crash between the record and the folder, the next collect replaces the folder', async () => {
  const ann = repositoryIn(folder(), 'ann');
  commit(ann, '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const out = folder();
  const early = { at: '2026-11-05T00:00:00Z' };
  const wanted = want('ann', ann);
  await one(out, wanted, early);
  const second = commit(ann, '2026-11-02T00:00:00Z', { 'x.txt': 'x' });
  await one(out, wanted, early);
  // as if the folder had not been replaced yet
  rmSync(join(out, 'ann/x.txt'));
  const result = await one(out, wanted, early);
  assert.is(told(result), `collected | ${second.slice(0, 7)}`);
  assert.equal(filesIn(join(out, 'ann')), ['compose.yaml', 'x.txt']);
  rmSync(join(out, 'ann'), { recursive: true });
  assert.is(told(await one(out, wanted, early)), `collected | ${second.slice(0, 7)}`, 'a folder that is absent is written again');
});

test('two collects at the same time exclude each other', async () => {
  const stop = new AbortController();
  await using server = await gitServer(() => true);
  const out = folder();
  const asked = server.requested('/ann');
  const first = collect(out, [want('ann', `${server.url}/ann`)], { signal: stop.signal }).then(String, String);
  await asked;
  const error = await rejection(collect(out, [want('ann', `${server.url}/ann`)]));
  assert.is(error.code, 'E_STATE');
  assert.match(error.message, /^another lab collect uses /);
  stop.abort(new Error('enough'));
  assert.is(await first, 'Error: enough');
});

test('a machine without git: an error that names it', async () => {
  const bin = folder();
  mkdirSync(join(bin, 'bin'));
  symlinkSync('/bin/sh', join(bin, 'bin/sh'));
  const path = { ...env, PATH: join(bin, 'bin') };
  const error = await rejection(collect(folder(), [want('ann', 'https://127.0.0.1/x')], { env: path }));
  assert.is(error.code, 'E_STATE');
  assert.is(error.message, 'git does not run on this machine');
});

test.run();
