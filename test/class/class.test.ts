// time limit: 1500 s
// alone
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filters } from '../../src/engine/api.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { locateHomes } from '../../src/engine/homes.ts';
import { root } from '../../src/engine/package.ts';
import type { Gradebook } from '../../src/grade/grade.ts';
import { runLabel, runsDir } from '../../src/run/journal.ts';
import { differences } from '../fixtures/class-expected.ts';
import { expectedHostile } from '../fixtures/class-hostile.ts';
import { expectedRightWrong } from '../fixtures/class-right-wrong.ts';
import { type Ended, runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';

/** The sample class as a teacher grades it: every submission gets what a fair teacher would give, and nothing is left. */

const expected = [...expectedRightWrong, ...expectedHostile];
const runs = () => readdirSync(runsDir(locateHomes())).sort();

const test = suite<{ engine: Engine; before: readonly string[]; runs: readonly string[]; ended: Ended; book: Gradebook }>(
  'the sample class',
);
test.before(async (it) => {
  it.engine = (await gradingEngine()).engine;
  it.before = await madeOn(it.engine);
  it.runs = runs();
  const out = folder();
  it.ended = await runBin(['grade', 'test/fixtures/class', '--out', out], { ...process.env, LANG: 'C', LC_ALL: 'C' }, root);
  it.book = JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8')) as Gradebook;
});
test.after(({ engine }) => engine.api.close());

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

test('at least 12 are right, and at least 30 wrong in a way of their own', () => {
  const count = (start: string) => expected.filter(({ name }) => name.startsWith(start)).length;
  assert.ok(count('right-') >= 12 && count('wrong-') >= 30);
});

test('nothing is left on the engine, nor in the state folder', async ({ engine, before, runs: there }) => {
  assert.equal(
    (await madeOn(engine)).filter((one) => !before.includes(one)),
    [],
  );
  assert.equal(
    runs().filter((one) => !there.includes(one)),
    [],
  );
});

/** What carries the label of a run or is named as one's: asked of the engine itself. */
async function madeOn({ api }: Engine): Promise<string[]> {
  const [containers, networks, volumes, images] = await Promise.all([
    api.get<{ Id: string; Names: string[]; Labels: object }[]>('/containers/json', { all: true }),
    api.get<{ Id: string; Name: string; Labels: object | null }[]>('/networks'),
    api.get<{ Volumes: { Name: string; Labels: object | null }[] | null }>('/volumes'),
    api.get<{ Id: string }[]>('/images/json', { filters: filters({ label: [runLabel] }) }),
  ]);
  const all = await api.get<{ Id: string; RepoTags: string[] | null }[]>('/images/json');
  const ours = (name: string, labels: object | null = null) => name.includes('labwright-') || runLabel in (labels ?? {});
  return [
    ...containers.filter(({ Names, Labels }) => ours(Names.join(' '), Labels)).map(({ Names }) => `container ${Names}`),
    ...networks.filter(({ Name, Labels }) => ours(Name, Labels)).map(({ Name }) => `network ${Name}`),
    ...(volumes.Volumes ?? []).filter(({ Name, Labels }) => ours(Name, Labels)).map(({ Name }) => `volume ${Name}`),
    ...images.map(({ Id }) => `image ${Id}`),
    ...all.filter(({ RepoTags }) => ours((RepoTags ?? []).join(' '))).map(({ RepoTags }) => `image ${RepoTags}`),
  ];
}

test.run();
