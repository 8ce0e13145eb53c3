// time limit: 1500 s
// alone
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Gradebook } from '../../src/grade/grade.ts';
import { differences } from '../fixtures/class-expected.ts';
import { expectedHostile } from '../fixtures/class-hostile.ts';
import { expectedRightWrong } from '../fixtures/class-right-wrong.ts';
import { hostileArchives } from '../fixtures/hostile-archives.ts';
import { type Ended, runBin } from '../helpers/bin.ts';
import { type Canaries, setCanaries } from '../helpers/canaries.ts';
import { folder } from '../helpers/folder.ts';

/** The sample class as a teacher grades it, on a machine full of canaries: every submission gets what a fair teacher would give, nothing is reached, and nothing is left. */

const classDir = 'test/fixtures/class';
const expected = [...expectedRightWrong, ...expectedHostile];

const test = suite<{ canaries: Canaries; out: string; ended: Ended; book: Gradebook }>('the sample class');
test.before(async (it) => {
  it.canaries = await setCanaries();
  it.out = join(folder(), 'out');
  it.ended = await runBin(['grade', classDir, '--out', it.out], it.canaries.env);
  it.book = JSON.parse(readFileSync(join(it.out, 'grades.json'), 'utf8')) as Gradebook;
});
test.after(({ canaries }) => canaries.close());

test('all are decided', ({ ended }) => assert.equal([ended.exitCode, ended.signal], [0, null], ended.stderr + ended.stdout));

test('each is as expected', ({ book }) => {
  const ids = book.entries.map(({ student }) => student.id);
  assert.equal(ids.toSorted(), expected.map(({ name }) => name).toSorted());
  const wrong = book.entries.flatMap(({ student, grade }) => {
    const wanted = expected.find(({ name }) => name === student.id);
    return wanted ? differences(grade, wanted).map((one) => `${student.id}: ${one}`) : [];
  });
  assert.is(wrong.join('\n'), '');
});

test('at least 12 are right, 30 wrong and 40 hostile', () => {
  const count = (start: string) => expected.filter(({ name }) => name.startsWith(start)).length;
  assert.ok(count('right-') >= 12 && count('wrong-') >= 30 && count('hostile-') >= 40);
});

test('each archive is what its recipe says', async () => {
  for (const [name, make] of Object.entries(hostileArchives)) {
    const there = readFileSync(join(classDir, name));
    // how far zeros are packed is the packer's own affair
    if (name.endsWith('.tar')) assert.ok(there.equals(await make()), name);
  }
});

test('no canary was reached, and nothing that is told does harm', ({ canaries, out, ended }) => canaries.untouched(out, ended));

test('nothing is left on the engine, nor in the state folder', ({ canaries }) => canaries.nothingLeft());

test.run();
