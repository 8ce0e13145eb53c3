import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layoutOf } from '../../../../src/docker/embedded/layout.ts';
import { ended, findDockerd, kill } from '../../../../src/docker/embedded/processes.ts';

const layout = layoutOf({ cache: '/nowhere/cache', state: `/nowhere/${process.pid}` });

/** A process that looks like this engine's dockerd and prints a line when it runs. */
async function fakeDockerd(...before: readonly string[]): Promise<ChildProcess> {
  const script = `exec -a /x/dockerd bash -c 'echo ready; read -r' --data-root=${layout.data}`;
  const [program = 'bash', ...args] = [...before, 'bash', '-c', script];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}
const end = async (child: ChildProcess): Promise<void> => {
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child, 'exit');
};

test('a dockerd is identified by its data root', async () => {
  assert.equal(await findDockerd(layout), []);
  const child = await fakeDockerd();
  assert.is((await findDockerd(layout))[0]?.pid, child.pid);
  assert.equal(await findDockerd(layoutOf({ cache: '/c', state: '/elsewhere' })), []);
  await end(child);
  assert.equal(await findDockerd(layout), []);
});

test('a dockerd with the same paths inside a container is not ours', async () => {
  const child = await fakeDockerd('unshare', '--pid', '--fork', '--kill-child');
  assert.equal(await findDockerd(layout), []);
  await end(child);
});

test('waiting for its end is limited in time', async () => {
  await fakeDockerd();
  const found = await findDockerd(layout);
  assert.is(await ended(found, 50), false);
  kill(found, 'SIGKILL');
  assert.is(await ended(found, 5_000), true);
  // has ended already: no error
  kill(found, 'SIGTERM');
});

test.run();
