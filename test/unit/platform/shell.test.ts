// time limit: 400 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quote } from '../../../src/formats/quote.ts';
import { withoutControls } from '../../../src/formats/untrusted-text.ts';
import { type CommandOptions, runLine, shellLine } from '../../../src/platform/shell.ts';
import { folder } from '../../helpers/folder.ts';
import { compile, source } from '../../helpers/program.ts';

const home = folder();
const env = { PATH: process.env.PATH ?? '' };
function run(line: string, over: Partial<CommandOptions> = {}) {
  const lines: string[] = [];
  const ended = runLine(line, {
    cwd: home,
    env,
    signal: new AbortController().signal,
    onLine: (text, stream) => lines.push(`${stream === 'stderr' ? '! ' : ''}${text}`),
    ...over,
  });
  return { lines, ended };
}
const line = (pieces: TemplateStringsArray, ...values: (string | number)[]) => shellLine(pieces, values);

test('quote: unquoted if the shell permits it, else quoted', () => {
  assert.equal(['flask', 'a=1', './x/y.z', 'redis:8.0', 'a@b%c+d,e-f'].map(quote), [
    'flask',
    'a=1',
    './x/y.z',
    'redis:8.0',
    'a@b%c+d,e-f',
  ]);
  assert.equal(['', 'a b', '$x', "it's", '中文', 'a\n', '*', '~', '!'].map(quote), [
    "''",
    "'a b'",
    "'$x'",
    '"it\'s"',
    "'中文'",
    "'a\n'",
    "'*'",
    "'~'",
    "'!'",
  ]);
});

test('a template becomes one line of shell', () => {
  assert.is(line`up -d`, 'up -d');
  assert.is(line`up -d --scale ${'flask'}=${3}`, 'up -d --scale flask=3');
  assert.is(line`exec client sh -c ${'for i in $(seq 3); do x; done'}`, "exec client sh -c 'for i in $(seq 3); do x; done'");
});

test('quoted values pass through a real shell unchanged', async () => {
  const values = ['', ' ', 'a b', "it's", '"', '$HOME', '`x`', '\\', '*', '#', ';', '&', '中文', '-n', '!'];
  for (const value of values) {
    const { lines, ended } = run(line`printf '[%s]' ${value}`);
    await ended;
    assert.equal(lines, [`[${value}]`]);
  }
});

test('output of a container: no escape sequences, no control characters', () => {
  assert.is(withoutControls('\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x07\x00\x9b5m負載\ttab\nline\r'), 'red 負載\ttab\nline');
});

test('any exit code is a result; lines are reported with their stream', async () => {
  const { lines, ended } = run('echo one; echo wrong >&2; printf "no end"; exit 3');
  const { exitCode, tail } = await ended;
  assert.is(exitCode, 3);
  assert.equal([...lines].sort(), ['! wrong', 'no end', 'one']);
  assert.equal([...tail].sort(), ['no end', 'one', 'wrong']);
  assert.equal([(await run('true').ended).exitCode, (await run('exit 127').ended).exitCode], [0, 127]);
  assert.ok((await run('kill -9 $$').ended).exitCode !== 0);
  assert.is((await run('no-such-program-here').ended).exitCode, 127);
});

test('lines without colours, one for each state of a progress line, no empty ones', async () => {
  const { lines, ended } = run(`printf '\\033[32mgreen\\033[0m\\n\\n10%%\\r20%%\\r\\n負載'; sleep 0.02; printf '平衡\\n'`);
  await ended;
  assert.equal(lines, ['green', '10%', '20%', '負載平衡']);
});

test('only the last lines are kept, and an endless line does not fill the memory', async () => {
  const { tail } = await run('seq 1 100').ended;
  assert.equal([tail.length, tail[0], tail.at(-1)], [40, '61', '100']);
  const { lines, ended } = run('head -c 3000000 /dev/zero | tr "\\0" x');
  await ended;
  assert.ok(lines.length === 1 && (lines[0]?.length ?? 0) <= 10_000);
});

test('runs in the given folder with exactly the given environment', async () => {
  process.env.LABWRIGHT_TEST_LEAK = 'leaked';
  const { lines, ended } = run('pwd; echo "[$OWN][$LABWRIGHT_TEST_LEAK]"; read -r line || echo "no input"', {
    env: { ...env, OWN: 'a b' },
  });
  await ended;
  assert.equal(lines, [home, '[a b][]', 'no input']);
});

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // a zombie has ended, although it has not been reaped
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** Those that still exist after a while: a killed process takes a moment to end, longer on a loaded machine. */
async function lasting(pids: readonly number[]): Promise<number[]> {
  const untilMs = performance.now() + 20_000;
  while (pids.some(alive) && performance.now() < untilMs) await sleep(5);
  return pids.filter(alive);
}

/** Runs the command until it has printed this number of lines, then aborts. */
async function aborted(command: string, count: number) {
  const stop = new AbortController();
  const lines: string[] = [];
  const { ended } = run(command, {
    signal: stop.signal,
    onLine: (text) => lines.push(text) === count && stop.abort('enough'),
  });
  const reason = await ended.catch((thrown: unknown) => thrown);
  return { reason, lines };
}

test('an abort ends the command and what it started, and rejects with the reason', async () => {
  // longer than the time limit of this file
  const { reason, lines } = await aborted("sh -c 'sleep 600 & echo $!; sleep 600 & echo $!; wait'", 2);
  assert.is(reason, 'enough');
  assert.equal(await lasting(lines.map(Number)), []);
});

// Begins before its test: the tests before it wait as long.
const outlived = aborted("(trap '' TERM; sleep 601; sleep 602) >/dev/null 2>&1 & echo $!; wait", 1);

test('a program that ignores SIGTERM is killed after its grace period', async () => {
  const startedMs = performance.now();
  const { reason, lines } = await aborted("trap '' TERM; echo $$; while :; do sleep 0.05; done", 1);
  const tookMs = performance.now() - startedMs;
  assert.is(reason, 'enough');
  assert.ok(tookMs > 3900, `${tookMs} ms`);
  assert.equal(await lasting(lines.map(Number)), []);
});

test('a process that outlives its command and ignores SIGTERM is killed too', async () => {
  const { reason, lines } = await outlived;
  assert.is(reason, 'enough');
  assert.equal(await lasting(lines.slice(0, 1).map(Number)), []);
});

test('a program can clean up after an abort', async () => {
  const { lines, reason } = await aborted("trap 'echo put away; exit 0' TERM; echo on; while :; do sleep 0.02; done", 1);
  // A shell may print on its other stream, before or after, that its child was terminated.
  assert.equal([...lines.filter((line) => line !== 'Terminated'), reason], ['on', 'put away', 'enough']);
});

test('nothing is started after an abort', async () => {
  const { ended, lines } = run('echo begun', { signal: AbortSignal.abort('enough') });
  assert.equal([await ended.catch((reason: unknown) => reason), lines], ['enough', []]);
});

test('a process that exits early ends its commands', async () => {
  const program = `
    import { runLine } from ${source('src/platform/shell.ts')};
    runLine('trap "" TERM; echo $$; sleep 60; sleep 60', { cwd: '/', env: { PATH: process.env.PATH }, signal: new AbortController().signal,
      onLine: (pid) => { console.log(pid); process.exit(0); } });`;
  const child = spawn(process.execPath, [compile(program)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await once(child, 'close');
  assert.match(output, /^\d+\n$/);
  assert.equal(await lasting([Number(output)]), []);
});

test.run();
