import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBin, startBin, terminate } from '../../helpers/bin.ts';
import { folder } from '../../helpers/folder.ts';
import { commit, gitServer, repositoryIn } from '../../helpers/git.ts';

const compose = 'services: {}\n';
const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: folder(),
  GIT_CONFIG_NOSYSTEM: '1',
  no_proxy: '127.0.0.1',
  LC_ALL: 'C',
});
const before = ['--before', '2026-11-10 08:00', '--timezone', 'Asia/Taipei'];

test('a class: a line for each problem, collected.csv, the next command, exit code 1 for a student without a submission', async () => {
  await using server = await gitServer();
  const id = commit(repositoryIn(server.root, 'ann'), '2026-11-10T00:00:00Z', { 'compose.yaml': compose });
  const cwd = folder({
    'repos.csv': `student,repository\nann,${server.url}/ann\nbob,${server.url.replace('//', '//u:secret@')}/bob\n`,
  });
  const ended = await runBin(['collect', 'repos.csv', ...before], environment(), cwd);
  assert.is(
    ended.stderr,
    'Collecting 2 students from 2 repositories into submissions: the last commit until 2026-11-10 08:00 (Asia/Taipei)\n' +
      '  ✗ bob  missing  there is no repository at this address, or your login has no access to it\n',
  );
  assert.match(ended.stdout, /^1 collected, 1 missing\nNext:\n {2}\S.* grade submissions --times submissions\/collected\.csv\n$/);
  assert.is(ended.exitCode, 1);
  const csv = readFileSync(join(cwd, 'submissions/collected.csv'), 'utf8');
  assert.ok(csv.includes(`\r\nann,${server.url}/ann,${id},2026-11-10T08:00:00+08:00,commit,ann,collected,\r\n`), csv);
  assert.not.match(csv + ended.stderr, /secret/);
  assert.equal(readdirSync(join(cwd, 'submissions')).sort(), ['.labwright-collect', 'ann', 'collected.csv']);
  writeFileSync(join(cwd, 'repos.csv'), `student,repository\nann,${server.url}/ann\n`);
  const again = await runBin(['collect', 'repos.csv', ...before, '--lang', 'zh-TW'], environment(), cwd);
  assert.is(again.exitCode, 0);
  assert.match(again.stdout, /^已收集 1\n接下來：\n/);
});

test('SIGTERM ends git too; the same command continues', async () => {
  let isSlow = true;
  await using server = await gitServer((request) => isSlow && (request.url ?? '').startsWith('/slow'));
  commit(repositoryIn(server.root, 'ann'), '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  commit(repositoryIn(server.root, 'slow'), '2026-11-01T00:00:00Z', { 'compose.yaml': compose });
  const cwd = folder({ 'repos.csv': `student,repository\nann,${server.url}/ann\neve,${server.url}/slow\n` });
  const args = ['collect', 'repos.csv', ...before, '--jobs', '1'];
  const asked = server.requested('/slow');
  const started = startBin(args, environment(), cwd);
  await asked;
  const ended = await terminate(started);
  assert.is(ended.exitCode, 130, ended.stderr);
  assert.match(ended.stderr, /error E_INTERRUPTED: interrupted\nhint: completed work is kept; run the same command again/);
  assert.ok(existsSync(join(cwd, 'submissions/ann/compose.yaml')));
  assert.not(existsSync(join(cwd, 'submissions/collected.csv')));
  isSlow = false;
  const again = await runBin(args, environment(), cwd);
  assert.is(again.exitCode, 0, again.stderr);
  assert.ok(existsSync(join(cwd, 'submissions/eve/compose.yaml')));
});

test('wrong calls: exit code 2, with the file and line or the option', async () => {
  const cwd = folder({
    'repos.csv': 'student,repository\nann,ext::sh\n',
    'good.csv': 'student,repository\nann,https://127.0.0.1/x\n',
  });
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['repos.csv', ...before], /^error E_SUBMISSION: repos\.csv:2: expected the address of a repository/],
    [['good.csv'], /^error E_SUBMISSION: good\.csv:2: ann has no deadline/],
    [['none.csv', ...before], /^error E_SUBMISSION: there is no file none\.csv/],
    [['good.csv', '--before', 'soon'], /^error E_USAGE: lab collect: --before can't be 'soon': expected a time/],
    [['good.csv', ...before, '--timezone', 'CST'], /^error E_USAGE: lab collect: --timezone can't be 'CST'/],
    [['good.csv', ...before, '--extensions', 'x.csv'], /^error E_SUBMISSION: there is no file x\.csv/],
    [['good.csv', ...before, '--jobs', '0'], /^error E_USAGE: lab collect: --jobs can't be '0'/],
    [[], /^error E_USAGE: lab collect needs <repos>/],
  ];
  for (const [args, message] of cases) {
    const { exitCode, stderr } = await runBin(['collect', ...args], environment(), cwd);
    assert.is(exitCode, 2, args.join(' '));
    assert.match(stderr, message);
  }
});

test.run();
