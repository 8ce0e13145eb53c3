import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decisiveLine, withoutProgress } from '../../../src/formats/command-output.ts';

test('progress of Compose and of builders is removed', () => {
  const progress = [
    ' Container x-nginx-1  Starting',
    ' Container x-nginx-1  Error',
    ' Container x-web-1  Waiting',
    ' Container x-web-1  Healthy',
    ' Network x_default  Creating',
    ' Network x_default  Created',
    ' Volume "x_data"  Created',
    '[+] Running 3/3',
    '[+] Building 1.2s (5/6)',
    '#12 0.345 Collecting flask',
    '#12 DONE 0.4s',
    ' => [web 2/5] RUN pip install flask',
    ' web Pulling ',
    ' 4abcf2066143 Pulling fs layer ',
    ' 4abcf2066143 Downloading [=====>      ]  1.2MB/3.4MB',
    ' 4abcf2066143 Pull complete ',
    ' web  Built',
    'Creating network "x_default" with the default driver',
    'Creating x_web_1 ... ',
    'Starting x_web_1 ... done',
    '------',
    '   3 | >>> RUN pip install flask',
    '',
  ];
  for (const line of progress) assert.equal(withoutProgress([line, 'the cause']), ['the cause'], line);
});

test('messages stay, also those with words of progress', () => {
  const messages = [
    'Error response from daemon: Conflict. The container name "/web" is already in use',
    'dependency failed to start: container x-web-1 is unhealthy',
    'Container x-web-1 Starting failed: no such file',
    'service "web" refers to undefined network nowhere: invalid compose project',
    'Started',
    'yaml: line 4: did not find expected key',
    ' > [web 2/5] RUN exit 3:',
    'ERROR: Service "web" failed to build',
    'Creating a file failed',
  ];
  assert.equal(withoutProgress(messages), messages);
});

test("the builder's own layers before the cause are removed", () => {
  assert.equal(
    withoutProgress([
      'failed to solve: failed to compute cache key: failed to calculate checksum of ref 4f2a::x7: "/main.py": not found',
    ]),
    ['failed to solve: "/main.py": not found'],
  );
});

test('if there is only progress, it stays', () => {
  assert.equal(withoutProgress([' Container x-web-1  Starting']), [' Container x-web-1  Starting']);
  assert.equal(withoutProgress([]), []);
});

test('the decisive line: the last one, or what a failed build step printed last', () => {
  assert.is(decisiveLine([]), undefined);
  assert.is(decisiveLine(['a', 'b']), 'b');
  const solve = 'failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 3';
  assert.is(decisiveLine([' > [web 3/6] RUN x:', '0.1 one', '0.2 two', 'web:3', solve]), 'RUN x: two');
  assert.is(decisiveLine([' > [web 3/6] RUN x:', 'web:3', solve]), solve, 'it printed nothing');
  assert.is(decisiveLine(['0.2 two', 'failed to solve: "/main.py": not found']), 'failed to solve: "/main.py": not found');
});

test('a long line of a submission is read in linear time: a regex that backtracks would exceed the time limit of this file', () => {
  for (const part of ['a ', ' ', '[= ', 'failed to create shim task: ', '# ', '1'])
    assert.is(withoutProgress([part.repeat(200_000), `x Downloading ${part.repeat(200_000)}`]).length > 0, true);
});

test.run();
