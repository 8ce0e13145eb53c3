// time limit: 1200 s
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { breaks as all, type Break, broken } from '../fixtures/breaks.ts';
import { envFor } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';

const run = promisify(execFile);
/** CI makes every twelfth. */
const breaks = all.filter((_, at) => at % repeats(1, 12) === 0);
const test = suite<{ engine: Engine }>('broken checks');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** A copy of the sources, with one of the breaks applied. Uses the same node_modules. */
function copy(one?: Break): string {
  const dir = folder();
  for (const part of ['src', 'labs', 'assets', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(dir, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  if (one) {
    const path = join(dir, one.file);
    writeFileSync(path, broken(one, readFileSync(path, 'utf8')));
  }
  return dir;
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

async function tried(engine: Engine, gate: string | undefined, cwd: string): Promise<Ended> {
  const args = gate ? ['src/cli/main.ts', 'test', '--only', gate] : ['test/unit/checks/judges.test.ts'];
  const env = { ...envFor(engine, folder()), NO_COLOR: '1' };
  try {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', ...args], { cwd, env });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, output: stdout };
  }
}

test('without a break, the gate and the unit tests pass', async ({ engine }) => {
  const whole = copy();
  assert.is((await tried(engine, undefined, whole)).code, 0);
  assert.is((await tried(engine, 'solution', whole)).code, 0);
});

test('each broken check fails the gate or a unit test', async ({ engine }) => {
  const results = new Map<Break, Ended>();
  const queue = breaks[Symbol.iterator]();
  const work = async () => {
    for (const one of queue) results.set(one, await tried(engine, one.gate, copy(one)));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  // A failed test or an unexpected case counts, a crash of the program does not.
  const red = (one: Break, { code, output }: Ended) => code === 1 && (one.gate ? /^ {2}✗ /m : /^ +FAIL +"/m).test(output);
  const green = breaks.filter((one) => !red(one, results.get(one) ?? { code: 0, output: '' }));
  console.log(`${breaks.length - green.length} of ${breaks.length} broken checks turned something red`);
  assert.equal(
    green.map((one) => `${one.what}: ${results.get(one)?.output.slice(-300)}`),
    [],
  );
});

test.run();
