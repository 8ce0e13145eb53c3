import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keystrokes } from '../../../../../src/learn/web/page/terminal/typist.ts';
import { loadPty } from '../../../../../src/learn/web/terminal/pty.ts';

const pty = await loadPty(process.platform);
if ('why' in pty) throw new Error(`this machine has no node-pty: ${pty.why.en}`);

test('in bash, the command replaces all of what was typed, also after the cursor', async () => {
  const env = { PATH: process.env.PATH ?? '', PS1: 'ready$ ', TERM: 'dumb' };
  const bash = pty.spawn('bash', ['--norc', '--noprofile'], { env });
  let seen = '';
  const ended = new Promise((resolve) => bash.onExit(resolve));
  const typed = [keystrokes('echo "($((6 * 7)))"', true), keystrokes('exit', true)].flat().join('');
  bash.onData((output) => {
    const waits = seen.includes('ready$ ');
    seen += output;
    // Ctrl-A puts the cursor at the start of what is typed
    if (!waits && seen.includes('ready$ ')) bash.write(`some words\x01${typed}`);
  });
  await ended;
  assert.match(seen, /\n\(42\)\r\n/);
});

test.run();
