import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildModes } from '../../../src/grade/build-network/build-network.ts';
import { keyOf } from '../../../src/grade/grade-submission.ts';

test('a grade depends on the content, the images, the rubric, the version, the network of builds and the answers about roles', () => {
  const given = { rubric: { hash: 'r' }, version: '1', buildNetwork: { mode: 'none' } } as const;
  const key = keyOf('h', [], given, {});
  assert.is(keyOf('h', [], given, {}), key);
  const others = [
    keyOf('i', [], given, {}),
    keyOf('h', [], { ...given, rubric: { hash: 's' } }, {}),
    keyOf('h', [], { ...given, version: '2' }, {}),
    ...buildModes.filter((mode) => mode !== 'none').map((mode) => keyOf('h', [], { ...given, buildNetwork: { mode } }, {})),
    keyOf('h', [], given, { flask: 'web' }),
    keyOf('h', ['sha256:1'], given, {}),
    keyOf('h', [], { ...given, trust: true }, {}),
  ];
  assert.is(new Set([key, ...others]).size, 9);
});

test.run();
