import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EngineApi } from '../../../../src/docker/api/engine-api.ts';
import { Acts, watchForeignActions } from '../../../../src/docker/api/foreign-actions.ts';

/** Events of an engine (26.1.5) and lines of Compose (2.26.1, 1.29.2), in the order of arrival. */

const event = (Action: string, name: string, Type = 'container', project = 'p') => ({
  Type,
  Action,
  Actor: {
    ID: Type === 'volume' ? name : `id of ${name}`,
    Attributes: Type === 'container' ? { name, 'com.docker.compose.project': project } : { name },
  },
  timeNano: 0,
});
const stopped = ['kill', 'die', 'stop'];
const after = (lines: readonly string[], events: readonly ReturnType<typeof event>[]): string | undefined => {
  const acts = new Acts('p');
  for (const line of lines) acts.command(line);
  for (const one of events) acts.add(one);
  return acts.others()?.en;
};
const on = (name: string, actions: readonly string[]) => actions.map((action) => event(action, name));

test('a container that ends by itself is no foreign action: a crash, out of memory', () => {
  assert.is(after([], on('p-flask-1', ['create', 'start', 'die'])), undefined);
  assert.is(after([], on('p-flask-1', ['oom', 'die'])), undefined);
});

test('another process that stops, pauses or removes is reported', () => {
  assert.is(after([], on('p-flask-1', stopped)), 'another process stopped p-flask-1');
  assert.is(after([], on('p-flask-1', ['pause'])), 'another process paused p-flask-1');
  assert.is(after([], on('p-flask-1', ['destroy'])), 'another process removed p-flask-1');
  assert.is(after([], [event('destroy', 'p_frontend', 'network')]), 'another process removed p_frontend');
  assert.is(after([], [event('destroy', 'p_data', 'volume')]), 'another process removed p_data');
});

test('our pause may be reported twice, as the engine does on a busy machine; a third report is a foreign pause', () => {
  const reports = (pauses: number) => {
    const acts = new Acts('p');
    acts.pausing('p-flask-1');
    for (const one of on('p-flask-1', ['create', 'start', ...Array<string[]>(pauses).fill(['pause', 'unpause']).flat()]))
      acts.add(one);
    return acts.others()?.en;
  };
  assert.equal([1, 2, 3].map(reports), [undefined, undefined, 'another process paused p-flask-1']);
});

test('actions on another project or on other containers are ignored', () => {
  assert.is(after([], [event('destroy', 'q-flask-1', 'container', 'q'), event('destroy', 'q_frontend', 'network')]), undefined);
  assert.is(after([], [event('destroy', 'p2_frontend', 'network')]), undefined);
});

test('actions that our own commands announce are not reported', () => {
  const restart = [' Container p-nginx-1  Restarting', ' Container p-nginx-1  Started'];
  assert.is(after(restart, on('p-nginx-1', [...stopped, 'start', 'restart'])), undefined);
  const down = [
    ' Container p-flask-1  Stopping',
    ' Container p-flask-1  Stopped',
    ' Container p-flask-1  Removing',
    ' Network p_frontend  Removing',
  ];
  assert.is(after(down, [...on('p-flask-1', [...stopped, 'destroy']), event('destroy', 'p_frontend', 'network')]), undefined);
  const v1 = ['Stopping p_flask_1 ... ', 'Removing p_flask_1 ... ', 'Removing network p_frontend'];
  assert.is(after(v1, [...on('p_flask_1', [...stopped, 'destroy']), event('destroy', 'p_frontend', 'network')]), undefined);
});

test('one announced stop covers neither a second stop nor a removal', () => {
  const restart = [' Container p-nginx-1  Restarting'];
  assert.is(after(restart, on('p-nginx-1', [...stopped, 'start', ...stopped])), 'another process stopped p-nginx-1');
  assert.is(after(restart, on('p-nginx-1', [...stopped, 'start', 'destroy'])), 'another process removed p-nginx-1');
});

test('the end of a container can arrive before its cause', () => {
  assert.is(after([], on('p-flask-1', ['start', 'die', 'kill'])), 'another process stopped p-flask-1');
  // SIGTERM, then SIGKILL: one stop
  const restart = [' Container p-nginx-1  Restarting'];
  assert.is(after(restart, on('p-nginx-1', ['kill', 'kill', 'die', 'stop', 'start', 'restart'])), undefined);
});

test('the event can arrive before the line of Compose', () => {
  const acts = new Acts('p');
  for (const one of on('p-nginx-1', stopped)) acts.add(one);
  acts.command(' Container p-nginx-1  Restarting');
  assert.is(acts.others(), undefined);
});

test('many events while the end of a container is awaited cause no warning', async () => {
  const warnings: string[] = [];
  const warned = ({ message }: Error) => void warnings.push(message);
  process.on('warning', warned);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const events = writable.getWriter();
  const api = { stream: async () => readable, get: async () => [{ Id: 'id of p-flask-1', State: 'exited' }] };
  const watch = await watchForeignActions(api as unknown as EngineApi, 'p');
  const found = watch.disturbance();
  const many = Array.from({ length: 20 }, (_, at) => event('start', `q-${at}`, 'container', 'q'));
  for (const one of [...many, event('die', 'p-flask-1'), event('kill', 'p-flask-1')]) {
    await events.write(Buffer.from(`${JSON.stringify(one)}\n`));
    await new Promise(setImmediate);
  }
  assert.is((await found)?.en, 'another process stopped p-flask-1');
  await watch.close();
  process.off('warning', warned);
  assert.equal(warnings, []);
});

test.run();
