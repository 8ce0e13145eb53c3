import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findSubmissions } from '../../../../src/grade/submissions/find-submissions.ts';
import { loadRoster } from '../../../../src/grade/submissions/roster.ts';
import { commitTimeOf } from '../../../../src/grade/term/commit-time.ts';
import { parseMetadata } from '../../../../src/grade/term/gradescope-export.ts';
import { loadListed, loadTerm } from '../../../../src/grade/term/load-term.ts';
import { listedStudent } from '../../../../src/grade/term/submitted.ts';
import { zip } from '../../../helpers/archives.ts';
import { folder } from '../../../helpers/folder.ts';

const { signal } = new AbortController();
const rules = { deadline: { dueMs: 0, timezone: 'UTC', graceMs: 0, perDay: 1, graceDays: 0 } };

const metadata = `---
submission_12:
  :submitters:
  - :name: Ann Lee
    :sid: b01
    :email: ann@x.tw
  :created_at: 2026-12-01 16:28:37.398531000 Z
  :score: 1.0
  :history:
  - :id: 11
    :created_at: 2026-11-30 08:00:00.000000000 Z
submission_13:
  :submitters:
  - :name: Bob
    :sid:
    :email: Bob@x.tw
  :created_at: 2026-12-02 00:00:00.000000000 +08:00
`;
const compose = 'services: {}\n';

async function timesOf(path: string, roster?: Awaited<ReturnType<typeof loadRoster>>): Promise<(string | undefined)[][]> {
  const listed = await loadListed(rules, {}, { paths: [path], roster, signal });
  const studentOf = (source: string) => listedStudent(source, listed.exported);
  const { found } = await findSubmissions([path], roster, [], { studentOf });
  const term = await loadTerm(rules, {}, listed, found, { out: folder(), signal });
  return found.map((one) => {
    const time = term.timeOf({ ...one, hash: '', grade: undefined as never });
    return [one.student.id, time?.at, time?.source];
  });
}

test("Gradescope's export names the students and the times: as an archive, as a folder, and in its only folder", async () => {
  const archive = folder();
  const names = ['submission_12', 'submission_13'];
  const top = 'assignment_5_export';
  const members = names.map((name) => ({ name: `${top}/${name}/compose.yaml`, content: compose }));
  writeFileSync(join(archive, 'e.zip'), zip([{ name: `${top}/submission_metadata.yml`, content: metadata }, ...members]));
  const dir = folder({
    [`${top}/submission_metadata.yml`]: metadata,
    ...Object.fromEntries(names.map((name) => [`${top}/${name}/compose.yaml`, compose])),
  });
  for (const path of [join(archive, 'e.zip'), join(dir, top)])
    assert.equal(await timesOf(path), [
      ['b01', '2026-12-01T16:28:37.398Z', 'gradescope'],
      ['Bob@x.tw', '2026-12-01T16:00:00.000Z', 'gradescope'],
    ]);
  const roster = await loadRoster(join(folder({ 'r.csv': 'id,name,email\n7,Bob,bob@x.tw\n8,Ann,ann@x.tw\n' }), 'r.csv'));
  assert.equal(
    (await timesOf(join(dir, top), roster)).map(([id]) => id),
    ['8', '7'],
  );
});

test("a student's own file of that name is about no other submission, and a damaged one is ignored", async () => {
  const dir = folder({ 'ann/compose.yaml': compose, 'ann/submission_metadata.yml': metadata.replaceAll('submission_1', 'ann') });
  assert.equal(await timesOf(join(dir, 'ann')), [['ann', undefined, undefined]]);
  for (const source of [
    '',
    '- 1',
    ': [',
    'submission_1: x',
    'ann: { :created_at: x }',
    'a: &a [x]\nb: *a',
    'submission_1: { :submitters: [], :created_at: x }',
  ])
    assert.equal(parseMetadata(source, undefined), [], source);
  assert.equal(parseMetadata('submission_1: { ":submitters": [{ ":sid": 7 }], ":created_at": soon }', undefined), [
    { student: '7', folder: 'submission_1', source: 'gradescope' },
  ]);
});

const git = (dir: string, ...args: readonly string[]) =>
  execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@x.tw', ...args], {
    env: {
      PATH: process.env.PATH,
      GIT_COMMITTER_DATE: '2026-12-01T23:59:00+08:00',
      GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z',
      HOME: '/nonexistent',
    },
  });
const repository = (): string => {
  const dir = folder({ 'ann/compose.yaml': compose });
  git(join(dir, 'ann'), 'init', '--quiet', '--initial-branch=main');
  git(join(dir, 'ann'), 'add', '.');
  git(join(dir, 'ann'), 'commit', '--quiet', '--message=x');
  return dir;
};
const committed = Date.UTC(2026, 11, 1, 15, 59);

test('the time of the last commit, of a clone, a bare repository, packed references and a detached HEAD', async () => {
  const dir = repository();
  assert.equal(await timesOf(join(dir, 'ann')), [['ann', '2026-12-01T15:59:00.000Z', 'commit']]);
  const ann = join(dir, 'ann');
  git(ann, 'gc', '--quiet');
  git(ann, 'pack-refs', '--all');
  assert.is(await commitTimeOf(ann, signal), committed);
  git(dir, 'clone', '--quiet', '--bare', 'ann', 'bare');
  assert.is(await commitTimeOf(join(dir, 'bare'), signal), committed);
  git(ann, 'checkout', '--quiet', '--detach');
  assert.is(await commitTimeOf(Buffer.from(ann), signal), committed);
});

test('settings and hooks of a repository are not used, and what cannot be read has no time', async () => {
  const dir = join(repository(), 'ann');
  const proof = join(folder(), 'ran');
  writeFileSync(
    join(dir, '.git/config'),
    `[core]\n\tpager = touch ${proof}\n[log]\n\tshowSignature = true\n[gpg]\n\tprogram = ${proof}\n[diff]\n\texternal = touch ${proof}\n[include]\n\tpath = /etc/shadow\nnonsense`,
  );
  assert.is(await commitTimeOf(dir, signal), committed);
  for (const head of [
    'ref: refs/heads/../../../x\n',
    'ref: refs/heads/none\n',
    'ref: refs/remotes/o/main\n',
    `${'0'.repeat(40)}\n`,
    '--output=x\n',
    '',
  ]) {
    writeFileSync(join(dir, '.git/HEAD'), head);
    assert.is(await commitTimeOf(dir, signal), undefined, head);
  }
  rmSync(join(dir, '.git'), { recursive: true });
  assert.is(await commitTimeOf(dir, signal), undefined);
  mkdirSync(join(dir, '.git'));
  symlinkSync('/etc', join(dir, '.git/objects'));
  assert.is(await commitTimeOf(dir, signal), undefined);
  assert.is(await commitTimeOf(join(dir, 'class.zip/ann'), signal), undefined);
});

test.run();
