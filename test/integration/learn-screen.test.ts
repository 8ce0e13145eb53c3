// time limit: 600 s
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { loadProgress } from '../../src/learn/progress.ts';
import { root } from '../../src/platform/package-root.ts';
import { widthOf } from '../../src/report/terminal/layout.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { type Learner, learner } from '../helpers/learner.ts';
import { startTmux, type Terminal } from '../helpers/tmux.ts';

/** The screen and the keys of `lab learn`, in a real terminal. */
const test = suite<{ engine: Engine; me: Learner; env: NodeJS.ProcessEnv }>('learn-screen');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.me = await learner(context.engine, 'base');
  const bin = folder({ lab: `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/src/cli/main.js')} "$@"\n` });
  context.env = { ...context.me.env, PATH: [bin, context.me.env.PATH].join(delimiter) };
  await context.me.type('docker compose build');
});
test.after(async ({ engine, me }) => {
  await me.remove();
  await engine.api.close();
});

const small = { columns: 80, rows: 24 };
const keys = /h hint · s solution · d do it/;
const prompt = /[#$]$/;
/** The shell's prompt, after the screen is gone. */
const isShell = (screen: string) => prompt.test(screen) && !keys.test(screen);

/** Starts `lab learn` in a terminal in which something was printed before, and waits for this step. */
async function started(terminal: Terminal, step: string): Promise<void> {
  await terminal.type('seq 100; lab learn');
  await terminal.until((screen) => screen.startsWith(`${step}  `) && keys.test(screen) && !screen.includes('Looking at'));
}

/** Everything that was printed before is still there, and the cursor is shown. */
async function assertRestored(terminal: Terminal, how: string): Promise<void> {
  const history = await terminal.history();
  const printed = Array.from({ length: 100 }, (_, at) => `${at + 1}\n`).join('');
  assert.ok(history.includes(printed), `${how}: not all of what was printed before is there:\n${history}`);
  assert.ok(await terminal.cursorShown(), `${how}: the cursor is hidden`);
}

test('keys: list, jump after a question, hints, solution, check, help, reset, do it, next step, quit', async ({ me, env }) => {
  await using tmux = await startTmux(env);
  const terminal = await tmux.open(small, me.dir);
  await started(terminal, 'setup/build');

  await terminal.press('l');
  await terminal.until(/▸ +setup\/build {2}/);
  await terminal.press('Down');
  await terminal.until(/▸ +setup\/up {2}/);
  await terminal.press('Enter');
  await terminal.until('Go to setup/up? This removes the containers');
  await terminal.press('n');
  await terminal.until((screen) => screen.startsWith('setup/build  ') && keys.test(screen));
  await terminal.press('l', 'Down', 'Enter', 'y');
  await terminal.until((screen) => screen.startsWith('setup/up  ') && screen.includes('no container of flask'));

  const command = 'docker compose up -d';
  assert.not.ok((await terminal.screen()).includes(command));
  for (const [hint, text] of [
    [1, 'One command creates'],
    [2, 'It occupies the terminal'],
    [3, command],
  ] as const) {
    await terminal.press('h');
    await terminal.until(`Hint ${hint}/3  ${text}`);
  }
  await terminal.press('s');
  await terminal.until(`Solution  ${command}`);
  await terminal.press('c');
  await terminal.until(/expected: .*\n +try next: /);
  await terminal.press('?');
  await terminal.until('r      reset: prepare the stack for this step again');
  await terminal.press('x');
  await terminal.until('try next: ');
  await terminal.press('r');
  await terminal.until('Start setup/up over?');
  await terminal.press('n');
  await terminal.until(keys);

  await terminal.press('d');
  const passed = await terminal.until('✓ setup/up  ');
  assert.match(passed, /Done for you .*docker compose up -d/);
  assert.match(passed, /What happened .*\n[\s\S]*Next step {2}setup\/talk/);
  await terminal.press('Enter');
  await terminal.until((screen) => screen.startsWith('setup/talk  '));
  await terminal.press('q');
  await terminal.until(
    (screen) =>
      isShell(screen) &&
      // a long path to this program wraps at the terminal's width
      /✓ setup\/up .*1 of 10 passed in this folder ?Progress is kept\. Continue with: .*learn ?[#$]/.test(
        screen.replaceAll('\n', ''),
      ),
  );
  await assertRestored(terminal, 'q');
  const stored = (await loadProgress(me.dir))?.steps['setup/up'];
  assert.equal([stored?.hints, stored?.solutionShown, stored?.performed], [3, true, true]);
});

test('the screen follows the size of the terminal, and a long explanation scrolls', async ({ me, env }) => {
  await using tmux = await startTmux(env);
  const terminal = await tmux.open(small, me.dir);
  await started(terminal, 'setup/talk');
  for (const size of [
    { columns: 44, rows: 14 },
    { columns: 120, rows: 40 },
    { columns: 60, rows: 16 },
  ]) {
    await terminal.resize(size);
    const screen = await terminal.until((shown) => {
      const lines = shown.split('\n');
      return (
        shown.startsWith('setup/talk') &&
        /\bquit$/.test(shown) &&
        Math.max(...lines.map(widthOf)) > Math.min(size.columns, 100) - 20
      );
    });
    assert.ok(screen.split('\n').length <= size.rows, screen);
    assert.match(screen, / Task {2}/);
  }
  const first = await terminal.until(/↓ (?:\d+|one) more lines? · space/);
  await terminal.press('Space');
  await terminal.until((screen) => screen !== first && /more line|end of the explanation/.test(screen));
  await terminal.press('q');
  await terminal.until(isShell);
});

test('Ctrl-Z gives the shell back, and fg the screen', async ({ me, env }) => {
  await using tmux = await startTmux(env);
  const terminal = await tmux.open(small, me.dir);
  await started(terminal, 'setup/talk');
  await terminal.press('C-z');
  await terminal.until((screen) => isShell(screen) && /Stopped|Suspended/.test(screen));
  await assertRestored(terminal, 'Ctrl-Z');
  await terminal.type('echo typed in the shell');
  await terminal.until(/\ntyped in the shell\n/);
  await terminal.type('fg');
  await terminal.until((screen) => screen.startsWith('setup/talk  ') && keys.test(screen));
  await terminal.press('h');
  await terminal.until('Hint 1/3');
  await terminal.press('q');
  await terminal.until(isShell);
  await assertRestored(terminal, 'q after fg');
});

test('Ctrl-C and SIGTERM restore the terminal; after SIGKILL the next session continues at the same step', async ({
  me,
  env,
}) => {
  await using tmux = await startTmux(env);
  const terminal = await tmux.open(small, me.dir);
  await started(terminal, 'setup/talk');
  await terminal.press('C-c');
  await terminal.until(isShell);
  await assertRestored(terminal, 'Ctrl-C');
  const pid = async (): Promise<number> => {
    await terminal.type("clear; seq 100; sh -c 'echo $$ > pid; exec lab learn'");
    await terminal.until((screen) => screen.startsWith('setup/talk  ') && keys.test(screen));
    return Number(readFileSync(join(me.dir, 'pid'), 'utf8'));
  };
  process.kill(await pid(), 'SIGTERM');
  await terminal.until(
    (screen) => isShell(screen) && /error E_INTERRUPTED: interrupted\nhint: progress is kept; `lab learn` continues/.test(screen),
  );
  await assertRestored(terminal, 'SIGTERM');
  process.kill(await pid(), 'SIGKILL');
  // nothing could restore the terminal
  await terminal.until(/Killed|\d+\D*$/);
  await terminal.press('C-j');
  await terminal.press('stty sane', 'C-j');
  await started(terminal, 'setup/talk');
  await terminal.press('q');
  await terminal.until(isShell);
  assert.ok(await terminal.cursorShown());
});

test.run();
