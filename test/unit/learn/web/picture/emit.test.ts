import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emitter, merge } from '../../../../../src/learn/web/picture/emit.ts';
import type { Picture, Requests } from '../../../../../src/learn/web/picture/picture.ts';
import type { Moved } from '../../../../../src/learn/web/picture/reduce-picture.ts';

/** A clock that is moved by hand. */
class HandClock {
  #ms = 0;
  #due: { ms: number; controller: AbortController }[] = [];
  now = () => this.#ms;
  after = (ms: number) => {
    const controller = new AbortController();
    this.#due.push({ ms: this.#ms + ms, controller });
    return controller.signal;
  };
  pass(ms: number): void {
    this.#ms += ms;
    const over = this.#due.filter((one) => one.ms <= this.#ms);
    this.#due = this.#due.filter((one) => one.ms > this.#ms);
    for (const { controller } of over) controller.abort();
  }
}

const moved = (over: Partial<Moved> = {}): Moved => ({ from: 'host', to: 'a', failed: false, own: false, atMs: 1000, ...over });
const empty: Picture = { at: 'now', networks: [], services: [] };

function emitter() {
  const clock = new HandClock();
  const pictures: Picture[] = [];
  const batches: Requests[] = [];
  let current = empty;
  const emit = new Emitter(clock, () => current, { picture: (one) => pictures.push(one), requests: (one) => batches.push(one) });
  return {
    clock,
    pictures,
    batches,
    emit,
    show: (at: string, ...names: string[]) => {
      current = { at, networks: [], services: names.map((name) => ({ name, replicas: [] })) };
    },
  };
}

test('the first change is passed on at once, later ones at most every 30 ms, and only those that change the picture', () => {
  const { clock, pictures, emit, show } = emitter();
  emit.changed([]);
  assert.is(pictures.length, 1);
  for (let n = 0; n < 100; n++) {
    show(`t${n}`, 'web', `s${n}`);
    emit.changed([]);
  }
  assert.is(pictures.length, 1);
  clock.pass(29);
  assert.is(pictures.length, 1);
  clock.pass(1);
  assert.equal(
    pictures.map(({ services }) => services.at(-1)?.name),
    [undefined, 's99'],
  );
  clock.pass(100);
  show('another time', 'web', 's99');
  emit.changed([]);
  assert.is(pictures.length, 2);
});

test('2000 requests in a second are 20 batches, and none is lost', () => {
  const { clock, batches, emit } = emitter();
  for (let n = 0; n < 2000; n++) {
    emit.changed([moved({ to: n % 2 ? 'a' : 'b' })]);
    if (n % 2) clock.pass(1);
  }
  clock.pass(50);
  assert.ok(batches.length >= 20 && batches.length <= 22, `${batches.length} batches`);
  assert.is(
    batches.flatMap(({ seen }) => seen).reduce((sum, { count }) => sum + count, 0),
    2000,
  );
});

test('requests are merged by origin, container, failure and own', () => {
  const merged = merge([
    moved(),
    moved({ atMs: 3000 }),
    moved({ own: true }),
    moved({ failed: true }),
    moved({ to: 'b' }),
    moved({ from: 'c' }),
  ]);
  assert.is(merged?.at, '1970-01-01T00:00:03.000Z');
  assert.equal(
    merged?.seen.map(({ count }) => count),
    [2, 1, 1, 1, 1],
  );
  assert.is(merge([]), undefined);
});

test('after it was closed, nothing is passed on', () => {
  const { clock, pictures, batches, emit, show } = emitter();
  emit.changed([moved()]);
  show('t', 'web');
  emit.changed([moved()]);
  emit.close();
  clock.pass(100);
  emit.changed([moved()]);
  assert.equal([pictures.length, batches.length], [1, 1]);
});

test('when the watch ends with an error, the last picture is passed on at once as one that is not measured any more', () => {
  const { clock, pictures, emit, show } = emitter();
  show('t1', 'web');
  emit.changed([]);
  show('t2', 'web', 'db');
  emit.changed([]);
  emit.end('t3');
  clock.pass(100);
  const services = [{ name: 'web', replicas: [] }];
  assert.equal(pictures, [
    { at: 't1', networks: [], services },
    { at: 't3', unmeasuredSince: 't3', networks: [], services },
  ]);
});

test('without a picture, none is passed on at the end', () => {
  const { pictures, emit } = emitter();
  emit.end('t');
  assert.equal(pictures, []);
});

test.run();
