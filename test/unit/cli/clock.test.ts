import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, source } from '../../helpers/program.ts';

const clock = source('src/cli/clock.ts');

test('who waits for time alone is still there when it has passed', () => {
  const program = `import { clock } from ${clock}; await clock.wait(20); console.log('waited');`;
  const { stdout, status } = spawnSync(process.execPath, [compile(program)], {
    encoding: 'utf8',
  });
  assert.is(stdout, 'waited\n');
  assert.is(status, 0);
});

test('a time that nobody waits for holds nothing', () => {
  const program = `import { clock } from ${clock}; clock.after(600_000); console.log('done');`;
  const { stdout, status } = spawnSync(process.execPath, [compile(program)], {
    encoding: 'utf8',
  });
  assert.is(stdout, 'done\n');
  assert.is(status, 0);
});

test.run();
