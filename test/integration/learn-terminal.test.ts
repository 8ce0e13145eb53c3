// time limit: 600 s
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner } from '../helpers/learner.ts';
import { hasTerminal, openTerminal, type Terminal } from '../helpers/terminal.ts';

/** Live mode on a terminal: however it ends, the terminal is as before. */
const test = suite<{ engine: Engine; me: Learner }>('learn on a terminal');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.me = await learner(context.engine, 'base');
  await context.me.type('docker compose build && docker compose up -d');
});
test.after(async ({ engine, me }) => {
  await me?.remove();
  await engine.api.close();
});
const onTerminal = hasTerminal ? test : test.skip;

const mode = (name: string) => `stty -g >"$NOTES/${name}"`;

/** The cursor is visible: what was printed last about it shows it. */
function assertCursor(terminal: Terminal): void {
  const output = terminal.output();
  assert.ok(output.includes('\x1b[?25l'), 'the screen never hid the cursor');
  assert.ok(output.lastIndexOf('\x1b[?25h') > output.lastIndexOf('\x1b[?25l'), `the cursor is hidden:\n${output.slice(-500)}`);
}

const ends = [
  ['SIGTERM', 130, 'error E_INTERRUPTED: interrupted'],
  ['SIGHUP', 130, 'error E_INTERRUPTED: interrupted'],
  ['SIGUSR2', 70, 'Internal error in labwright'],
] as const;
for (const [signal, exitCode, message] of ends)
  onTerminal(
    `after ${signal === 'SIGUSR2' ? 'an error in a listener' : signal}, cursor and terminal are restored`,
    async ({ me }) => {
      const terminal = openTerminal(
        [mode('before'), 'lab learn scale', 'echo "ended with $?"', mode('after'), 'cat', 'exit'],
        me.env,
        me.dir,
      );
      try {
        await terminal.until('flask has 3 replicas, running:');
        terminal.kill(signal);
        await terminal.until(`ended with ${exitCode}`);
        assert.ok(terminal.output().includes(message), terminal.output());
        // the shell reads keys in its own mode: they are echoed
        terminal.type('typed\r');
        await terminal.until('typed\r\ntyped');
        terminal.type('\x04');
        await terminal.ended;
        assert.is(terminal.read('after'), terminal.read('before'));
        assertCursor(terminal);
      } finally {
        await terminal.close();
      }
    },
  );

for (const stop of ['Ctrl-Z', 'SIGSTOP'] as const)
  onTerminal(
    `${stop}, a command in the same terminal, and fg: the terminal is the shell's meanwhile, then a new look`,
    async ({ me }) => {
      const compose = (line: string) => me.type(`docker compose ${line}`);
      await compose('up -d --scale flask=1');
      rmSync(join(me.dir, '.labwright'), { recursive: true, force: true }); // each begins at the same step
      const terminal = openTerminal(
        [
          mode('before'),
          'lab learn scale',
          mode('stopped'),
          // as an interactive shell does
          'stty "$(cat "$NOTES/before")"',
          'echo "stopped $?"',
          'read -r',
          'fg',
          'echo "ended with $?"',
          mode('after'),
        ],
        me.env,
        me.dir,
      );
      try {
        await terminal.until('flask has 3 replicas, running:');
        if (stop === 'Ctrl-Z') terminal.type('\x1a');
        else terminal.kill('SIGSTOP');
        await terminal.until('stopped 0');
        if (stop === 'Ctrl-Z') assert.is(terminal.read('stopped'), terminal.read('before'));
        await compose('up -d --scale flask=3');
        const from = terminal.output().length;
        terminal.type('\r');
        await terminal.until('✓ flask has 3 replicas, running', from);
        await terminal.until('scale/out', from);
        // a single key works again: the terminal is in raw mode
        terminal.type('q');
        await terminal.until('ended with 0', from);
        await terminal.ended;
        assert.is(terminal.read('after'), terminal.read('before'));
        assertCursor(terminal);
      } finally {
        await terminal.close();
      }
    },
  );

test.run();
