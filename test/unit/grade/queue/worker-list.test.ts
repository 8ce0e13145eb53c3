import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerState } from '../../../../src/grade/queue/port.ts';
import { WorkerList } from '../../../../src/grade/queue/worker-list.ts';

const state = (id: string, over: Partial<WorkerState> = {}): WorkerState => ({
  id,
  host: `host-${id}`,
  build: 'b',
  version: '1',
  slots: 2,
  stage: 'grading',
  jobs: [],
  ...over,
});
const ids = (workers: readonly { readonly state: WorkerState }[]): string[] => workers.map((one) => one.state.id);

function listOf(...states: readonly WorkerState[]): WorkerList {
  const list = new WorkerList();
  list.update(states);
  for (const worker of list.all()) worker.proved = true;
  return list;
}

test('workers join, become unfit once, and leave', () => {
  const list = new WorkerList();
  assert.equal(ids(list.update([state('a'), state('b')]).joined), ['a', 'b']);
  const { joined, left, unfit } = list.update([state('b', { stage: 'unfit' }), state('c')]);
  assert.equal([ids(joined), ids(left), ids(unfit)], [['c'], ['a'], ['b']]);
  assert.equal(ids(list.update([state('b', { stage: 'unfit' }), state('c')]).unfit), []);
  assert.equal(list.get('a'), undefined);
});

test('a worker that returns has to prove itself again', () => {
  const list = listOf(state('a'));
  assert.is(list.usable().length, 1);
  list.update([]);
  list.update([state('a')]);
  assert.is(list.usable().length, 0);
});

test('a second grade is given by another worker that counts: on another machine, with the fewest jobs', () => {
  const jobs = (count: number) => Array.from({ length: count }, (_, at) => ({ id: String(at), forMs: 0 }));
  const list = listOf(
    state('first', { host: 'one' }),
    state('beside', { host: 'one' }),
    state('busy', { host: 'two', jobs: jobs(2) }),
    state('free', { host: 'two', jobs: jobs(1) }),
    state('failed', { host: 'three' }),
    state('unfit', { host: 'three', stage: 'unfit' }),
    state('unproved', { host: 'three' }),
  );
  const set = (id: string, change: (worker: ReturnType<WorkerList['all']>[number]) => void) => {
    const worker = list.get(id);
    assert.ok(worker);
    change(worker);
  };
  set('failed', (worker) => {
    worker.failed = true;
  });
  set('unproved', (worker) => {
    worker.proved = false;
  });
  assert.is(list.second('first')?.state.id, 'free');
  assert.is(listOf(state('first', { host: 'one' }), state('beside', { host: 'one' })).second('first')?.state.id, 'beside');
  assert.is(listOf(state('first')).second('first'), undefined);
});

test.run();
