import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCompose } from '../../../src/formats/compose-file.ts';
import { LabError } from '../../../src/lab/error.ts';

/** Why a Compose file is refused, without the parser's own words. */
function reason(file: string): string {
  try {
    parseCompose(file, 'compose.yaml');
  } catch (error) {
    assert.instance(error, LabError);
    return (error as LabError).message;
  }
  throw new Error('it is accepted');
}

test('a text with `: ` needs quotes, and is no wrong indentation', () =>
  assert.match(
    reason('services:\n  api:\n    test: node -e "r.ok ? 0 : 1"\n'),
    /^compose\.yaml: put a text that contains `: ` in quotes: .* at line 3, column 11$/,
  ));

test('wrong indentation is named as such', () => {
  const wanted = /^compose\.yaml: wrong indentation, keys of one level must begin in the same column: /;
  assert.match(reason('services:\n  a:\n    image: x\n   init: true\n'), wanted);
  assert.match(reason('services:\n  a:\n   image: x\n    init: true\n'), wanted);
});

test.run();
