import { constants, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { enterPressed } from '../../../../src/cli/web/enter-pressed.ts';
import { loadPty } from '../../../../src/learn/web/terminal/pty.ts';

/** A real terminal, in which a person types. */
async function terminal() {
  const pty = await loadPty(process.platform);
  if ('why' in pty) throw new Error(`this machine has no node-pty: ${pty.why.en}`);
  // a program that does not read
  const owner = pty.spawn('/bin/sh', ['-c', 'stty -echo; tty; exec sleep 100'], {});
  const path = await new Promise<string>((resolve) =>
    owner.onData((text) => {
      const [found] = /\/dev\/\S+/.exec(text) ?? [];
      if (found) resolve(found);
    }),
  );
  const stdin = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
  const close = () => {
    stdin.destroy();
    owner.kill('SIGKILL');
  };
  return { stdin, type: (keys: string) => owner.write(keys), [Symbol.dispose]: close };
}

/** `enter` or `stopped`: what came first. */
const first = (stdin: ReadStream, stop: AbortController) =>
  enterPressed(stdin, stop.signal).then(() => (stop.signal.aborted ? 'stopped' : 'enter'));
/** Long enough for what was typed to arrive. */
const settled = async () => {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('Enter is seen; what was typed before does not count', async () => {
  using open = await terminal();
  open.type('before\rand again\r');
  await settled();
  const stop = new AbortController();
  let outcome = '';
  const ended = first(open.stdin, stop).then((now) => {
    outcome = now;
  });
  await settled();
  assert.is(outcome, '');
  open.type('\r');
  await ended;
  assert.is(outcome, 'enter');
});

test('after the end of the input, and without a terminal, only an interrupt ends it', async () => {
  using open = await terminal();
  const stop = new AbortController();
  const ended = first(open.stdin, stop);
  await settled();
  const over = new Promise((resolve) => open.stdin.once('end', resolve));
  open.type('\x04');
  await over;
  await settled();
  stop.abort();
  assert.is(await ended, 'stopped');
  const none = new AbortController();
  const waits = first({ isTTY: undefined } as unknown as ReadStream, none);
  none.abort();
  assert.is(await waits, 'stopped');
});

test.run();
