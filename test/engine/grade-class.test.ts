// time limit: 240 s
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { clock } from '../../src/cli/clock.ts';
import type { GradingEngine } from '../../src/engine/grading.ts';
import { gradeClass } from '../../src/grade/class.ts';
import type { Gradebook } from '../../src/grade/grade.ts';
import { findSubmissions } from '../../src/grade/intake/find.ts';
import { openJournal } from '../../src/grade/journal.ts';
import { loadRubric, standardRubric } from '../../src/grade/rubric.ts';
import { type Ended, runBin, startBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { rejection } from '../helpers/rejection.ts';
import { drawnWrong, handIn, journalOf, privileged } from '../helpers/small-class.ts';

const test = suite<{ grading: GradingEngine }>('a class');

test.before(async (it) => {
  it.grading = await gradingEngine();
});
test.after(async ({ grading }) => {
  await grading.engine.api.close();
});

const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
const rubricPath = standardRubric(composeScale);
const bookIn = (out: string): Gradebook => JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8'));
const entryOf = (out: string, student: string) => bookIn(out).entries.find((one) => one.student.id === student);
const pointsIn = (out: string) => bookIn(out).entries.map(({ student, grade }) => [student.id, grade.status, grade.points]);

test('a reference solution that loses a point: it says that the machine is at fault, and nothing counts', async ({ grading }) => {
  const { engine, rootId, data } = grading;
  const class_ = folder();
  handIn(class_, 'eve', privileged);
  handIn(class_, 'control', ['flask/Dockerfile', 'RUN useradd', 'RUN false && useradd']);
  const { found } = await findSubmissions([join(class_, 'eve')]);
  const lab = composeScale.labs.find(({ id }) => id === 'nginx');
  const stack = lab && composeScale.stacks[lab.stack];
  if (!lab || !stack || rootId === undefined || data === undefined) throw new Error('no lab, or no grading engine');
  const rubric = await loadRubric(rubricPath, composeScale);
  const out = folder();
  const state = folder();
  const journal = await openJournal(out);
  const ended: string[] = [];
  let runs = 0;
  try {
    const error = await rejection(
      gradeClass({
        engine,
        homes: { state, cache: join(state, 'cache') },
        lab,
        spec: { ...stack, services: rubric.services },
        rubric,
        proberImage: 'nicolaka/netshoot:v0.13',
        buildNetwork: false,
        rootId,
        data,
        version: '0',
        clock,
        nonce: () => `mark${runs}`,
        runId: () => `class${process.pid}x${++runs}`,
        found,
        jobs: 2,
        journal,
        control: join(class_, 'control'),
        signal: new AbortController().signal,
        onProgress: ({ last }) => last && ended.push(last.id),
      }),
    );
    assert.is(error.code, 'E_CONTROL');
    assert.match(error.text.en, /^the reference solution got 0 of 100 points: the machine is at fault, not the class \(up\//);
    assert.match(error.text['zh-TW'], /^參考解答得到 0／100 分/);
  } finally {
    await journal.close();
  }
  assert.equal([ended, journalOf(out)], [[], []]);
});

test('the same twice, another rubric, a word of the teacher; one grader at a time', async () => {
  const submissions = folder();
  handIn(submissions, 'ann', drawnWrong);
  handIn(submissions, 'ben', drawnWrong);
  handIn(submissions, 'eve', privileged);
  const out = folder();
  const grade = (...more: readonly string[]) => ['grade', submissions, '--out', out, '--jobs', '3', ...more];
  const ended = (end: Ended, exitCode: number) => assert.is(end.exitCode, exitCode, end.stdout + end.stderr);

  const [first, second] = await beside(grade());
  ended(first, 0);
  ended(second, 2);
  assert.match(second.stderr, /^error E_SUBMISSION: another lab grade is at work on /);
  const points = entryOf(out, 'ann')?.grade.points ?? 0;
  assert.ok(points > 0 && points < 100);
  const decided = [
    ['ann', 'graded', points],
    ['ben', 'graded', points],
    ['eve', 'refused', null],
  ];
  assert.equal(pointsIn(out), decided);
  assert.equal(
    [entryOf(out, 'ann')?.sameAs, entryOf(out, 'ben')?.sameAs, entryOf(out, 'eve')?.sameAs],
    [undefined, 'ann', undefined],
  );
  assert.match(first.stdout, /ben .*the same as ann/);
  assert.is(journalOf(out).length, 2, 'the same was written down twice');

  // What is wrong costs less, and the log folder more.
  const rubric = join(folder(), 'rubric.yaml');
  writeFileSync(rubric, moved(readFileSync(rubricPath, 'utf8'), 'up/networks-are-as-drawn', 'up/log-folder-is-mounted'));
  const asked = await runBin(grade('--rubric', rubric, '--regrade'), env);
  ended(asked, 0);
  assert.match(asked.stdout, new RegExp(`ann\\n(?:  .*\\n)*  total  ${points} → ${points + 2}\\n`), asked.stdout);
  assert.match(asked.stdout, /2 of 3 grades would change\.\nNothing is changed; --yes applies it\.\n$/);
  assert.equal(pointsIn(out), decided);
  // All is known by now, so nothing is run.
  assert.is(journalOf(out).length, 4);
  const applied = await runBin(grade('--rubric', rubric, '--regrade', '--yes'), env);
  ended(applied, 0);
  assert.is(journalOf(out).length, 4);
  assert.equal(pointsIn(out), [
    ['ann', 'graded', points + 2],
    ['ben', 'graded', points + 2],
    ['eve', 'refused', null],
  ]);

  writeFileSync(join(out, 'overrides.csv'), 'student,check,points,reason\neve,,60,talked it over\n');
  ended(await runBin(grade(), env), 0);
  assert.equal(pointsIn(out), [...decided.slice(0, 2), ['eve', 'graded', 60]]);
  assert.is(journalOf(out).length, 4, 'the grades of the first rubric were known');
});

/** A rubric with two points of one check given to another. */
const moved = (rubric: string, from: string, to: string): string =>
  [[from, -2] as const, [to, 2] as const].reduce((written, [check, more]) => {
    const line = new RegExp(`(${check}: \\{ points: )(\\d+)`);
    assert.match(written, line);
    return written.replace(line, (_, words: string, points: string) => `${words}${Number(points) + more}`);
  }, rubric);

/** The same command twice: the second while the first is at work. */
async function beside(args: readonly string[]): Promise<[Ended, Ended]> {
  const started = startBin(args, env);
  await new Promise<void>((resolve) => started.child.stderr?.once('data', () => resolve()));
  const second = await runBin(args, env);
  return [await started.ended, second];
}

test('what could not be told is asked again, then needs review: exit 3, no points lost, and nothing is written down as decided', async () => {
  const submissions = folder();
  handIn(submissions, 'ann', ['flask/Dockerfile', 'WORKDIR', 'RUN pip install no-such-package-anywhere\nWORKDIR']);
  const out = folder();
  const end = await runBin(['grade', join(submissions, 'ann'), '--out', out], env);
  assert.is(end.exitCode, 3, end.stdout + end.stderr);
  assert.equal(pointsIn(out), [['ann', 'review', null]]);
  assert.match(entryOf(out, 'ann')?.grade.review?.en ?? '', /^E_COMMAND_FAILED: /);
  assert.equal(journalOf(out), []);
});

test.run();
