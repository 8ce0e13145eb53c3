import { existsSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { loadPty, type PtyModule } from '../../../../../src/learn/web/terminal/pty.ts';
import { shellEnv, shellOf } from '../../../../../src/learn/web/terminal/shell.ts';
import { Terminal, type TerminalOptions, type TerminalPage } from '../../../../../src/learn/web/terminal/terminal.ts';
import { folder } from '../../../../helpers/folder.ts';
import { openPage, upgrade } from '../../../../helpers/page.ts';

/** A real shell on a real pseudo-terminal. */

const pty = await loadPty(process.platform);
if ('why' in pty) throw new Error(`this machine has no node-pty: ${pty.why.en}`);

/** Longer than any test: pages are dropped, and the shell ends, only where a test is about that. */
const never = 600_000;
const terminalIn = (dir: string, options: Partial<TerminalOptions> = {}) => {
  const env = { PATH: process.env.PATH ?? '', PS1: 'ready$ ', TERM: 'dumb' };
  const terminal = new Terminal({ pty, shell: '/bin/sh', dir, env, graceMs: never, stuckMs: never, ...options });
  opened.push(terminal);
  return terminal;
};
const opened: Terminal[] = [];
// also after a failure: a shell keeps this process alive
test.after.each(async () => {
  await Promise.all(opened.splice(0).map((terminal) => terminal.end()));
});

/** A page that keeps what it received lately. `takes` false: its connection takes nothing. */
function pageOn(terminal: Terminal, takes = true) {
  let received = '';
  let length = 0;
  let dropped = false;
  let waiting: (() => void)[] = [];
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    exit = resolve;
  });
  const page: TerminalPage = {
    output(bytes, sent) {
      length += bytes.length;
      received = (received + bytes.toString()).slice(-5000);
      if (takes) sent();
      const all = waiting;
      waiting = [];
      for (const wake of all) wake();
    },
    exited: (code) => exit(code),
    drop: () => {
      dropped = true;
    },
  };
  const connection = terminal.connect(page);
  return {
    exited,
    ...connection,
    type: (line: string) => connection.typed(Buffer.from(`${line}\r`)),
    received: () => received,
    length: () => length,
    dropped: () => dropped,
    /** Resolves when this was received lately, or this many bytes. */
    async until(wanted: string | RegExp | number): Promise<string> {
      const is = () => (typeof wanted === 'number' ? length >= wanted : received.match(wanted) !== null);
      while (!is())
        await new Promise<void>((resolve, reject) => {
          const limit = setTimeout(() => reject(new Error(`not received: ${wanted}; ${received.slice(-500)}`)), 60_000);
          waiting.push(() => {
            clearTimeout(limit);
            resolve();
          });
        });
      return received;
    },
  };
}

const pidIn = (text: string) => Number(/pid:(\d+)/.exec(text)?.[1]);
const gone = async (pid: number): Promise<void> => {
  for (const limit = performance.now() + 20_000; performance.now() < limit; ) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`the process ${pid} is still there`);
};

test('a command that is typed runs in the folder, and its output comes back', async () => {
  const dir = folder();
  const terminal = terminalIn(dir);
  const page = pageOn(terminal);
  page.type('echo "$((40 + 2)) $(pwd)"');
  await page.until(`42 ${dir}`);
  await terminal.end();
});

test('all tabs show one shell; a later one is shown what was there before', async () => {
  const terminal = terminalIn(folder());
  const first = pageOn(terminal);
  first.type('echo "$((6 * 7)) first"');
  await first.until('42 first');
  const second = pageOn(terminal);
  assert.match(second.received(), '42 first');
  second.type('echo "$((6 * 7)) second"');
  await Promise.all([first.until('42 second'), second.until('42 second')]);
  await terminal.end();
});

test('the shell has the size of the page', async () => {
  const terminal = terminalIn(folder());
  const page = pageOn(terminal);
  page.resize(132, 43);
  page.type('stty size');
  await page.until('43 132');
  await terminal.end();
});

test('the shell ends when the person ends it, and the next connection has a new one, without what was there', async () => {
  const terminal = terminalIn(folder());
  const first = pageOn(terminal);
  first.type('echo old; exit 7');
  assert.is(await first.exited, 7);
  const second = pageOn(terminal);
  second.type('echo "$((6 * 7)) new"');
  assert.not.match(await second.until('42 new'), 'old');
  await terminal.end();
});

test('without a page, the shell ends after the grace period, with jobs in the background and those that ignore SIGHUP', async () => {
  const terminal = terminalIn(folder(), { graceMs: 1 });
  const page = pageOn(terminal);
  page.type('set -m; sleep 1000 & echo "job:$!:"; nohup sleep 1000 >/dev/null 2>&1 & echo "job:$!:"; echo "pid:$$"');
  const text = await page.until(/pid:\d+/);
  const jobs = [...text.matchAll(/job:(\d+):/g)].map(([, pid]) => Number(pid));
  assert.is(jobs.length, 2);
  for (const pid of [...jobs, pidIn(text)]) process.kill(pid, 0);
  page.leave();
  await Promise.all([...jobs, pidIn(text)].map(gone));
  await terminal.end();
});

test('a page that comes back within the grace period finds its shell', async () => {
  const graceMs = 200;
  const terminal = terminalIn(folder(), { graceMs });
  const first = pageOn(terminal);
  first.type('name=kept; echo "$((6 * 7)) set"');
  await first.until('42 set');
  first.leave();
  const second = pageOn(terminal);
  // the period of the first page is over
  await new Promise((resolve) => setTimeout(resolve, 2 * graceMs));
  second.type('echo "is $name"');
  await second.until('is kept');
  await terminal.end();
});

test('at the end, the shell and its programs end at once, also one that ignores SIGHUP and SIGTERM', async () => {
  const terminal = terminalIn(folder());
  const page = pageOn(terminal);
  page.type(`sh -c 'trap "" HUP TERM; echo "pid:$$"; while :; do sleep 1; done'`);
  const pid = pidIn(await page.until(/pid:\d+/));
  await terminal.end();
  await gone(pid);
});

/** Prints more than a page may have pending, and then its end. */
const prints = 'head -c 3000000 /dev/zero | tr "\\0" x; echo; echo "$((6 * 7)) printed"';

test('a page that takes nothing stops the program that prints, until it leaves', async () => {
  const terminal = terminalIn(folder());
  const slow = pageOn(terminal, false);
  const other = pageOn(terminal);
  other.type(prints);
  await Promise.race([other.until(2 ** 20), other.until('42 printed')]);
  // as long as the same takes without a slow page
  const free = terminalIn(folder());
  const without = pageOn(free);
  without.type(prints);
  await without.until('42 printed');
  await free.end();
  assert.ok(other.length() < 1.2 * 2 ** 20, `${other.length()} bytes`);
  slow.leave();
  await other.until('42 printed');
  await terminal.end();
});

test('a page that takes nothing for too long is dropped; the others are not', async () => {
  const terminal = terminalIn(folder(), { stuckMs: 500 });
  const stuck = pageOn(terminal, false);
  const other = pageOn(terminal);
  other.type(prints);
  await other.until('42 printed');
  assert.equal([stuck.dropped(), other.dropped()], [true, false]);
  await terminal.end();
});

test('questions to the terminal, and its size, are for the tab in which a person typed last', async () => {
  const terminal = terminalIn(folder());
  const typing = pageOn(terminal);
  typing.resize(132, 43);
  const other = pageOn(terminal);
  other.resize(90, 30);
  typing.type(`printf '\\033[6n'; stty size; echo "$((6 * 7)) asked"`);
  await Promise.all([typing.until('42 asked'), other.until('42 asked')]);
  assert.match(typing.received(), '\x1b[6n');
  assert.not.match(other.received(), '\x1b[6n');
  assert.match(other.received(), '43 132');
  other.resize(91, 31);
  typing.type('stty size; echo "$((6 * 7)) again"');
  assert.not.match(await typing.until('42 again'), '31 91');
  typing.leave();
  typing.resize(50, 20);
  other.type('stty size; echo "$((6 * 7)) left"');
  assert.match(await other.until('42 left'), '31 91');
  await terminal.end();
});

test('only the page in which a person typed last changes the size; when it has left, any does', async () => {
  const sizes: string[] = [];
  const resize = (columns: number, rows: number) => void sizes.push(`${columns}x${rows}`);
  const seen: PtyModule = { spawn: (...started) => Object.assign(pty.spawn(...started), { resize }) };
  const terminal = terminalIn(folder(), { pty: seen });
  const typing = pageOn(terminal);
  typing.type(':');
  typing.resize(132, 43);
  const other = pageOn(terminal);
  other.resize(90, 30);
  assert.equal(sizes, ['132x43']);
  typing.leave();
  typing.resize(50, 20);
  other.resize(91, 31);
  assert.equal(sizes, ['132x43', '91x31']);
  await terminal.end();
});

test('a shell that cannot be started, or resized, ends nothing', async () => {
  const spawn = () => {
    throw new Error('forkpty(3) failed.');
  };
  const none = pageOn(terminalIn(folder(), { pty: { spawn } }));
  assert.is(await none.exited, 127);
  assert.match(none.received(), /no shell could be started: Error: forkpty.*無法啟動 shell/s);
  const resize = () => {
    throw new Error('ioctl(2) failed, EBADF');
  };
  const closed: PtyModule = { spawn: (...started) => Object.assign(pty.spawn(...started), { resize }) };
  const terminal = terminalIn(folder(), { pty: closed });
  const page = pageOn(terminal);
  page.resize(100, 30);
  page.type('echo "$((6 * 7)) here"');
  await page.until('42 here');
  await terminal.end();
});

test('a page that connects while the shell ends has another one', async () => {
  const dir = folder();
  const terminal = terminalIn(dir, { graceMs: 1 });
  const first = pageOn(terminal);
  first.type(`(trap 'touch ending' HUP; echo "traps:$((6 * 7))"; while :; do sleep 0.1; done) & trap '' HUP; echo "pid:$$"`);
  const before = pidIn(await first.until(/pid:\d+/));
  await first.until('traps:42');
  first.leave();
  for (const limit = performance.now() + 20_000; !existsSync(join(dir, 'ending')) && performance.now() < limit; )
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(existsSync(join(dir, 'ending')), 'the program got no SIGHUP before it was killed');
  process.kill(before, 0);
  const second = pageOn(terminal);
  second.type('echo "pid:$$"');
  assert.is.not(pidIn(await second.until(/pid:\d+/)), before);
  await terminal.end();
  assert.throws(() => process.kill(before, 0), /ESRCH/);
});

test('nothing is written below the folder', async () => {
  const dir = folder();
  const terminal = terminalIn(dir);
  const page = pageOn(terminal);
  page.type('echo "$((6 * 7)) secret"');
  await page.until('42 secret');
  await terminal.end();
  assert.equal(readdirSync(dir), []);
});

/** A browser's WebSocket. Resolves when it is open. */
async function socketTo(page: Awaited<ReturnType<typeof openPage>>) {
  const socket = new WebSocket(`${page.origin.replace('http', 'ws')}${page.at('terminal')}`, { headers: page.own });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, closed };
}

test('over a WebSocket: what is typed, the size, the end of the shell', async () => {
  await using page = await openPage({ terminal: terminalIn(folder()) });
  const { socket, closed } = await socketTo(page);
  let received = '';
  let exit = '';
  socket.on('message', (data, isBinary) => {
    if (isBinary) received += data.toString();
    else exit += data.toString();
    if (received.includes('50 100')) socket.send(Buffer.from('exit 3\r'));
  });
  socket.send(JSON.stringify({ kind: 'resize', columns: 100, rows: 50 }));
  socket.send(Buffer.from('stty size\r'));
  assert.is(await closed, 1000);
  assert.equal(JSON.parse(exit), { kind: 'exit', exitCode: 3 });
});

test('a frame that is too large, or of no known form, ends the connection; the shell does not receive it, nor what follows', async () => {
  const terminal = terminalIn(folder());
  const other = pageOn(terminal);
  await using page = await openPage({ terminal });
  /** The code with which the server closed the connection; or that the shell received something. */
  const sent = async (frame: string | Buffer): Promise<number | string> => {
    const { socket, closed } = await socketTo(page);
    // both arrive before the server's answer to the first
    const { _socket: connection } = socket as unknown as { readonly _socket: Socket };
    connection.cork();
    socket.send(frame);
    socket.send(Buffer.from('echo "$((6 * 7)) after"\r'));
    connection.uncork();
    return Promise.race([closed, other.until(/42 after|xxxx/).then(() => 'the shell received it')]);
  };
  assert.is(await sent(Buffer.alloc(256 * 1024 + 1, 'x')), 1009);
  for (const text of [
    '',
    '{}',
    '{"kind":"resize","columns":1e9,"rows":1}',
    '{"kind":"resize","columns":80.5,"rows":24}',
    '{"kind":"exit","exitCode":0}',
  ])
    assert.is(await sent(text), 1003, text);
  other.type('echo "$((6 * 7)) end"');
  assert.not.match(await other.until('42 end'), /42 after|xxxx/);
});

test('cross-site WebSocket: another Origin, none, another Host, no cookie, the token instead of it: no terminal', async () => {
  await using page = await openPage({ terminal: terminalIn(folder()) });
  const { own, access } = page;
  const to = (headers: Record<string, string>, query = '') => upgrade(page, `${page.at('terminal')}${query}`, headers);
  assert.is(await to(own), 101);
  const { cookie = '' } = own;
  assert.is(await to({ ...own, origin: 'http://evil.com' }), 403);
  assert.is(await to({ ...own, origin: `http://127.0.0.1:${page.server.port + 1}` }), 403);
  assert.is(await to({ cookie }), 403);
  assert.is(await to({ ...own, host: 'evil.com' }), 403);
  assert.is(await to({ origin: page.origin }), 403);
  assert.is(await to({ origin: page.origin }, `?token=${access.token}`), 403);
  assert.is(await to({ ...own, 'sec-fetch-site': 'same-site' }), 403);
});

test('at the end of the server, connections and the shell end', async () => {
  const page = await openPage({ terminal: terminalIn(folder()) });
  const { socket, closed } = await socketTo(page);
  let received = '';
  const shown = new Promise<void>((resolve) =>
    socket.on('message', (data) => {
      received += data.toString();
      if (/pid:\d+/.test(received)) resolve();
    }),
  );
  socket.send(Buffer.from('echo "pid:$$"\r'));
  await shown;
  await page[Symbol.asyncDispose]();
  assert.is(await closed, 1001);
  await gone(pidIn(received.split('\n').find((line) => /pid:\d/.test(line)) ?? ''));
});

test("the shell is the user's, if it exists; the environment is the engine's", () => {
  assert.is(shellOf({ SHELL: '/bin/sh' }), '/bin/sh');
  for (const SHELL of [undefined, '', 'bash', '/absent/fish'])
    assert.match(shellOf(SHELL === undefined ? {} : { SHELL }), /^\/bin\/(ba)?sh$/);
  const engine = { DOCKER_HOST: 'unix:///x.sock', PATH: '/engine:/bin', DOCKER_CONTEXT: '' };
  const env = shellEnv({ PATH: '/bin', DOCKER_CONTEXT: 'other', EMPTY: '', NONE: undefined }, engine);
  assert.equal(env, {
    PATH: '/engine:/bin',
    EMPTY: '',
    DOCKER_HOST: 'unix:///x.sock',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
  });
});

test('where there is no terminal, the page says why', async () => {
  const none = await loadPty('win32');
  assert.ok('why' in none);
  assert.match(none.why['zh-TW'] ?? '', /請在你自己的終端機輸入指令，先切換到下面的資料夾/);
});

test.run();
