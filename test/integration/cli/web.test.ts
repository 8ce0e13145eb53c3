import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { labInProcess } from '../../helpers/lab.ts';

/** `lab learn --web`: what can be said without an engine. */

test('options that do not go together are a usage error', async () => {
  for (const [other, flag] of [
    [['--list'], '--list'],
    [['--follow'], '--follow'],
    [['--reporter', 'ndjson'], '--reporter <name>'],
  ] as const) {
    const { exitCode, stderr } = await labInProcess(['learn', '--web', ...other]);
    assert.is(exitCode, 2);
    assert.match(stderr, `error E_USAGE: lab learn: --web and ${flag} can't be used together`);
  }
});

test('options of the page need --web', async () => {
  for (const option of [['--port', '4000'], ['--no-open']]) {
    const { exitCode, stderr } = await labInProcess(['learn', ...option]);
    assert.is(exitCode, 2);
    assert.match(stderr, `error E_USAGE: lab learn: ${option[0]} needs --web`);
  }
});

test('a port is a number from 1 to 65535', async () => {
  for (const port of ['0', '65536', 'x', '-1']) {
    const { exitCode, stderr } = await labInProcess(['learn', '--web', `--port=${port}`]);
    assert.is(exitCode, 2);
    assert.match(stderr, `--port can't be '${port}'`);
  }
});

test.run();
