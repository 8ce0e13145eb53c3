import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorCodes } from '../../../src/lab/error.ts';
import { folder } from '../../helpers/folder.ts';
import { lab, labInProcess } from '../../helpers/lab.ts';

/** An invalid call: an error of two lines on stderr, nothing on stdout, exit 2. */

const zh = ['--lang', 'zh-TW'];
type Refusal = readonly [args: readonly string[], error: string, hint: string];
/** Runs the first call with the built program, the others in this process. */
async function refused(...calls: readonly Refusal[]): Promise<void> {
  for (const [at, [args, ...lines]] of calls.entries()) {
    const { stdout, stderr, exitCode } = await (at === 0 ? lab(args) : labInProcess(args));
    assert.equal(
      { stdout, stderr, exitCode },
      { stdout: '', stderr: `${lines.join('\n')}\n`, exitCode: errorCodes.E_USAGE },
      args.join(' '),
    );
  }
}
const see = (command: string) => `hint: \`${command} --help\` shows its usage`;
const seeZh = (command: string) => `提示：\`${command} --help\` 會列出所有用法`;

test('an unknown option is reported', async () => {
  await refused(
    [['run', '--qqq'], "error E_USAGE: lab run has no option '--qqq'", see('lab run')],
    [['run', '-Z'], "error E_USAGE: lab run has no option '-Z'", see('lab run')],
    [['--json', 'run'], "error E_USAGE: lab has no option '--json'", see('lab')],
    [['run', '--qqq', ...zh], '錯誤 E_USAGE：lab run 沒有「--qqq」這個選項', seeZh('lab run')],
  );
});

test('for an option before its command, the hint has the corrected call', async () => {
  await refused(
    [
      ['--tutorial', 'compose-scale', 'run', 'nginx'],
      'error E_USAGE: --tutorial is an option of lab run: write it after the command',
      'hint: write: lab run --tutorial compose-scale nginx',
    ],
    [
      ['--json', 'list'],
      'error E_USAGE: --json is an option of lab list: write it after the command',
      'hint: write: lab list --json',
    ],
    [
      ['--engine=private', '--out', 'a b', 'run', ...zh],
      '錯誤 E_USAGE：--engine 是 lab run 的選項，必須寫在指令後面',
      "提示：請寫成：lab run --engine=private --out 'a b' --lang zh-TW",
    ],
  );
});

test('no destructive command is suggested', async () => {
  await refused(
    [['clea'], "error E_USAGE: lab has no command 'clea'", see('lab')],
    [['cleann', ...zh], '錯誤 E_USAGE：lab 沒有「cleann」這個指令', seeZh('lab')],
  );
});

test('--step without a terminal is reported', async () => {
  await refused([
    ['run', 'setup', '--step'],
    'error E_USAGE: lab run: --step waits for the Enter key, which needs a terminal',
    see('lab run'),
  ]);
});

test('for a misspelled option, the hint suggests the right one', async () => {
  await refused(
    [
      ['doctor', '--jsno'],
      "error E_USAGE: lab doctor has no option '--jsno'",
      'hint: did you mean --json? `lab doctor --help` shows its usage',
    ],
    [
      ['doctor', '--jsno', ...zh],
      '錯誤 E_USAGE：lab doctor 沒有「--jsno」這個選項',
      '提示：是不是要用 --json？`lab doctor --help` 會列出所有用法',
    ],
  );
});

test('an unknown command is reported', async () => {
  await refused(
    [['frobnicate'], "error E_USAGE: lab has no command 'frobnicate'", see('lab')],
    [['frobnicate', ...zh], '錯誤 E_USAGE：lab 沒有「frobnicate」這個指令', seeZh('lab')],
    [['help', 'frobnicate'], "error E_USAGE: lab has no command 'frobnicate'", see('lab')],
    [['runn'], "error E_USAGE: lab has no command 'runn'", 'hint: did you mean run? `lab --help` shows its usage'],
    [['help', 'runn', ...zh], '錯誤 E_USAGE：lab 沒有「runn」這個指令', '提示：是不是要用 run？`lab --help` 會列出所有用法'],
  );
});

test('a missing argument and an extra argument are reported', async () => {
  await refused(
    [['engine'], 'error E_USAGE: lab engine needs <action>', see('lab engine')],
    [['images', ...zh], '錯誤 E_USAGE：lab images 需要 <action>', seeZh('lab images')],
    [['engine', 'up', 'down'], "error E_USAGE: lab engine takes no 'down'", see('lab engine')],
    [['doctor', 'foo', ...zh], '錯誤 E_USAGE：lab doctor 不接受「foo」', seeZh('lab doctor')],
  );
});

test('an unknown action and an action without its file are reported', async () => {
  const actions = 'hint: lab images list | pull | save FILE | load FILE';
  await refused(
    [['engine', 'sideways'], "error E_USAGE: lab engine can't 'sideways'", 'hint: one of: up, down, status, logs, env'],
    [
      ['engine', 'sideways', ...zh],
      '錯誤 E_USAGE：lab engine 沒有「sideways」這個動作',
      '提示：可用的動作：up、down、status、logs、env',
    ],
    [['images', 'save'], 'error E_USAGE: lab images save needs a file', actions],
    [
      ['images', 'save', ...zh],
      '錯誤 E_USAGE：lab images save 需要一個檔案',
      '提示：lab images list | pull | save 檔案 | load 檔案',
    ],
  );
});

test('an option without a value or with an invalid value is reported', async () => {
  const whole = 'it is a whole number of seconds from 1 to 86400';
  await refused(
    [['run', '--timeout'], 'error E_USAGE: lab run: --timeout <seconds> needs a value', see('lab run')],
    [['run', ...zh, '--timeout'], '錯誤 E_USAGE：lab run：--timeout <seconds> 需要一個值', seeZh('lab run')],
    ...['0', '-3', '1.5', 'long', '', '86401'].map(
      (value): Refusal => [
        ['run', `--timeout=${value}`],
        `error E_USAGE: lab run: --timeout can't be '${value}'; ${whole}`,
        see('lab run'),
      ],
    ),
    [
      ['run', '--timeout', '0', ...zh],
      '錯誤 E_USAGE：lab run：--timeout 不能是「0」，必須是 1 到 86400 之間的整數（秒）',
      seeZh('lab run'),
    ],
    ...['0', '1.5', '65', 'auto'].map(
      (value): Refusal => [
        ['test', '--jobs', value],
        `error E_USAGE: lab test: --jobs can't be '${value}'; it is a whole number from 1 to 64`,
        see('lab test'),
      ],
    ),
    [
      ['grade', 'x', '--jobs', 'many'],
      "error E_USAGE: lab grade: --jobs can't be 'many'; it is a whole number from 1 to 64, or auto",
      see('lab grade'),
    ],
    [
      ['grade', 'x', '--jobs', '0', ...zh],
      '錯誤 E_USAGE：lab grade：--jobs 不能是「0」，必須是 1 到 64 之間的整數，或 auto',
      seeZh('lab grade'),
    ],
    ...[
      'mirror.example',
      'ftp://mirror.example',
      'https://mirror.example/path',
      'https://me:secret@mirror.example',
      'http://',
    ].map(
      (value): Refusal => [
        ['grade', 'x', '--registry-mirror', value],
        `error E_USAGE: lab grade: --registry-mirror can't be '${value}'; it is a URL without a path, such as https://mirror.example`,
        see('lab grade'),
      ],
    ),
    [
      ['grade', 'x', '--registry-mirror', 'http://127.0.0.1:5000/', '--engine', 'docker'],
      'error E_USAGE: --registry-mirror is for the grading engine, not for your own Docker',
      'hint: write `registry-mirrors` in the settings of your Docker (daemon.json), or leave out `--engine docker`',
    ],
    [
      ['grade', 'x', '--mail-from', 'Lin'],
      `error E_USAGE: lab grade: --mail-from can't be 'Lin'; it is an address, such as ta@school.example or "Lin <ta@school.example>"`,
      see('lab grade'),
    ],
    [
      ['grade', 'x', '--mail-from', 'ta@school.example, x@y.example', ...zh],
      '錯誤 E_USAGE：lab grade：--mail-from 不能是「ta@school.example, x@y.example」，必須是電子郵件地址，例如 ta@school.example 或 "Lin <ta@school.example>"',
      seeZh('lab grade'),
    ],
    [
      ['grade', 'x', '--build-network', 'all'],
      "error E_USAGE: lab grade: --build-network can't be 'all'; it is one of none, packages, open",
      see('lab grade'),
    ],
    [
      ['grade', '/no/such', '--build-network'],
      "error E_SUBMISSION: /no/such can't be read (ENOENT)",
      'hint: give a folder of submissions, one folder or archive (.zip, .tar, .tar.gz) for each student',
    ],
    [
      ['grade', folder({ 'ann/exam.json': '{}', 'ann/fault-1/compose.yaml': '' }), '--exam', '5', '--seed', '1', '--similar'],
      'error E_USAGE: lab grade: --similar is not for exams: all students repair the same files',
      see('lab grade'),
    ],
    [
      ['grade', '/no/such', '--jobs', 'auto'],
      "error E_SUBMISSION: /no/such can't be read (ENOENT)",
      'hint: give a folder of submissions, one folder or archive (.zip, .tar, .tar.gz) for each student',
    ],
    [
      ['doctor', '--engine', "it's"],
      "error E_USAGE: lab doctor: --engine can't be 'it's'; it is one of auto, docker, private",
      see('lab doctor'),
    ],
    [
      ['doctor', '--engine', 'podman', ...zh],
      '錯誤 E_USAGE：lab doctor：--engine 不能是「podman」，可用的值是 auto、docker、private',
      seeZh('lab doctor'),
    ],
    [['list', '--lang', 'fr'], "error E_USAGE: lab list: --lang can't be 'fr'; it is one of en, zh-TW", see('lab list')],
  );
});

test('an unknown reporter is reported once', async () => {
  await refused([
    ['run', '--reporter', 'yaml'],
    'error E_USAGE: there is no reporter yaml; available: terminal, json, junit, ndjson',
    'hint: Example: --reporter terminal --reporter json --out report.json',
  ]);
});

test('options of a page need --web, and a page has one way to wait', async () => {
  await refused(
    [['run', '--pause'], 'error E_USAGE: lab run: --pause needs --web', see('lab run')],
    [['run', '--port', '8080', ...zh], '錯誤 E_USAGE：lab run：--port 必須搭配 --web', seeZh('lab run')],
    [['run', '--web', '--step'], "error E_USAGE: lab run: --web and --step can't be used together", see('lab run')],
    [['break', '3', '--no-open'], 'error E_USAGE: lab break: --no-open needs --web', see('lab break')],
    [['break', '--web', '--check'], "error E_USAGE: lab break: --web and --check can't be used together", see('lab break')],
  );
});

test('an exam has no page', async () => {
  const cwd = folder();
  assert.is((await lab(['break', '--exam', '1', '--seed', '1'], { cwd })).exitCode, 0);
  for (const dir of ['exam', 'exam/fault-1']) {
    const { exitCode, stderr } = await lab(['break', '--web'], { cwd: join(cwd, dir) });
    assert.is(exitCode, 2);
    assert.match(
      stderr,
      /^error E_USAGE: lab break --web: exams are not on a page\nhint: use your own terminal: lab break --check\n$/,
    );
  }
});

test('a practice folder with progress that is not valid has no page, and the file is named', async () => {
  const cwd = folder({ 'break-05/.labwright/break.json': '{}' });
  const { exitCode, stderr } = await lab(['break', '5', '--web'], { cwd });
  assert.is(exitCode, 3);
  assert.match(
    stderr,
    /^error E_STATE: \S*\/break-05\/\.labwright\/break\.json is not valid\nhint: correct the file, or remove the folder/,
  );
});

test('an error about a value names its command', async () => {
  for (const command of ['verify', 'learn']) {
    const { stderr, exitCode } = await labInProcess([command, '--role', 'x']);
    assert.is(exitCode, errorCodes.E_USAGE);
    assert.match(stderr, `error E_USAGE: lab ${command}: --role can't be 'x'`);
  }
  for (const command of ['grade', 'worker'])
    assert.match(
      (await labInProcess([command, '--registry-mirror', 'x'])).stderr,
      `lab ${command}: --registry-mirror can't be 'x'`,
    );
  for (const command of ['test', 'grade', 'worker', 'collect'])
    assert.match((await labInProcess([command, '--jobs', '0'])).stderr, `lab ${command}: --jobs can't be '0'`);
  for (const command of ['run', 'break', 'learn'])
    assert.match((await labInProcess([command, '--port', '0'])).stderr, `lab ${command}: --port can't be '0'`);
});

test('other errors have the same format', async () => {
  const { stdout, stderr, exitCode } = await lab(['run', 'blance', ...zh]);
  assert.equal([stdout, exitCode], ['', 2]);
  assert.match(stderr, /^錯誤 E_LAB_UNKNOWN：[^\n]*blance[^\n]*\n提示：[^\n]*balance[^\n]*\n$/);
});

test('--classroom50: one submission, and the variables of its runner', async () => {
  const one = { 'docker-compose.yml': 'services: {}\n' };
  const dir = folder(one);
  const two = folder({ 'a/docker-compose.yml': 'services: {}\n', 'b/docker-compose.yml': 'services: {}\n' });
  const out = join(folder(), 'grades');
  await refused(
    [
      ['grade', dir, '--out', out, '--classroom50'],
      'error E_USAGE: lab grade: --classroom50 needs the variable CLASSROOM, as the runner of Classroom 50 sets it',
      see('lab grade'),
    ],
    [
      ['grade', two, '--out', out, '--classroom50', ...zh],
      '錯誤 E_USAGE：lab grade：--classroom50 只用於一份作業，也就是它的 runner 正在評分的那一份；這裡有 2 份',
      seeZh('lab grade'),
    ],
  );
  assert.not.ok(existsSync(out), 'nothing was written');
});

test.run();
