// time limit: 600 s
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../../src/platform/package-root.ts';
import { folder } from '../../helpers/folder.ts';
import { nodeMajors, nodeProgram } from '../../helpers/node-versions.ts';

const built = pathToFileURL(join(root, 'dist/src/platform/lock.js')).href;

/** Acquires the lock with the module of the built program, prints the result, and waits until it is killed. */
const program = (path: string): string => `
  const { lockHolder, tryLock } = await import(${JSON.stringify(built)});
  const taken = await tryLock(${JSON.stringify(path)});
  console.log(taken ? 'taken' : 'held by ' + lockHolder(${JSON.stringify(path)})?.node);
  setInterval(() => {}, 1000);`;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

async function take(node: string, path: string): Promise<{ readonly child: ChildProcess; readonly output: string }> {
  const child = spawn(node, ['--input-type=module', '-e', program(path)], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  alive.add(child);
  const [output] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, output: String(output).trim() };
}

const end = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  alive.delete(child);
};

test('the lock works across all versions of Node, and is free after a process of any version is killed', async () => {
  const nodes = await Promise.all(nodeMajors.map(nodeProgram));
  const versions = await Promise.all(
    nodes.map(async (node) => {
      const child = spawn(node, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [output] = await once(child.stdout.setEncoding('utf8'), 'data');
      return String(output).trim();
    }),
  );
  assert.equal(
    versions.map((version) => Number(/^v(\d+)\./.exec(version)?.[1])),
    [...nodeMajors],
  );
  const path = join(folder(), 'a.lock');
  for (const [at, node] of nodes.entries()) {
    const holder = await take(node, path);
    assert.is(holder.output, 'taken', `Node ${versions[at]}, after the one before it was killed`);
    for (const other of nodes) {
      const second = await take(other, path);
      assert.is(second.output, `held by ${versions[at]}`, `a second process under ${other}`);
      await end(second.child);
    }
    await end(holder.child);
  }
});

test.run();
