import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { practicesAt, progressAt } from '../../../../src/cli/commands/break/break-folder.ts';
import { hinted, loadProgress, type Progress, progressFile, saveProgress } from '../../../../src/learn/break/practice.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const fresh: Progress = {
  tutorial: 'compose-scale',
  number: 1,
  startedAt: '2026-11-27T01:00:00.000Z',
  hints: 0,
  checks: 0,
};
const practice = () => folder({ '.labwright/break.json': JSON.stringify(fresh) });

test('progress that is not valid is an error that names the file: no JSON, other fields, a folder', async () => {
  for (const contents of ['', '{"number": 0}', undefined]) {
    const dir = folder({ '.labwright/x': '' });
    if (contents === undefined) mkdirSync(progressFile(dir));
    else writeFileSync(progressFile(dir), contents);
    for (const read of [progressAt, practicesAt]) {
      const { code, message, hint } = await rejection(read(dir));
      assert.equal([code, message], ['E_STATE', `${progressFile(dir)} is not valid`]);
      assert.is(hint.en, 'correct the file, or remove the folder and create it again: lab break <number>');
    }
  }
});

test('a change is one of the progress that the folder has now, which another program may have saved', async () => {
  const dir = practice();
  const [one] = await practicesAt(dir);
  await saveProgress(dir, { ...fresh, hints: 2, checks: 3 });
  const next = await one.update(hinted);
  assert.equal(next, { ...fresh, hints: 3, checks: 3 });
  assert.equal(await loadProgress(dir), next);
  assert.equal(one.progress, fresh);
});

test.run();
