import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runTasks, type Task } from '../../../src/grade/scheduler.ts';

const { signal } = new AbortController();
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Tasks that record when they begin and end, and how many ran at once at most. */
function recorder() {
  const happened: string[] = [];
  let now = 0;
  const most = { value: 0 };
  const task =
    (id: string, left?: Task, fails?: Error): Task =>
    async () => {
      happened.push(`${id} begins`);
      now += 1;
      most.value = Math.max(most.value, now);
      await turn();
      now -= 1;
      happened.push(`${id} ends`);
      if (fails) throw fails;
      return left;
    };
  return { happened, most, task };
}
const begun = (happened: readonly string[]) => happened.filter((one) => one.endsWith('begins')).map((one) => one[0]);

test('tasks begin in their order, as many at a time as there are jobs', async () => {
  const { happened, most, task } = recorder();
  await runTasks(
    ['a', 'b', 'c', 'd', 'e'].map((id) => task(id)),
    { jobs: 2, signal },
  );
  assert.equal([begun(happened), most.value, happened.length], [['a', 'b', 'c', 'd', 'e'], 2, 10]);
});

test('a task that another task returns runs alone, after all others', async () => {
  const { happened, most, task } = recorder();
  const last = task('z');
  await runTasks([task('a', task('x', last)), task('b', task('y')), task('c')], { jobs: 3, signal });
  assert.equal(begun(happened), ['a', 'b', 'c', 'x', 'y', 'z']);
  assert.equal(happened.slice(6), ['x begins', 'x ends', 'y begins', 'y ends', 'z begins', 'z ends']);
  assert.is(most.value, 3);
});

test('after a failure, running tasks finish, no other task begins, and returned tasks are not run', async () => {
  const { happened, task } = recorder();
  const broken = new Error('broken');
  const tasks = [task('a', undefined, broken), task('b', task('x')), task('c'), task('d')];
  assert.is(await runTasks(tasks, { jobs: 2, signal }).catch((error: unknown) => error), broken);
  assert.equal([begun(happened), happened.includes('b ends')], [['a', 'b'], true]);
});

test('the first of several errors is thrown', async () => {
  const { task } = recorder();
  const [first, second] = [new Error('first'), new Error('second')];
  const tasks = [task('a', undefined, first), task('b', undefined, second)];
  assert.is(await runTasks(tasks, { jobs: 2, signal }).catch((error: unknown) => error), first);
});

test('an abort is thrown before the next task', async () => {
  const { happened, task } = recorder();
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const aborting: Task = async () => {
    stop.abort(reason);
    return undefined;
  };
  assert.is(await runTasks([aborting, task('a')], { jobs: 1, signal: stop.signal }).catch((error: unknown) => error), reason);
  assert.equal(happened, []);
});

test.run();
