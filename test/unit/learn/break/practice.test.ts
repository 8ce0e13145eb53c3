import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fault } from '../../../../src/lab/fault.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import {
  copyAsAssets,
  createPractice,
  hinted,
  loadProgress,
  practicesIn,
  progressFile,
  saveProgress,
  scoreOf,
} from '../../../../src/learn/break/practice.ts';
import { draftOf } from '../../../../src/platform/atomic-file.ts';
import { folder } from '../../../helpers/folder.ts';

const fault: Fault = {
  id: 'wrong-port',
  stack: 'web',
  level: 1,
  report: text('it is down', '它沒有回應'),
  hints: [verbatim('1'), verbatim('2'), verbatim('3')],
  cause: text('the port', '連接埠'),
  find: text('read it', '讀它'),
  edits: [
    { file: 'compose.yaml', from: 'port: 80', to: 'port: $& 81' },
    { file: 'app/a.txt', from: 'one', to: 'two' },
  ],
};
/** What a promise rejects with; undefined: it resolves. */
const rejection = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
const source = () => folder({ 'compose.yaml': 'a\nport: 80\nport: 80\n', 'app/a.txt': 'one' });
const started = { tutorial: 'tiny', number: 2, startedAt: '2026-11-27T01:00:00.000Z' };
const create = async (dir: string, of = fault) =>
  createPractice(dir, { source: source(), fault: of, started, report: '# Report\n' });

test('a practice folder has the files with the fault, a README, and the progress', async () => {
  const dir = join(folder(), 'break-02');
  await create(dir);
  // the first occurrence, and no pattern of String.replace
  assert.is(readFileSync(join(dir, 'compose.yaml'), 'utf8'), 'a\nport: $& 81\nport: 80\n');
  assert.is(readFileSync(join(dir, 'app/a.txt'), 'utf8'), 'two');
  assert.is(readFileSync(join(dir, 'README.md'), 'utf8'), '# Report\n');
  assert.equal(await loadProgress(dir), { ...started, hints: 0, checks: 0 });
  assert.not.match(readFileSync(join(dir, '.labwright/break.json'), 'utf8'), /wrong-port/, 'it names the fault');
});

test('an existing folder is not changed', async () => {
  const dir = folder({ 'mine.txt': 'mine' });
  assert.is(((await rejection(create(dir))) as NodeJS.ErrnoException).code, 'EEXIST');
  assert.not.ok(existsSync(join(dir, 'compose.yaml')));
});

test('a fault that changes nothing is an error', async () => {
  const edits = [{ file: 'compose.yaml', from: 'absent', to: 'x' }] as const;
  assert.match(
    String(await rejection(create(join(folder(), 'x'), { ...fault, edits }))),
    /compose\.yaml does not contain "absent"/,
  );
});

test('progress: absent, saved, not valid; of all folders, the solved one counts', async () => {
  const above = folder();
  assert.is(await loadProgress(above), undefined);
  await create(join(above, 'a'));
  await create(join(above, 'b'));
  const solved = { ...started, hints: 1, checks: 2, solvedAt: '2026-11-27T01:10:00.000Z' };
  await saveProgress(join(above, 'a'), solved);
  assert.equal(await loadProgress(join(above, 'a')), solved);
  assert.equal([...(await practicesIn(above))], [[2, solved]]);
  writeFileSync(join(above, 'b/.labwright/break.json'), '{"number": 0}');
  assert.ok(await rejection(loadProgress(join(above, 'b'))));
});

test('the progress is not written through a link beside it', async () => {
  const dir = folder({ 'other.txt': 'other', '.labwright/x': '' });
  const file = progressFile(dir);
  for (const link of [draftOf(file), `${file}.new`]) symlinkSync(join(dir, 'other.txt'), link);
  await saveProgress(dir, { ...started, hints: 1, checks: 0 });
  assert.is(readFileSync(join(dir, 'other.txt'), 'utf8'), 'other');
  assert.is((await loadProgress(dir))?.hints, 1);
});

test('there are three hints', () => {
  const after = (hints: number) => hinted({ ...started, hints, checks: 1 }).hints;
  assert.equal([0, 2, 3].map(after), [1, 3, 3]);
});

test('each hint takes 20 points', () => {
  assert.equal(
    [0, 1, 3].map((hints) => scoreOf({ ...started, hints, checks: 1 })),
    [100, 80, 40],
  );
});

test('a run receives the files of the folder, without the progress', async () => {
  const dir = join(folder(), 'break-02');
  await create(dir);
  const assets = folder();
  await copyAsAssets(dir, assets, 'tiny', { id: 'web', dir: 'front', services: {}, probeFrom: 'x' as never });
  assert.ok(existsSync(join(assets, 'tiny/front/compose.yaml')));
  assert.not.ok(existsSync(join(assets, 'tiny/front/.labwright')));
});

test.run();
