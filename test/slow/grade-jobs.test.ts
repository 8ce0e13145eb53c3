// time limit: 2400 s
// alone
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../src/engine/package.ts';
import { runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { loadGrades, unlike } from '../helpers/small-class.ts';

/** Grades do not depend on how many are graded at a time. */
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
  'wrong-name-stolen',
  'wrong-nginx-on-the-backend',
  'wrong-no-order',
].map((name) => join(root, 'test/fixtures/class', name));

test('the same grades, three times one at a time and three times six at a time', async () => {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
  let grades: readonly string[] | undefined;
  for (const jobs of [1, 6, 6, 1, 6, 1]) {
    const out = folder();
    const startedMs = performance.now();
    const { exitCode, stdout, stderr } = await runBin(['grade', ...sample, '--out', out, '--jobs', String(jobs)], env);
    assert.is(exitCode, 0, stdout + stderr);
    console.log(`--jobs ${jobs}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
    const now = loadGrades(out);
    grades ??= now;
    assert.equal(unlike(grades, now), [], `--jobs ${jobs}`);
  }
});

test.run();
