import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Deadlines, loadRepos } from '../../../../src/grade/collect/repos-file.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const beforeMs = Date.parse('2026-12-01T15:59:00Z');
const deadlines = (more: Partial<Deadlines> = {}): Deadlines => ({
  beforeMs,
  zone: 'Asia/Taipei',
  extensions: new Map(),
  ...more,
});
const file = (csv: string) => join(folder({ 'repos.csv': csv }), 'repos.csv');
const load = async (csv: string, more?: Partial<Deadlines>) =>
  (await loadRepos(file(csv), deadlines(more))).map(({ student, repository, branch, dueMs }) =>
    [student, repository.shown, ...(branch ? [branch] : []), new Date(dueMs).toISOString()].join(' '),
  );

test('student and repository, and if present branch and due; an extension comes before due, due before --before', async () => {
  const csv = [
    'Student,Repository,branch,due',
    'ann,https://example.org/ann.git,,',
    'bob,https://example.org/bob.git,lab1,2026-12-02 12:00',
    '王小明,https://example.org/w.git,,2026-12-03',
    'eve,https://example.org/eve.git,,2026-12-02 12:00',
  ];
  const extensions = new Map([['eve', { dueMs: Date.parse('2026-12-09T00:00:00Z'), reason: 'ill' }]]);
  assert.equal(await load(csv.join('\n'), { extensions }), [
    'ann https://example.org/ann.git 2026-12-01T15:59:00.000Z',
    'bob https://example.org/bob.git lab1 2026-12-02T04:00:00.000Z',
    '王小明 https://example.org/w.git 2026-12-03T15:59:59.999Z',
    'eve https://example.org/eve.git 2026-12-09T00:00:00.000Z',
  ]);
});

test('the columns of `gh classroom assignment-grades`: the roster identifier, or the username if there is none', async () => {
  const csv = [
    'assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,student_repository_url,submission_timestamp,points_awarded,points_available',
    'Lab,https://classroom.github.com/a,https://github.com/s/s,annlee,B109001,lab-annlee,https://github.com/class/lab-annlee,2026-11-01,0,10',
    'Lab,https://classroom.github.com/a,https://github.com/s/s,bobkim,,lab-bobkim,https://github.com/class/lab-bobkim,,0,10',
  ];
  assert.equal(await load(csv.join('\n')), [
    'B109001 https://github.com/class/lab-annlee 2026-12-01T15:59:00.000Z',
    'bobkim https://github.com/class/lab-bobkim 2026-12-01T15:59:00.000Z',
  ]);
});

test('a line that is wrong is reported with file and line', async () => {
  const head = 'student,repository,branch,due\n';
  const url = 'https://example.org/x.git';
  const cases: readonly (readonly [string, RegExp])[] = [
    [`${head}ann,${url},,\n,${url},,`, /repos\.csv:3: no student$/],
    [`${head}ann,ext::sh,,`, /repos\.csv:2: expected the address/],
    [`${head}ann,,,`, /repos\.csv:2: expected the address/],
    [`${head}ann,${url},,\nAnn,${url},,`, /repos\.csv:3: Ann is already in line 2$/],
    [`${head}ann,${url},--x,`, /repos\.csv:2: --x is not a branch$/],
    [`${head}ann,${url},,2026-02-30`, /repos\.csv:2: due: there is no day 2026-02-30$/],
    ['name,repository\nann,x', /repos\.csv:1: there is no column student$/],
    ['student,url\nann,x', /repos\.csv:1: there is no column repository$/],
    [head, /repos\.csv:1: no student$/],
    ...[
      '../x',
      'a/b',
      '.git',
      '-x',
      '=1+1',
      'a.zip',
      'ann.git',
      '.labwright-collect',
      'collected.csv',
      'node_modules',
      'x_1_assignsubmission_file_',
    ].map((name) => [`${head}"${name}",${url},,`, /repos\.csv:2: .* can't be the name of a folder$/] as const),
  ];
  for (const [csv, message] of cases) {
    const error = await rejection(load(csv));
    assert.is(error.code, 'E_SUBMISSION', csv);
    assert.match(error.message, message, csv);
  }
});

test('no deadline, an extension of an unknown student, and no file are errors', async () => {
  const csv = 'student,repository\nann,https://example.org/x.git\n';
  const message = async (work: Promise<unknown>) => (await rejection(work)).message;
  assert.match(await message(load(csv, { beforeMs: undefined })), /repos\.csv:2: ann has no deadline/);
  const extensions = new Map([['anne', { dueMs: beforeMs, reason: 'ill' }]]);
  assert.match(await message(load(csv, { extensions })), /^anne has an extension, but is not in /);
  assert.match(await message(loadRepos(join(folder(), 'none.csv'), deadlines())), /^there is no file /);
});

test.run();
