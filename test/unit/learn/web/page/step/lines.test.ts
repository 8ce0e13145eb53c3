import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostToSee } from '../../../../../../src/learn/web/page/step/evidence.ts';
import { findStep, stepAfter } from '../../../../../../src/learn/web/page/step/find-step.ts';
import { commandsOf, stretchesOf } from '../../../../../../src/learn/web/page/step/lines.ts';
import { safeHref } from '../../../../../../src/learn/web/page/step/links.ts';
import { content, learnStates } from '../../../../../fixtures/page-states.ts';

test('commands: comments and empty lines are none, and a backslash continues a line', () => {
  const lines = ['# first', 'docker compose up \\', '  -d', '', 'docker compose ps'].map((text) => [{ text }]);
  assert.equal(commandsOf(lines), ['docker compose up -d', 'docker compose ps']);
});

test('a long file is shown around its marked lines, a short one whole', () => {
  assert.equal(stretchesOf(10, [3]), [{ from: 0, to: 10 }]);
  assert.equal(stretchesOf(100, []), [{ from: 0, to: 100 }]);
  assert.equal(stretchesOf(100, [50, 10, 55]), [
    { from: 7, to: 14 },
    { from: 47, to: 59 },
  ]);
});

test('only web addresses are links', () => {
  assert.is(safeHref('https://docs.docker.com'), 'https://docs.docker.com');
  assert.is(safeHref('javascript:alert(1)'), undefined);
  assert.is(safeHref('data:text/html,x'), undefined);
});

test('a step, the one after it, and its evidence', () => {
  assert.is(findStep(content, 'scale/out')?.lab.id, 'scale');
  assert.is(findStep(content, 'no/step'), undefined);
  assert.is(stepAfter(content, 'scale/in')?.key, 'balance/proxy');
  assert.is(stepAfter(content, 'balance/even'), undefined);
  assert.is(mostToSee(learnStates.passed.checks)?.id, 'flask-each-answers');
});

test.run();
