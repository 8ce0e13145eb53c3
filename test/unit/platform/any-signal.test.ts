import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { anySignal } from '../../../src/platform/any-signal.ts';
import { compile, source } from '../../helpers/program.ts';

test('the first to abort gives the reason', () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const signal = anySignal(a.signal, b.signal);
  assert.is(signal.aborted, false);
  b.abort('b');
  a.abort('a');
  assert.is(signal.reason, 'b');
  assert.is(anySignal(new AbortController().signal, AbortSignal.abort('at once')).reason, 'at once');
});

test('a composite that is released leaves no listener at its sources, and nothing aborts it later', () => {
  const source = new AbortController();
  {
    using released = anySignal(source.signal, new AbortController().signal);
    assert.is(getEventListeners(source.signal, 'abort').length, 1);
    assert.not.ok(released.aborted);
  }
  assert.is(getEventListeners(source.signal, 'abort').length, 0);
  const other = new AbortController();
  const aborted = anySignal(source.signal, other.signal);
  other.abort('other');
  assert.is(getEventListeners(source.signal, 'abort').length, 0, 'another source has aborted it');
  source.abort('source');
  assert.is(aborted.reason, 'other');
});

/** A composite signal fires although the garbage collector runs meanwhile and nothing else references it. */
const survives = (path: string, work: string) => {
  const program = `
    const { anySignal, clock } = await import(${source(path)});
    const awake = setInterval(() => globalThis.gc(), 5);
    const late = setTimeout(() => { console.log('HUNG'); process.exit(1); }, 5000);
    ${work}
    console.log('fired');
    clearInterval(awake); clearTimeout(late);`;
  assert.is(spawnSync(process.execPath, ['--expose-gc', compile(program)], { encoding: 'utf8' }).stdout, 'fired\n');
};

test('a composite that only its listener references is not collected', () =>
  survives(
    'src/platform/any-signal.ts',
    `await new Promise((resolve) => anySignal(new AbortController().signal, AbortSignal.timeout(100)).addEventListener('abort', resolve));`,
  ));

test('a timeout signal is not collected', () =>
  survives('src/cli/clock.ts', `await new Promise((resolve) => clock.after(100).addEventListener('abort', resolve));`));

test.run();
