import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinScripts, splitResults } from '../../../../src/docker/api/exec-batch.ts';

const mark = '0123456789abcdef';
/** Runs scripts in one shell and returns the result of each. */
const together = (scripts: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', joinScripts(scripts, mark), 'labwright'], { encoding: 'utf8' });
  return splitResults({ exitCode: status ?? 1, stdout, stderr }, mark, scripts.length);
};

test('each script has its own output, errors and exit code, as if it had run alone', () => {
  const scripts = [
    'echo one; echo wrong >&2; exit 3',
    'printf "no end of line"',
    '',
    'printf "\\n\\nlines\\n\\n"',
    'a=1; cd /; false',
  ];
  assert.equal(together(scripts), [
    { exitCode: 3, stdout: 'one\n', stderr: 'wrong\n' },
    { exitCode: 0, stdout: 'no end of line', stderr: '' },
    { exitCode: 0, stdout: '', stderr: '' },
    { exitCode: 0, stdout: '\n\nlines\n\n', stderr: '' },
    { exitCode: 1, stdout: '', stderr: '' },
  ]);
});

test('a script with a syntax error does not affect the others', () => {
  const [first, second] = together(['if then (', 'echo well']);
  assert.is(first?.exitCode, 2);
  assert.equal(second, { exitCode: 0, stdout: 'well\n', stderr: '' });
});

test('a script does not affect the next: variables, functions, folder', () => {
  const [, second] = together(['a=1; f() { :; }; cd /', 'echo "a=$a"; command -v f; [ "$PWD" != / ] && echo elsewhere']);
  assert.equal(second, { exitCode: 0, stdout: 'a=\nelsewhere\n', stderr: '' });
});

test('a script without its mark has no result: neither output nor exit code', () => {
  const cut = { exitCode: 137, stdout: `one\n\n${mark} 0\ntwo and a`, stderr: `\n${mark}\n` };
  assert.equal(splitResults(cut, mark, 3), [{ exitCode: 0, stdout: 'one\n', stderr: '' }, undefined, undefined]);
  assert.equal(splitResults({ exitCode: 127, stdout: 'exec: "sh": not found', stderr: '' }, mark, 2), [undefined, undefined]);
  assert.equal(
    splitResults({ exitCode: 1, stdout: `one\n\n${mark} 12`, stderr: '' }, mark, 1),
    [undefined],
    'cut in its exit code',
  );
});

test.run();
