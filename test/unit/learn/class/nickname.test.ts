import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freeNickname, shownNickname } from '../../../../src/learn/class/nickname.ts';
import { type Wall, wallAfter } from '../../../../src/learn/class/wall.ts';

test('a nickname that is seen stays as it is', () => {
  for (const name of ['Ann', '王小明', 'Zoë', 'นภัสสร', 'प्रिया', '1️⃣', '👩🏽‍🚀', '葛\u{e0100}城', 'Nguyễn'])
    assert.is(shownNickname(name), name.normalize('NFC'));
});

test('without anything that is seen, the nickname is learner', () => {
  for (const name of ['', ' \t\n', '\u2800', '\u2800 \u2800', '\u3000', '\u0301\u0301'])
    assert.is(shownNickname(name), 'learner');
});

test('of combining marks in a row two are left, and none at the start', () => {
  const marks = '\u0335\u0353\u0330\u0317\u0325';
  assert.is(shownNickname(`A${marks}n${marks}`), 'A\u0335\u0353n\u0335\u0353'.normalize('NFC'));
  assert.is(shownNickname(`${marks}Ann`), 'Ann');
});

test('a nickname that differs only in case, width or form gets a number', () => {
  const wall = ['Ann', 'Ann 2'].reduce<Wall>(
    (before, nickname, id) => wallAfter(before, { kind: 'joined', id, nickname }, 0),
    [],
  );
  assert.is(freeNickname(wall, 'Ben'), 'Ben');
  for (const alike of ['Ann', 'ANN', 'Ａnn']) assert.is(freeNickname(wall, alike), `${alike} 3`);
});

test.run();
