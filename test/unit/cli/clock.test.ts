import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, source } from '../../helpers/program.ts';

const clock = source('src/cli/clock.ts');

test('a process that only waits for a timer stays alive until it fires', () => {
  const program = `import { clock } from ${clock}; await clock.wait(20); console.log('waited');`;
  const { stdout, status } = spawnSync(process.execPath, [compile(program)], {
    encoding: 'utf8',
  });
  assert.is(stdout, 'waited\n');
  assert.is(status, 0);
});

test('a timer without a listener does not keep the process alive', () => {
  const program = `import { clock } from ${clock}; clock.after(600_000); console.log('done');`;
  const { stdout, status } = spawnSync(process.execPath, [compile(program)], {
    encoding: 'utf8',
  });
  assert.is(stdout, 'done\n');
  assert.is(status, 0);
});

test.run();
