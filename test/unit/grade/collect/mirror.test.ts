import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chosenBranch, isBranchName } from '../../../../src/grade/collect/mirror.ts';

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
const choose = (lines: readonly string[], named?: string) => {
  const found = chosenBranch(lines, named);
  return 'kind' in found ? `${found.kind}: ${found.text.en}` : `${found.branch} ${found.tip[0]}`;
};

test('the default branch, the named one, or the only one', () => {
  const both = [`ref: refs/heads/dev\tHEAD`, `${b}\tHEAD`, `${b}\trefs/heads/dev`, `${a}\trefs/heads/main`];
  assert.is(choose(both), 'dev b');
  assert.is(choose(both, 'main'), 'main a');
  assert.is(choose(both.slice(1)), 'dev b', 'an old server');
  assert.is(choose([`${a}\trefs/heads/work`]), 'work a', 'HEAD names a branch that was not pushed');
  assert.is(choose([`ref: refs/heads/HEAD\trefs/heads/HEAD`, `${a}\trefs/heads/main`]), 'main a');
});

test('no branch: why', () => {
  assert.is(choose([]), 'missing: the repository has no commits');
  assert.is(choose([`${a}\trefs/heads/main`], 'lab'), 'missing: there is no branch lab; there is main');
  assert.match(choose([`${a}\trefs/heads/x`, `${b}\trefs/heads/y`]), /^missing: there is no default branch; .*: x, y$/);
  assert.match(choose([`${a}\trefs/heads/x:refs/heads/y`]), /^failed: the server named a branch/);
});

test('names of branches are never an option or a pattern', () => {
  for (const name of ['main', 'lab/1', '作業', 'a.b', 'feature-1']) assert.ok(isBranchName(name), name);
  for (const name of [
    '',
    '-x',
    'a b',
    'a..b',
    'a:b',
    '*',
    'a^',
    '@',
    'a@{1}',
    '/a',
    'a/',
    'a//b',
    'a.lock',
    '.a',
    'a/.b',
    'a.',
    'a\\b',
    'a\u0007',
  ])
    assert.not(isBranchName(name), name);
});

test.run();
