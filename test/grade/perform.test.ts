import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { performSteps } from '../../src/grade/perform.ts';
import type { GradePlace } from '../../src/grade/place.ts';
import { loadRubric, standardRubric } from '../../src/grade/rubric.ts';
import { LabError } from '../../src/lab/error.ts';
import { text, verbatim } from '../../src/lab/text.ts';
import type { Lab } from '../../src/lab/tutorial.ts';
import { failed, passed } from '../../src/lab/verdict.ts';
import { fakeView, handClock, wordCheck } from '../run/fakes.ts';

const rubric = await loadRubric(standardRubric(composeScale), composeScale);

/** A step that is performed where the states of the world follow one another, one a look; the first is before its work. */
async function performed(
  states: readonly unknown[],
  verify: Lab['steps'][number]['verify'],
  signal = new AbortController().signal,
) {
  const clock = handClock();
  const did: string[] = [];
  const place = {
    ...fakeView(states, clock),
    stack: () => undefined,
    opened: async () => void did.push('opened'),
  } as unknown as GradePlace;
  const step = { id: 'up', title: text('up', '啟動'), verify, run: async () => void did.push('run') };
  const lab = { ...composeScale.labs[0], id: 'tiny', steps: [step] } as unknown as Lab;
  const [done] = await performSteps({ lab, place, clock, rubric, alone: false, signal });
  return { did, results: done?.results.map(({ id, outcome }) => `${id} ${outcome}`) ?? [] };
}
const is = (...words: readonly string[]) => ({
  judge: (word: unknown) =>
    words.includes(String(word))
      ? passed(verbatim('yes'))
      : failed({ expected: verbatim('yes'), actual: verbatim(String(word)), help: verbatim('help') }),
});

test('looks when the front is open, or has ended', async () => {
  const { did, results } = await performed(['before', 'up'], [wordCheck('runs', is('up'))]);
  assert.equal([did, results], [['run', 'opened'], ['runs passed']]);
});

test('what held in the first look and does not in the last has failed, and what needs it was not shown', async () => {
  const checks = [
    wordCheck('runs', is('up')),
    wordCheck('drawn', { ...is('up', 'gone'), needs: ['runs'] }),
    wordCheck('ready', is('ready')),
    // it had failed already
    wordCheck('named', { ...is('named'), needs: ['drawn'] }),
  ];
  const { results } = await performed(['before', 'up', 'gone'], checks);
  assert.equal(results, ['runs failed', 'drawn skipped', 'ready failed', 'named skipped']);
});

test('a probe that its container took with it is no error of ours', async () => {
  const gone = new LabError('E_PROBE', verbatim('gone'), verbatim('hint'));
  const reach = wordCheck('reach', {
    needs: ['runs'],
    gather: async (world) => {
      if (((await world.state()) as unknown) === 'up') throw gone;
      return 'gone';
    },
  });
  const { results } = await performed(['before', 'up', 'gone'], [wordCheck('runs', is('up')), reach]);
  assert.equal(results, ['runs failed', 'reach skipped']);
});

test('what can not be told in the second look either stays untold', async () => {
  const never = wordCheck('reach', { gather: async () => Promise.reject(new LabError('E_PROBE', verbatim('x'), verbatim('y'))) });
  const { results } = await performed(['before', 'up'], [wordCheck('runs', is('up')), never]);
  assert.equal(results, ['runs passed', 'reach errored']);
});

test('a step that is over listens to nobody any more', async () => {
  const { signal } = new AbortController();
  await performed(['before', 'up'], [wordCheck('runs', is('up'))], signal);
  assert.equal(getEventListeners(signal, 'abort'), []);
});

test.run();
