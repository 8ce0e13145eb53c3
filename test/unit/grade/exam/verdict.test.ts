import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import { verdictIn, verdictOf, verdictRubric } from '../../../../src/grade/exam/verdict.ts';
import { openJournal } from '../../../../src/grade/journal.ts';
import { loadRubric, standardRubric } from '../../../../src/grade/rubric/rubric.ts';
import { score } from '../../../../src/grade/scoring/score.ts';
import type { Remark } from '../../../../src/grade/types.ts';
import { refused } from '../../../../src/grade/ungraded.ts';
import { text } from '../../../../src/lab/text.ts';
import { performed, type Said } from '../../../fixtures/graded.ts';
import { folder } from '../../../helpers/folder.ts';

const rubric = { ...(await loadRubric(standardRubric(composeScale), composeScale)), notShown: 0 as const };
const graded = (otherwise: Readonly<Record<string, Said>> = {}, notes: readonly Remark[] = []) =>
  score(rubric, nginx, performed(nginx, otherwise), notes);
const place = { file: 'compose.yaml', line: 4 };
const fixedName: Remark = { code: 'container_name', service: 'flask', place, text: text('one container only', '只能有一個容器') };

test('a folder is repaired if its stack lost no points', () => {
  const verdict = verdictOf(graded());
  assert.equal([verdict.status, verdict.points, verdict.max, verdictIn(verdict)?.outcome], ['graded', 1, 1, 'passed']);
});

test('otherwise the verdict has what failed first by itself, with its reasons', () => {
  const verdict = verdictOf(graded({ 'single/counter-rises': 'failed', 'restart/counter-is-shared': 'failed' }));
  const check = verdictIn(verdict);
  assert.equal([verdict.points, check?.outcome, check?.expected?.en, check?.actual?.en], [0, 'failed', '1', '2']);
  assert.is(check?.help?.en, 'docker compose up -d');
});

test('a setting that is ignored while grading and costs points is no repair', () => {
  const verdict = verdictOf(graded({}, [fixedName]));
  assert.equal([verdict.points, verdictIn(verdict)?.actual?.en], [0, 'flask: one container only']);
  assert.equal(verdictIn(verdict)?.places, [place]);
});

test('a check that such a setting excuses, and what was not tried after it, do not hide it', () => {
  const port = { ...fixedName, code: 'fixed-port', text: text('one host port', '一個主機連接埠') };
  const [up] = performed(nginx, { 'up/only-nginx-is-published': 'failed' });
  assert.ok(up);
  const stopped = { text: text('not tried', '沒有嘗試') };
  const verdict = verdictOf(score(rubric, nginx, [{ ...up, stopped }], [port]));
  assert.is(verdictIn(verdict)?.actual?.en, 'flask: one host port');
});

test('a failed check that its goal has no points left for comes before what was not tried', () => {
  const [up] = performed(nginx, { 'up/log-folder-is-mounted': 'failed' });
  assert.ok(up);
  const stopped = { text: text('not tried', '沒有嘗試') };
  const verdict = verdictOf(score(rubric, nginx, [{ ...up, stopped }], []));
  assert.is(verdictIn(verdict)?.actual?.en, '2');
});

test('a grade that is not decided stays so, and the verdict for a verdict is itself', () => {
  const refusals = [{ code: 'privileged', text: text('not allowed', '不允許') }];
  const no = verdictOf(refused(rubric, refusals));
  assert.equal([no.status, no.points, no.max, no.checks, no.refusals], ['refused', null, 1, [], refusals]);
  const open = verdictOf(graded({ 'single/counter-rises': 'errored' }));
  assert.equal([open.status, open.points, open.checks], ['review', null, []]);
  assert.ok(open.review);
  for (const one of [no, open, verdictOf(graded()), verdictOf(graded({ 'single/counter-rises': 'failed' }))])
    assert.equal(verdictOf(one), one);
});

test('the journal keeps verdicts, and finds them again', async () => {
  const dir = folder();
  const verdicts = [verdictOf(graded()), verdictOf(graded({ 'single/counter-rises': 'failed' })), verdictOf(refused(rubric, []))];
  {
    await using journal = await openJournal(dir, verdictRubric);
    for (const [at, one] of verdicts.entries()) await journal.add(`k${at}`, one);
  }
  await using journal = await openJournal(dir, verdictRubric);
  assert.equal(
    verdicts.map((_, at) => journal.find(`k${at}`)),
    verdicts,
  );
});

test.run();
