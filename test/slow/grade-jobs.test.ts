// time limit: 2400 s
// alone
// only with test:full
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../src/platform/package-root.ts';
import { runBin, startBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { nodeMajors, nodeProgram } from '../helpers/node-versions.ts';
import { gradeDifferences, loadGrades } from '../helpers/small-class.ts';

/** Grades do not depend on the number of jobs. */
const test = suite('jobs');

const sample = [
  'right-deploy',
  'right-healthchecks',
  'right-resolver',
  'right-anchors',
  'wrong-build-fails',
  'wrong-nginx-answers-itself',
  'wrong-counter-of-each',
  'wrong-no-number',
  'wrong-container-name',
  'wrong-nginx-on-the-backend',
  'wrong-no-order',
].map((name) => join(root, 'test/fixtures/class', name));

test('grades are the same with one job and with six, on Node 20, 22 and 24', async () => {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
  const nodes = await Promise.all(nodeMajors.map(nodeProgram));
  let grades: readonly string[] | undefined;
  for (const [at, jobs] of [1, 6, 6, 1, 6, 1].entries()) {
    // all other tests already use CI's own Node version
    const [node, other] = [nodes[(at + 1) % 3], nodes[(at + 2) % 3]];
    const out = folder();
    const startedMs = performance.now();
    const grading = startBin(['grade', ...sample, '--out', out, '--jobs', String(jobs)], env, undefined, node);
    if (jobs > 1) {
      await grading.until('Grading ', 'stderr');
      await assertSecondGraderRefused(['grade', ...sample, '--out', out], env, other, grading.child.pid);
      // with six jobs, some submissions are still being graded when the first has ended
      await grading.until('✓ ', 'stderr');
      await assertCleanRemovesNothing(env, other);
    }
    const { exitCode, stdout, stderr } = await grading.ended;
    assert.is(exitCode, 0, stdout + stderr);
    console.log(`--jobs ${jobs}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
    const now = loadGrades(out);
    grades ??= now;
    assert.equal(gradeDifferences(grades, now), [], `--jobs ${jobs}`);
  }
});

/** A second grader on the same output folder, on another Node version, reports the first and does nothing. */
async function assertSecondGraderRefused(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  node: string | undefined,
  pid?: number,
): Promise<void> {
  const { exitCode, stderr } = await runBin(args, env, undefined, node);
  assert.is(exitCode, 2, stderr);
  assert.match(stderr, /^error E_SUBMISSION: another lab grade is using /m);
  assert.match(stderr, `: process ${pid}, Node v`);
}

/** `lab clean` on another Node version removes nothing that is in use by the grader. */
async function assertCleanRemovesNothing(env: NodeJS.ProcessEnv, node: string | undefined): Promise<void> {
  const { exitCode, stdout, stderr } = await runBin(['clean'], env, undefined, node);
  assert.is(exitCode, 0, stderr);
  assert.match(stderr, /^run \w+ is under way and left alone$/m);
  assert.is(stdout, 'nothing is left behind\n');
}

test.run();
