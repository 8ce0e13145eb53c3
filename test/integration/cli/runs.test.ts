import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { status } from '../../../src/docker/embedded/embedded-engine.ts';
import { root } from '../../../src/platform/package-root.ts';
import { type Homes, locateHomes } from '../../../src/platform/state-dirs.ts';
import { listRuns, runsDir, tryRunLock, writeEntry } from '../../../src/run/journal.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';

/** How commands handle the runs in the journal. The runs and their engine are fake: no engine responds. */

interface TestState {
  readonly homes: Homes;
  readonly env: NodeJS.ProcessEnv;
  /** The host of its private engine, which is not running. */
  readonly host: string;
}
async function createState(): Promise<TestState> {
  const XDG_STATE_HOME = folder();
  const homes = { ...locateHomes(), state: join(XDG_STATE_HOME, 'labwright') };
  return { homes, env: { XDG_STATE_HOME }, host: (await status(homes)).host };
}
const begin = async ({ homes }: TestState, id: string, host: string) => {
  await writeEntry(homes, { id, startedAt: '2026-01-01T00:00:00.000Z', endpoint: { host }, dir: join(runsDir(homes), id) });
};

test('a run is in progress as long as a process holds its lock', async () => {
  const at = await createState();
  assert.equal(await listRuns(at.homes), { underWay: [], ended: [] });
  await begin(at, 'one', at.host);
  await begin(at, 'two', at.host);
  const held = await tryRunLock(at.homes, 'two');
  const ids = async () => {
    const { underWay, ended } = await listRuns(at.homes);
    return [underWay.map(({ id }) => id), ended.map(({ id }) => id)];
  };
  assert.equal(await ids(), [['two'], ['one']]);
  assert.equal(await ids(), [['two'], ['one']], 'looking changes nothing');
  await held?.release();
  assert.equal(await ids(), [[], ['one', 'two']]);
});

test('lab engine down reports that no engine was running', async () => {
  const { env } = await createState();
  assert.equal(await lab(['engine', 'down'], { env }), {
    stdout: 'The private engine was not running.\n',
    stderr: '',
    exitCode: 0,
  });
  assert.equal(await lab(['engine', 'down', '--lang', 'zh-TW'], { env }), {
    stdout: '專用引擎本來就沒有在執行。\n',
    stderr: '',
    exitCode: 0,
  });
  assert.is((await lab(['engine', 'down', '--json'], { env })).stdout, '{"stopped":false}\n');
});

test('lab engine down is refused while a run is in progress on the engine, unless --yes is given', async () => {
  const at = await createState();
  const { env } = at;
  await begin(at, 'elsewhere', 'unix:///none.sock');
  await begin(at, 'killed', at.host);
  await begin(at, 'one', at.host);
  const locks = [await tryRunLock(at.homes, 'elsewhere'), await tryRunLock(at.homes, 'one')];
  assert.equal(await lab(['engine', 'down'], { env }), {
    stdout: '',
    stderr:
      'error E_STATE: on the private engine a run is under way: one\n' +
      'hint: wait until it ends; or stop it anyway: lab engine down --yes\n',
    exitCode: 3,
  });
  await begin(at, 'two', at.host);
  locks.push(await tryRunLock(at.homes, 'two'));
  assert.match(
    (await lab(['engine', 'down'], { env })).stderr,
    'error E_STATE: on the private engine runs are under way: one, two\n',
  );
  assert.match(
    (await lab(['engine', 'down', '--lang=zh-TW'], { env })).stderr,
    '錯誤 E_STATE：專用引擎上有尚未結束的執行：one、two\n提示：請等它結束；',
  );
  const nevertheless = await lab(['engine', 'down', '--yes'], { env });
  assert.equal([nevertheless.stdout, nevertheless.exitCode], ['The private engine was not running.\n', 0]);
  for (const held of locks) await held?.release();
  assert.is((await lab(['engine', 'down'], { env })).exitCode, 0);
});

/** `script` of util-linux, which creates a terminal. */
const terminal = '/usr/bin/script';
/** Runs the program on a terminal, and answers its question. */
async function answered(
  answer: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<[output: string, exitCode: number]> {
  const line = [process.execPath, 'dist/src/cli/main.js', ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn(terminal, ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: root,
    env: { ...process.env, LC_ALL: 'C', CI: '', TERM: 'xterm', ...env },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const asked = output.includes('[y/N] ');
    output += text;
    if (!asked && output.includes('[y/N] ')) child.stdin.write(answer);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  return [output, exitCode];
}

(existsSync(terminal) ? test : test.skip)('on a terminal, lab engine down asks for confirmation', async () => {
  const at = await createState();
  await begin(at, 'one', at.host);
  const held = await tryRunLock(at.homes, 'one');
  const down = (answer: string, ...more: string[]) => answered(answer, ['engine', 'down', ...more], at.env);
  const [no, noExit] = await down('\r');
  assert.match(no, /on the private engine a run is under way: one\. Stop the engine anyway\? \[y\/N\] /);
  assert.match(no, /The private engine keeps running\.\r\n$/);
  assert.is(noExit, 1);
  const [yes, yesExit] = await down('好\r', '--lang', 'zh-TW');
  assert.match(yes, /專用引擎上有尚未結束的執行：one。仍要停止引擎嗎？/);
  assert.match(yes, /專用引擎本來就沒有在執行。\r\n$/);
  assert.is(yesExit, 0);
  const [stopped, stoppedExit] = await down('\x03');
  assert.match(stopped, /error E_INTERRUPTED: interrupted\r\nhint: /);
  assert.is(stoppedExit, 130);
  await held?.release();
});

test("lab clean reports a run's error in the usual format", async () => {
  const at = await createState();
  await begin(at, 'lost', 'unix:///none.sock');
  const { stdout, stderr, exitCode } = await lab(['clean'], { env: at.env });
  assert.equal([stdout, exitCode], ['', 3]);
  assert.match(stderr, /^error E_ENGINE_UNREACHABLE: [^\n]+\nhint: [^\n]+\n$/);
  const chinese = await lab(['clean', '--lang', 'zh-TW'], { env: at.env });
  assert.equal([chinese.stdout, chinese.exitCode], ['', 3]);
  assert.match(chinese.stderr, /^錯誤 E_ENGINE_UNREACHABLE：[^\n]+\n提示：[^\n]+\n$/);
});

test('lab doctor reports an unreadable journal entry in one line', async () => {
  const { homes, env } = await createState();
  mkdirSync(runsDir(homes), { recursive: true });
  writeFileSync(join(runsDir(homes), 'torn.json'), '{"id":');
  const { stdout, stderr, exitCode } = await lab(['doctor'], { env: { ...env, DOCKER_HOST: 'unix:///none.sock' } });
  assert.equal([stderr, exitCode], ['', 1]);
  assert.match(stdout, /^✗ leftovers +\S[^\n]*torn\.json/m);
  assert.match(stdout, /^✗ engine /m);
});

test.run();
