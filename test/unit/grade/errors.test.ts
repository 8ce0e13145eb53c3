import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ContentionError, isOfTheMachine, LimitExceededError, Together } from '../../../src/grade/errors.ts';
import { type ErrorCode, errorCodes, LabError } from '../../../src/lab/error.ts';
import { text } from '../../../src/lab/text.ts';

const words = text('it failed', '失敗了');
const codes = Object.keys(errorCodes) as ErrorCode[];

test('errors that every submission would get stop the class; those of one submission do not', () => {
  assert.equal(codes.filter((code) => isOfTheMachine(new LabError(code, words, words))).sort(), [
    'E_CLEAN',
    'E_CONTROL',
    'E_ENGINE_LOST',
    'E_ENGINE_START',
    'E_ENGINE_UNREACHABLE',
    'E_QUEUE',
    'E_RUBRIC_INVALID',
    'E_STATE',
  ]);
});

test('only a LabError is of the machine, whatever code another error has', () => {
  for (const one of [
    Object.assign(new Error('x'), { code: 'E_QUEUE' }),
    { name: 'LabError', code: 'E_QUEUE', hint: words },
    new ContentionError(),
    new LimitExceededError(words),
    undefined,
    'E_QUEUE',
  ])
    assert.not.ok(isOfTheMachine(one), String(one));
});

test('a full disk is reported to all gradings that are under way, and to no other one', () => {
  const together = new Together();
  const told: string[] = [];
  const leave = together.join(() => told.push('ann'));
  together.join(({ disk }) => told.push(`bob ${disk}`));
  together.ranFull();
  leave();
  together.ranFull();
  assert.equal(told, ['ann', 'bob true', 'bob true']);
});

test.run();
