import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasWorked, runsIn } from '../../../../src/checks/evidence/typed-commands.ts';

const ping = /\bping\b/;

test('a command looks the name up once, whatever it sends', () => {
  for (const line of ['ping flask', 'ping -c 10 flask', '/usr/bin/ping -i 0.2 -c 30 172.18.0.3', 'timeout 9 ping flask'])
    assert.is(runsIn(line, ping), 1, line);
});

test('as often as it is written, and as a loop says', () => {
  const lines: readonly (readonly [string, number])[] = [
    ['sh -c ping -c 1 flask; ping -c 1 flask; ping -c 1 flask', 3],
    ['sh -c for i in $(seq 10); do ping -c 1 flask | head -n 1; done', 10],
    ['sh -c for i in $(seq 2 4); do ping -c 1 flask; done', 3],
    ['sh -c for i in $(seq 1 2 9); do ping -c 1 flask; done', 5],
    ['bash -c for i in {1..7}; do ping -c 1 flask; done', 7],
    ['sh -c for i in 1 2 3; do ping -c 1 flask; done', 3],
    ['sh -c for i in 1\ndo ping -c 10 flask\ndone', 1],
    ['sh -c for i in $(seq 2); do ping -c 1 flask; ping -c 1 flask; done', 4],
    ['bash -c for a in $(dig +short flask); do ping -c 1 $a; done', Number.POSITIVE_INFINITY],
    ['sh -c while true; do ping -c 1 flask; sleep 1; done', Number.POSITIVE_INFINITY],
    ['watch ping -c 1 flask', Number.POSITIVE_INFINITY],
  ];
  for (const [line, runs] of lines) assert.is(runsIn(line, ping), runs, line);
});

test('an option or a part of a longer word is no loop', () => {
  for (const line of ['curl --parallel flask:5000/?[1-5]', 'curl flask:5000/?wait-for=1', 'curl flask:5000/?for-me'])
    assert.is(runsIn(line, /\bcurl\b/), 1, line);
});

test('a program that is not known counts once', () => {
  assert.is(runsIn('python -c open("http://flask:5000")', /\bcurl\b/), 1);
});

test('what has worked: success, a loop ended with Ctrl-C, a shell that has ended', () => {
  const worked: readonly (readonly [string, number | undefined, boolean])[] = [
    ['ping -c 1 flask', 0, true],
    ['ping -c 1 flask', 1, false],
    ['ping -c 1 flask', undefined, false],
    ['ping flask', 130, false],
    ['sh -c while true; do ping -c 1 flask; done', 130, true],
    ['sh -c while true; do ping -c 1 flask; done', undefined, false],
    ['bash ', undefined, false],
    ['bash ', 127, true],
  ];
  for (const [line, exitCode, expected] of worked) assert.is(hasWorked(line, exitCode), expected, `${line} ${exitCode}`);
});

test.run();
