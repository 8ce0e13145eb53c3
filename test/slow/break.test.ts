// time limit: 1500 s
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../labs/compose-scale/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { assets } from '../../src/platform/package-root.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';

/** `lab break` on a real engine: each fault is caught by the labs' checks, and its repair passes them. CI takes every 16th fault, one with a fixed container name among them. */
const test = suite<{ engine: Engine; env: NodeJS.ProcessEnv }>('break');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.env = envFor(context.engine, folder());
});
test.after(({ engine }) => engine.api.close());

const every = repeats(1, 16);
for (const [at, fault] of faults.entries())
  if (at % every === 2 % every)
    test(`fault ${at + 1}: not repaired, then repaired`, async ({ env }) => {
      const above = folder();
      const made = await runBin(['break', String(at + 1)], env, above);
      assert.is(made.exitCode, 0, made.stderr);
      const dir = join(above, `break-${String(at + 1).padStart(2, '0')}`);
      const before = await runBin(['break', '--check'], env, dir);
      assert.is(before.exitCode, 1, `${fault.id} is not caught: ${before.stdout}${before.stderr}`);
      assert.match(
        before.stdout,
        /^Not repaired yet\. These claims are still false:\n {2}✗ .*\n[\s\S]*Try next: .*; a hint: lab break --hint\n$/,
      );
      assert.not.ok(before.stdout.includes(fault.cause.en), before.stdout);
      const source = join(assets, 'compose-scale', composeScale.stacks[fault.stack]?.dir ?? '');
      for (const { file } of fault.edits) cpSync(join(source, file), join(dir, file));
      const after = await runBin(['break', '--check'], env, dir);
      assert.is(after.exitCode, 0, `${fault.id}: ${after.stdout}${after.stderr}`);
      assert.match(after.stdout, /^Repaired: \d+ checks pass\.\n100 points, /);
      assert.ok(after.stdout.includes(fault.cause.en) && after.stdout.includes(fault.find.en));
      const list = await runBin(['break', '--list'], env, above);
      assert.match(list.stdout, new RegExp(`^ {2}✓ +${at + 1} {2}`, 'm'));
      const left = await runBin(['clean', '--dry-run', '--json'], env);
      assert.equal(Object.values(JSON.parse(left.stdout)).flat(), []);
    });

test('an existing folder is kept, and a folder that is no practice folder is an error', async ({ env }) => {
  const above = folder({ 'break-01/mine.txt': 'mine' });
  const kept = await runBin(['break', '1'], env, above);
  assert.equal([kept.exitCode, existsSync(join(above, 'break-01/compose.yaml'))], [2, false]);
  assert.match(kept.stderr, /^error E_USAGE: the folder break-01 exists already\nhint: continue in it: cd break-01/);
  const none = await runBin(['break', '--hint'], env, above);
  assert.is(none.exitCode, 2);
  assert.match(none.stderr, /^error E_PROJECT_UNKNOWN: .* is no practice folder of `lab break`\nhint: create one: lab break/);
});

test.run();
