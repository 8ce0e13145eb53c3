import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isAtLeast } from '../../../src/formats/version.ts';

const cases: readonly [version: string, least: string, expected: boolean][] = [
  ['20.19.0', '20.19', true],
  ['v20.19.5', '20.19', true],
  ['20.18.9', '20.19', false],
  ['22.0.0', '20.19', true],
  ['2.9', '2.22', false],
  ['v2.40.3-desktop.1', '2.22', true],
  ['1.29.2', '2.22', false],
  ['28.5.2+dfsg1', '20.10', true],
  ['2', '2.22', false],
  ['1.41', '1.41', true],
  ['', '1', false],
];
test('versions are compared number by number, not as text', () => {
  for (const [version, least, expected] of cases) assert.is(isAtLeast(version, least), expected, `${version} >= ${least}`);
});

test('an image tag with fewer numbers means the newest version', () => {
  assert.is(isAtLeast('1.27', '1.27.3', Number.POSITIVE_INFINITY), true);
  assert.is(isAtLeast('1.26', '1.27.3', Number.POSITIVE_INFINITY), false);
  assert.is(isAtLeast('1.27.2', '1.27.3', Number.POSITIVE_INFINITY), false);
});

test.run();
