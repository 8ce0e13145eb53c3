import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedTutorial } from '../../../src/cli/usage.ts';

test('a tutorial is named by the argument or by --tutorial, and not two of them', () => {
  assert.is(namedTutorial('lab test', './x', undefined), './x');
  assert.is(namedTutorial('lab test', undefined, './x'), './x');
  assert.is(namedTutorial('lab test', './x', './x'), './x');
  assert.is(namedTutorial('lab test', undefined, undefined), undefined);
  assert.throws(() => namedTutorial('lab test', './x', './y'), /^lab test: \.\/x and --tutorial \.\/y$/);
});

test.run();
