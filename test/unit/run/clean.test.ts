import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../../src/cli/clock.ts';
import { clean } from '../../../src/run/clean.ts';
import { runDir, runsDir, tryRunLock, writeEntry } from '../../../src/run/journal.ts';
import { folder } from '../../helpers/folder.ts';

const test = suite('clean, if no engine answers');

const homesIn = () => {
  const state = folder();
  const homes = { state, cache: join(state, 'cache') };
  mkdirSync(runsDir(homes), { recursive: true });
  return homes;
};

test('a partly written entry is removed, unless its run is active', async () => {
  const homes = homesIn();
  for (const id of ['dead', 'live']) writeFileSync(join(runsDir(homes), `${id}.json.new`), '{"id":');
  const lock = await tryRunLock(homes, 'live');
  await clean(homes, clock, { dryRun: true });
  const drafts = () => readdirSync(runsDir(homes)).filter((name) => name.endsWith('.new'));
  assert.equal(drafts(), ['dead.json.new', 'live.json.new']);
  await clean(homes, clock, { dryRun: false });
  assert.equal(drafts(), ['live.json.new']);
  await lock?.release();
  assert.equal(readdirSync(runsDir(homes)), ['live.json.new'], 'no lock file stays');
});

test('only the selected runs are cleaned', async () => {
  const homes = homesIn();
  const endpoint = { host: `unix://${folder()}/none.sock` };
  const entry = { startedAt: clock.time(), endpoint };
  await writeEntry(homes, { ...entry, id: 'lesson', dir: runDir(homes, 'lesson') });
  await writeEntry(homes, { ...entry, id: 'homework', dir: runDir(homes, 'homework'), of: 'grade' });
  const { failed } = await clean(homes, clock, { dryRun: false, which: ({ of }) => of === 'grade' });
  assert.equal(
    failed.map(({ id, error }) => [id, error.code]),
    [['homework', 'E_ENGINE_UNREACHABLE']],
  );
  // `lab engine up` does not start the engine for submissions
  assert.match(failed[0]?.error.hint.en ?? '', 'the same `lab grade` again starts it');
  assert.equal(readdirSync(runsDir(homes)).sort(), ['homework.json', 'lesson.json']);
});

test.run();
