import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { examOf, loadClassExam, parseExam } from '../../../../src/grade/exam/class-exam.ts';
import { judgePolicy } from '../../../../src/grade/policy/policy.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { chooseFaults } from '../../../../src/lab/exam.ts';
import { copyWithFault } from '../../../../src/learn/break/practice.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { folder } from '../../../helpers/folder.ts';

const exam = { count: 5, seed: 2026 };
const load = (source: string) => loadClassExam(parseExam(source, 'r.yaml', composeScale, faults), 'r.yaml', composeScale, faults);
const written = (more = '', after = '') => `tutorial: compose-scale\nexam:\n  count: 5\n  seed: 2026\n${more}${after}`;

test('an exam has a check for each fault, of equal points, judged by the rubric of its stack', async () => {
  const { exam: whole, rubric } = await loadClassExam(examOf(composeScale, exam), '--exam', composeScale, faults);
  assert.equal(
    whole.parts.map(({ folder: name, fault }) => [name, fault.id]),
    chooseFaults(faults, exam).map(({ folder: name, fault }) => [name, fault.id]),
  );
  assert.equal(
    Object.entries(rubric.checks).map(([id, { points }]) => [id, points]),
    [1, 2, 3, 4, 5].map((at) => [`fault-${at}/repaired`, 20]),
  );
  assert.equal([rubric.max, rubric.goals, rubric.parts, rubric.notes], [100, undefined, {}, {}]);
  for (const { fault, stack, lab, rubric: own } of whole.parts) {
    assert.equal([stack.id, lab.stack], [fault.stack, fault.stack]);
    assert.equal([own.parts, own.notShown, own.empty, own.without], [{}, 0, 0, []]);
    // all labs of the stack, as in `lab break --check`
    assert.equal(
      own.labs,
      composeScale.labs.filter((one) => one.stack === fault.stack).map(({ id }) => id),
    );
  }
});

test('the rubric of an exam: points for each fault or each level, a price for hints, limits and images', async () => {
  const byLevel = await load(written('  points: { 1: 10, 2: 20, 3: 30 }\n  hintCosts: 2.5\n'));
  assert.equal(
    [byLevel.exam.parts.map(({ points }) => points), byLevel.rubric.max, byLevel.exam.hintCosts],
    [[10, 10, 20, 20, 30], 90, 2.5],
  );
  const plain = await load(written());
  const same = await loadClassExam(examOf(composeScale, exam), 'other', composeScale, faults);
  assert.is(plain.rubric.hash, same.rubric.hash, 'it means the same');
  assert.is.not(plain.rubric.hash, byLevel.rubric.hash);
  assert.is.not(plain.rubric.hash, (await load(written().replace('2026', '2027'))).rubric.hash);
  // points do not change how a folder is judged, but images do
  assert.is(plain.exam.parts[0]?.rubric.hash, byLevel.exam.parts[0]?.rubric.hash);
  const other = await load(written('', "images: [{ match: 'python:*', as: 'python:3.13-slim' }, families]\n"));
  assert.equal(other.exam.parts[0]?.rubric.images[0], { match: 'python:*', as: 'python:3.13-slim' });
  assert.is.not(plain.exam.parts[0]?.rubric.hash, other.exam.parts[0]?.rubric.hash);
  assert.is(plain.exam.parts[0]?.rubric.hash, other.exam.parts[0]?.standard.hash);
});

test('a mistake in the rubric of an exam is reported with its position', async () => {
  const wrong: readonly (readonly [source: string, says: RegExp])[] = [
    [written().replace('count: 5', 'count: 26'), /^r\.yaml:3:10: compose-scale has 25 faults$/],
    [written().replace('count: 5', 'count: many'), /^r\.yaml:3:10: exam\.count: expected a whole number from 1 to 999/],
    [written('  points: ten\n'), /^r\.yaml:5:11: exam\.points: expected a number of points, or a map/],
    [written('  hints: 1\n'), /^r\.yaml:5:3: unknown key hints$/],
    [written('', 'lab: nginx\n'), /^r\.yaml:5:1: unknown key lab$/],
    [written().replace('compose-scale', 'other'), /^r\.yaml:1:11: it is for the tutorial other/],
    [written('  points: 0\n'), /^r\.yaml: all faults together are worth 0 points$/],
    [written('', 'images: [{ as: redis:8.0 }]\n'), /^r\.yaml:5:\d+: expected one of/],
  ];
  for (const [source, says] of wrong) {
    const error = await Promise.resolve()
      .then(() => load(source))
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    assert.instance(error, LabError, source);
    assert.match((error as LabError).text.en, says);
  }
});

test('the policy permits each fault, or refuses it only for what the fault is', async () => {
  const whole = { count: faults.length, seed: 1 };
  const { exam: all } = await loadClassExam(examOf(composeScale, whole), '--exam', composeScale, faults);
  for (const { fault, stack, rubric } of all.parts) {
    const dir = join(folder(), 'faulty');
    await copyWithFault(dir, join(assets, 'compose-scale', stack.dir), fault);
    const judged = await judgePolicy(dir, 'compose.yaml', rubric);
    const codes = judged.ok ? [] : judged.refusals.map(({ code }) => code);
    assert.equal(codes, fault.refusedAs === undefined ? [] : [fault.refusedAs], fault.id);
  }
});

test.run();
