import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readStages } from '../../../src/formats/dockerfile.ts';

const stagesOf = (dockerfile: string) =>
  readStages(dockerfile).stages.map(({ instructions, ...stage }) => ({
    ...stage,
    instructions: instructions.map(({ word, rest, location }) => `${location.line} ${word} ${rest.replace(/\s+/g, ' ')}`),
  }));

test('continued lines are one instruction, comments are removed, instruction names are in capitals', () => {
  assert.equal(stagesOf('from a\nrun one \\\n  # note\n  two\\\n three\r\nCopy  x   y\n'), [
    { name: '', from: 'a', line: 1, instructions: ['2 RUN one two three', '6 COPY x y'] },
  ]);
  assert.equal(stagesOf(''), []);
});

test('stages, their names, and the arguments before the first one', () => {
  const dockerfile =
    'ARG PY="3.13"\nARG NONE\nFROM --platform=linux/amd64 python:${PY} AS Build\nARG LATER=1\nRUN make\nFROM build\n';
  assert.equal(readStages(dockerfile).args, { PY: '3.13' });
  assert.equal(stagesOf(dockerfile), [
    { name: 'build', from: 'python:${PY}', line: 3, instructions: ['4 ARG LATER=1', '5 RUN make'] },
    { name: '', from: 'build', line: 6, instructions: [] },
  ]);
});

test('the lines of a here-document are not instructions', () => {
  assert.equal(stagesOf('FROM a\nRUN <<EOF\nCOPY x y\nEOF\nUSER app\n')[0]?.instructions, ['2 RUN <<EOF', '5 USER app']);
});

test.run();
