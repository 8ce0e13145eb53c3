// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's variables, not JavaScript's
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filled } from '../../../src/formats/interpolate.ts';

test('variables with and without defaults', () => {
  const env = { A: 'a', EMPTY: '' };
  assert.is(filled('${A}-$A-${B:-b}-${B-c}-${EMPTY:-d}-${EMPTY-e}-$NONE.', env), 'a-a-b-c-d--.');
});

test('a text that Compose refuses is unchanged; `$$` is a dollar', () => {
  assert.is(filled('${A:?needed}', {}), '${A:?needed}');
  assert.is(filled('a$$b', {}), 'a$b');
});

test.run();
