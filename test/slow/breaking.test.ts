// time limit: 600 s
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { envFor } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/**
 * Checks are broken on purpose, one at a time, in a copy of the sources: a comparison is inverted or dropped. Each time a unit test must
 * turn red, or, where a claim is left out of a lab, the gate.
 */
interface Break {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A case of `lab test` that must turn red; left out: the judges' unit tests. */
  readonly gate?: string;
}

const breaks: readonly Break[] = [
  {
    what: 'replicas: containers that do not run are not counted',
    file: 'src/checks/replicas.ts',
    from: 'running.length === count && others.length === 0',
    to: 'running.length === count',
  },
  {
    what: 'dns: other addresses do not matter',
    file: 'src/checks/dns.ts',
    from: 'if (right && sameSet(known.flat(), facts.answers))',
    to: 'if (right)',
  },
  {
    what: 'counter: falling in place of rising',
    file: 'src/checks/counter.ts',
    from: 'number <= (known[index - 1] ?? 0)',
    to: 'number > (known[index - 1] ?? 0)',
  },
  {
    what: 'balance: some met is all met',
    file: 'src/checks/balance.ts',
    from: 'if (met === count && counts.length === count)',
    to: 'if (met <= count)',
  },
  {
    what: 'fairness: an improbable spread is fair',
    file: 'src/checks/balance.ts',
    from: 'if (chance >= oneInAMillion)',
    to: 'if (chance < oneInAMillion)',
  },
  {
    what: 'front: strangers may answer',
    file: 'src/checks/reverse-proxy.ts',
    from: 'if (met === count && strangers === 0)',
    to: 'if (met === count)',
  },
  {
    what: 'order: the other way round',
    file: 'src/checks/start-order.ts',
    from: 'if (byTime(a, b) < 0) return passed',
    to: 'if (byTime(a, b) > 0) return passed',
  },
  {
    what: 'networks: any network is as drawn',
    file: 'src/checks/networks.ts',
    from: '!sameSet(keysOf(facts, replica), keys)',
    to: 'false',
  },
  {
    what: 'ports: one published port is none',
    file: 'src/checks/ports.ts',
    from: 'replica.published.length > 0)',
    to: 'replica.published.length > 1)',
  },
  {
    what: 'mounts: writable is read-only',
    file: 'src/checks/mounts.ts',
    from: "mount?.type === 'bind' && !mount.writable",
    to: "mount?.type === 'bind'",
  },
  {
    what: 'removal: what runs has stopped',
    file: 'src/checks/cleanup.ts',
    from: "replicas.filter((one) => one.state !== 'exited')",
    to: "replicas.filter((one) => one.state === 'dead')",
  },
  {
    what: 'an observing step that nobody did passes',
    file: 'labs/compose-scale/balance.ts',
    from: "wasPinged('flask', traffic),",
    to: '',
    gate: 'solution',
  },
];

const run = promisify(execFile);
const test = suite<{ engine: Engine }>('breaking');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** A copy of the sources, broken so; its packages are those of here. */
function copy(broken?: Break): string {
  const dir = folder();
  for (const part of ['src', 'labs', 'assets', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(dir, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  if (broken) {
    const path = join(dir, broken.file);
    const pieces = readFileSync(path, 'utf8').split(broken.from);
    assert.is(pieces.length, 2, `${broken.file} has not exactly one: ${broken.from}`);
    writeFileSync(path, pieces.join(broken.to));
  }
  return dir;
}

interface Ended {
  readonly code: number;
  readonly said: string;
}

async function tried(engine: Engine, gate: string | undefined, cwd: string): Promise<Ended> {
  const args = gate ? ['src/cli/main.ts', 'test', '--only', gate] : ['test/unit/checks/judges.test.ts'];
  const env = { ...envFor(engine, folder()), NO_COLOR: '1' };
  try {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', ...args], { cwd, env });
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, said: stdout };
  }
}

test('unbroken, all is green', async ({ engine }) => {
  const whole = copy();
  assert.is((await tried(engine, undefined, whole)).code, 0);
  assert.is((await tried(engine, 'solution', whole)).code, 0);
});

test('each check that is broken turns something red', async ({ engine }) => {
  const results = new Map<Break, Ended>();
  const queue = breaks[Symbol.iterator]();
  const work = async () => {
    for (const one of queue) results.set(one, await tried(engine, one.gate, copy(one)));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  // Red for the right reason: a test that failed, or a case that was a surprise; not a program that broke.
  const red = (one: Break, { code, said }: Ended) => code === 1 && (one.gate ? /^ {2}✗ /m : /^ +FAIL +"/m).test(said);
  const green = breaks.filter((one) => !red(one, results.get(one) ?? { code: 0, said: '' }));
  console.log(`${breaks.length - green.length} of ${breaks.length} broken checks turned something red`);
  assert.equal(
    green.map((one) => `${one.what}: ${results.get(one)?.said.slice(-300)}`),
    [],
  );
});

test.run();
