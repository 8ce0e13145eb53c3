// time limit: 1500 s
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../labs/compose-scale/index.ts';
import type { Gradebook } from '../../src/grade/types.ts';
import { chooseFaults, type ExamFault } from '../../src/lab/exam.ts';
import { assets } from '../../src/platform/package-root.ts';
import { runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { repeats } from '../helpers/repeats.ts';

/** `lab grade` judges exams of `lab break` by the stacks that were handed in, whatever their result files say. */

const test = suite('exams');
test.before(async () => {
  const { engine } = await gradingEngine();
  await engine.api.close();
});

const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
const exam = { count: 3, seed: 2026 };
const given = chooseFaults(faults, exam);
const sourceOf = ({ fault }: ExamFault) => join(assets, 'compose-scale', composeScale.stacks[fault.stack]?.dir ?? '');

async function created(dir: string, { count, seed } = exam): Promise<void> {
  const made = await runBin(['break', '--exam', `${count}`, '--seed', `${seed}`, dir], env, folder());
  assert.is(made.exitCode, 0, made.stderr);
}

/** Puts the tutorial's own files in place of the faulty ones: they are a repair. */
function repair(dir: string, faulty: readonly ExamFault[]): void {
  for (const one of faulty)
    for (const { file } of one.fault.edits) cpSync(join(sourceOf(one), file), join(dir, one.folder, file));
}

/** Changes the result file as a student could. */
function forge(dir: string, change: (file: Record<string, unknown>) => Record<string, unknown>): void {
  const path = join(dir, 'exam.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
}

const allRepaired = (file: Record<string, unknown>) => ({
  ...file,
  faults: given.map(({ folder: name }) => ({ folder: name, hints: 0, checks: 1, repairedAt: '2026-11-27T01:00:00.000Z' })),
});

const bookIn = (out: string): Gradebook => JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8'));
const grade = (out: string, paths: readonly string[], ...more: string[]) =>
  runBin(['grade', ...paths, '--out', out, '--yes', ...more], env, folder());
const asSet = ['--exam', `${exam.count}`, '--seed', `${exam.seed}`];

test('what counts is what was handed in, not what the result file says', async () => {
  const dir = folder();
  const at = (name: string) => join(dir, name);
  for (const name of ['forged', 'moved']) await created(at(name));
  // two faults are repaired, and the file claims that all are
  repair(at('forged'), given.slice(0, 2));
  forge(at('forged'), allRepaired);
  // an easier exam, solved, with the seed that the class was given
  await created(at('reseeded'), { ...exam, seed: 1 });
  forge(at('reseeded'), (file) => ({ ...file, seed: exam.seed }));
  await created(at('easier'), { ...exam, seed: 1 });
  // the first folder was repaired, and stands for others too: as a Compose project above them, and of another stack
  repair(at('moved'), given.slice(0, 1));
  cpSync(join(at('moved'), 'fault-1'), at('moved'), { recursive: true });
  rmSync(join(at('moved'), 'fault-2'), { recursive: true });
  const other = given.findIndex(({ fault }) => fault.stack !== given[0]?.fault.stack);
  const wrong = given[other === 1 ? given.findIndex(({ fault }, n) => n > 1 && fault.stack !== given[0]?.fault.stack) : other];
  assert.ok(wrong, 'the exam has both stacks');
  rmSync(join(at('moved'), wrong.folder), { recursive: true });
  cpSync(join(at('moved'), 'fault-1'), join(at('moved'), wrong.folder), { recursive: true });
  // inside a further folder, as an archive has it
  mkdirSync(at('wrapped'));
  renameSync(at('forged'), join(at('wrapped'), 'exam'));

  const out = join(folder(), 'out');
  const ended = await grade(out, [dir], ...asSet);
  assert.is(ended.exitCode, 3, ended.stderr + ended.stdout);
  const book = bookIn(out);
  assert.equal(
    book.entries.map(({ student, grade: { status, points, max } }) => [student.id, status, points, max]),
    [
      ['easier', 'refused', null, 60],
      ['moved', 'graded', 20, 60],
      ['reseeded', 'refused', null, 60],
      ['wrapped', 'graded', 40, 60],
    ],
    ended.stdout,
  );
  const of = (id: string) => book.entries.find(({ student }) => student.id === id)?.grade;
  assert.match(
    of('easier')?.refusals[0]?.text.en ?? '',
    /exam with 3 faults and seed 1; the class was given 3 faults and seed 2026/,
  );
  assert.match(of('reseeded')?.refusals[0]?.text.en ?? '', /other faults than this version has for the seed 2026/);
  assert.equal(
    of('wrapped')?.checks.map(({ id, outcome }) => [id, outcome]),
    given.map(({ folder: name }, place) => [`${name}/repaired`, place < 2 ? 'passed' : 'failed']),
  );
  for (const check of of('wrapped')?.checks ?? []) {
    if (check.outcome === 'failed')
      assert.ok(
        check.expected && check.actual && check.help && check.places?.[0]?.file.startsWith('fault-'),
        JSON.stringify(check),
      );
    assert.match(check.claimed?.en ?? '', /^repaired -?\d+ min after the start, 0 of 3 hints, checked 1 time$/);
  }
  assert.match(of('moved')?.checks[1]?.actual?.en ?? '', /no Compose file/);

  // everything is known: nothing is run again, and a decision of the teacher counts
  writeFileSync(join(out, 'overrides.csv'), 'student,check,points,reason\nwrapped,fault-3/repaired,10,half of it\n');
  const again = await grade(out, [dir], ...asSet);
  assert.match(again.stdout, /wrapped +50\/60/);
  assert.not.match(again.stderr, /reference/);
});

test('an exam without the option is refused with the option to use, and the rubric has the same effect', async () => {
  const dir = join(folder(), 'ann');
  const short = { count: 1, seed: exam.seed };
  const faulty = chooseFaults(faults, short);
  await created(dir, short);
  repair(dir, faulty);
  const out = join(folder(), 'out');
  const without = await grade(out, [dir]);
  assert.is(without.exitCode, 3, without.stderr);
  assert.match(without.stdout, /ann +– +refused +this is an exam of `lab break`: grade it with `--exam COUNT --seed SEED`/);
  const rubric = join(folder(), 'rubric.yaml');
  writeFileSync(
    rubric,
    'tutorial: compose-scale\nexam:\n  count: 1\n  seed: 2026\n  points: { 1: 10, 2: 20, 3: 30 }\n  hintCosts: 1.5\n',
  );
  forge(dir, (file) => ({
    ...file,
    faults: faulty.map(({ folder: name }) => ({ folder: name, hints: 2, checks: 1 })),
  }));
  const ended = await grade(join(folder(), 'out'), [dir], '--rubric', rubric);
  assert.is(ended.exitCode, 0, ended.stderr + ended.stdout);
  assert.match(ended.stdout, /ann +7\/10$/m);
});

if (repeats(1, 0) > 0)
  test('each fault of the catalogue costs points until it is repaired', async () => {
    const dir = folder();
    const whole = { count: faults.length, seed: 1 };
    for (const name of ['broken', 'right']) await created(join(dir, name), whole);
    repair(join(dir, 'right'), chooseFaults(faults, whole));
    const out = join(folder(), 'out');
    const ended = await grade(out, [dir], '--exam', `${whole.count}`, '--seed', `${whole.seed}`);
    assert.is(ended.exitCode, 0, ended.stderr + ended.stdout);
    assert.equal(
      bookIn(out).entries.map(({ grade: { points, max } }) => [points, max]),
      [
        [0, 500],
        [500, 500],
      ],
      ended.stdout,
    );
  });

test.run();
