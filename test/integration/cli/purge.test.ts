import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeGradebook } from '../../../src/grade/export/write.ts';
import { openJournal } from '../../../src/grade/journal.ts';
import { entries, gradebook } from '../../fixtures/gradebook.ts';
import { folder } from '../../helpers/folder.ts';
import { lab, labInProcess } from '../../helpers/lab.ts';

/** `lab grade purge` over folders that `lab grade` wrote. */

async function output(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = join(folder(), 'grades');
  mkdirSync(dir);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  await (await openJournal(dir)).close();
  const keys = ['1'.repeat(64)];
  await writeGradebook(
    dir,
    {
      ...gradebook,
      entries: [
        { ...entries.perfect, keys },
        { ...entries.one, keys },
      ],
    },
    'en',
  );
  return dir;
}
const overrides = 'student,check,points,reason\nb10902001,,1,x\n';
const state = folder();
const purge = (...args: readonly string[]) => lab(['grade', 'purge', ...args], { env: { XDG_STATE_HOME: state } });

test('without a terminal and without --yes it shows what it would remove, removes nothing, and exits with 1', async () => {
  const dir = await output({ 'overrides.csv': overrides, 'notes.txt': 'x' });
  const before = readdirSync(dir, { recursive: true }).length;
  const { exitCode, stdout, stderr } = await purge(dir);
  assert.equal([exitCode, stderr], [1, '']);
  assert.equal(stdout.split('\n'), [
    `Removes from ${dir}:`,
    '  comments/ (2 files)',
    '  gradescope/ (2 files)',
    '  students/ (2 files)',
    '  summary/ (2 files)',
    '  canvas-comments.json',
    '  canvas.csv',
    '  grades.csv',
    '  grades.json',
    '  index.html',
    '  journal.ndjson',
    '  junit.xml',
    '  manifest.json',
    '  moodle-feedback.zip',
    '  moodle.csv',
    '  summary.md',
    'Leaves:',
    '  overrides.csv  your own; --decisions removes it',
    '  notes.txt      not written by lab grade',
    'Nothing is removed; --yes removes it.',
    '',
  ]);
  assert.is(readdirSync(dir, { recursive: true }).length, before);
});

test('--yes removes everything that lab grade wrote; --decisions also the decisions; then the empty folder', async () => {
  const dir = await output({ 'overrides.csv': overrides, 'notes.txt': 'x' });
  const { exitCode, stdout, stderr } = await purge(dir, '--yes');
  assert.equal([exitCode, stderr], [0, '']);
  assert.match(stdout, '19 files removed.');
  assert.equal(readdirSync(dir).sort(), ['notes.txt', 'overrides.csv']);
  const all = await output({ 'overrides.csv': overrides });
  assert.is((await purge(all, '--yes', '--decisions')).exitCode, 0);
  assert.not.ok(existsSync(all));
});

test('--student removes one student, and names the lines of your own files', async () => {
  const dir = await output({ 'overrides.csv': overrides });
  const { exitCode, stdout, stderr } = await purge(dir, '--student', 'b10902001', '--yes');
  assert.equal([exitCode, stderr], [0, '']);
  assert.match(stdout, 'The data of b10902001 is removed.');
  assert.match(stdout, 'Left: overrides.csv:2 names the student; it is your own file');
  assert.equal(readdirSync(join(dir, 'students')), ['b10902002.html']);
  assert.not.match(readFileSync(join(dir, 'grades.json'), 'utf8'), 'b10902001');
  assert.is(readFileSync(join(dir, 'overrides.csv'), 'utf8'), overrides);
});

test('it says what may be left elsewhere on the machine', async () => {
  const home = folder({
    'labwright/grading/engine/x': '',
    'labwright/runs/1.json': JSON.stringify({ id: '1', startedAt: 'x', endpoint: { host: 'unix:///x' }, dir: '/x', of: 'grade' }),
  });
  const dir = await output();
  const { stdout } = await lab(['grade', 'purge', dir, '--yes', '--lang', 'zh-TW'], { env: { XDG_STATE_HOME: home } });
  assert.match(stdout, '這台機器上有 1 次中斷的評分留下作業的檔案：lab clean 會移除。');
  assert.match(stdout, `再刪除 ${join(home, 'labwright/grading')}`);
});

test('a folder that is in use, and calls that contradict themselves, are refused', async () => {
  const dir = await output();
  const journal = await openJournal(dir);
  const used = await purge(dir, '--yes');
  await journal.close();
  assert.is(used.exitCode, 2);
  assert.match(used.stderr, 'E_SUBMISSION: another lab grade is using');
  const both = await purge(dir, '--student', 'x', '--decisions');
  assert.match(both.stderr, "--student and --decisions can't be combined");
  assert.match((await purge(dir, '--student', 'eve')).stderr, 'E_USAGE: no student eve is in');
  assert.match((await purge(folder())).stderr, 'contains no files of lab grade');
  assert.ok(existsSync(join(dir, 'grades.json')));
});

test('`purge` is a subcommand; a submission with this name is named as `./purge`', async () => {
  assert.match((await labInProcess(['grade', 'purge'])).stderr, 'lab grade purge needs <folder>');
  assert.match((await labInProcess(['grade', './purge'])).stderr, "./purge can't be read (ENOENT)");
  assert.match((await labInProcess(['grade', 'ann', 'purge'])).stderr, "ann can't be read (ENOENT)");
  assert.match((await labInProcess(['grade', 'help'])).stderr, "help can't be read (ENOENT)");
  const help = await labInProcess(['grade', 'purge', '--help']);
  assert.match(help.stdout, /^Usage: lab grade purge \[options\] <folder>\n/);
});

test.run();
