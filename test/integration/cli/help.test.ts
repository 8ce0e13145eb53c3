import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { version } from '../../../src/platform/package-root.ts';
import { widthOf } from '../../../src/report/terminal/layout.ts';
import { lab, labInProcess } from '../../helpers/lab.ts';

const zh = ['--lang', 'zh-TW'];
/** The help text. It must be on stdout, with exit code 0. */
async function help(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await labInProcess(args);
  assert.equal({ stderr, exitCode }, { stderr: '', exitCode: 0 }, args.join(' '));
  return stdout;
}
const first = (text: string, lines = 3): string[] => text.split('\n').slice(0, lines);
const commands = async () =>
  [...((await help('--help')).split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '').matchAll(/^ {2}(\w+)/gm)].map(
    ([, name = '']) => name,
  );

test('--version, -V and the command version print the version', async () => {
  assert.is(await help('--version'), `${version}\n`);
  assert.is(await help('version'), `${version}\n`);
  assert.is(await help('-V'), `${version}\n`);
});

test('lab without arguments prints its help on stderr, exit 2', async () => {
  const { stdout, stderr, exitCode } = await lab([]);
  assert.equal([stdout, exitCode], ['', 2]);
  assert.is(stderr, await help('--help'));
  assert.match((await lab(zh)).stderr, /^用法：lab \[選項\] \[指令\]\n/);
});

test('help is in English by default', async () => {
  const text = await help('--help');
  // from the built program
  assert.equal(await lab(['--help']), { exitCode: 0, stdout: text, stderr: '' });
  assert.equal(first(text), [
    'Usage: lab [options] [command]',
    '',
    'Runs Docker Compose tutorials on a real engine and verifies every step.',
  ]);
  assert.match(text, /\nExamples:\n {2}\$ lab run\n/);
  assert.equal(first(await help('run', '--help')), [
    'Usage: lab run [options] [labs...]',
    '',
    'perform the labs and verify each step',
  ]);
});

test('help in Chinese, selected by flag or locale', async () => {
  const text = await help('--help', ...zh);
  assert.equal(first(text), [
    '用法：lab [選項] [指令]',
    '',
    '在真正的 Docker 引擎上執行 Docker Compose 教學，並驗證每一個步驟。',
  ]);
  assert.match(text, /\n範例：\n {2}\$ lab run\n/);
  assert.is((await lab(['--help'], { env: { LC_ALL: '', LANG: 'zh_TW.UTF-8' } })).stdout, text);
  assert.equal(first(await help('run', '--help', ...zh)), ['用法：lab run [選項] [labs...]', '', '執行單元，並驗證每一個步驟']);
});

test('lab help prints the same as --help', async () => {
  assert.is(await help('help'), await help('--help'));
  assert.is(await help('help', 'clean'), await help('clean', '--help'));
  assert.is(await help('help', 'clean', ...zh), await help('clean', '--help', ...zh));
  assert.is(await help('help', ...zh, 'clean'), await help('clean', '--help', ...zh));
});

/** The rows of the lists in a help text: a term, and its description joined into one line. */
function rows(text: string): [term: string, description: string][] {
  const [body = ''] = text.split(/\n(?:Examples:|範例：)\n/);
  const found: [string, string][] = [];
  for (const line of body.split('\n')) {
    const [, term, description = ''] = /^ {2}(\S.*?)(?: {2,}(\S.*))?$/.exec(line) ?? [];
    const last = found.at(-1);
    if (term) found.push([term, description]);
    else if (/^ {3}/.test(line) && last) last[1] += ` ${line.trim()}`;
  }
  return found;
}

test('in Chinese, every command, argument and option has a Chinese description without English sentences', async () => {
  const names = await commands();
  assert.ok(names.length >= 7, names.join());
  for (const args of [[], ...names.map((name) => [name]), ['grade', 'purge']]) {
    const [text, english] = [await help(...args, '--help', ...zh), await help(...args, '--help')];
    const [own, others] = [rows(text), rows(english)];
    assert.is(own.length, others.length, args.join());
    own.forEach(([term, description], at) => {
      const row = `lab ${args.join(' ')}: ${term}: ${description}`;
      assert.match(description, /\p{Script=Han}/u, row);
      // names, commands and values are single words; three words in a row are a sentence
      assert.not.match(description.replace(/`[^`]*`/g, ''), /[A-Za-z]{2,}(?: [a-z]{2,}){2,}/, row);
      assert.not.match(others[at]?.[1] ?? '', /\p{Script=Han}/u, row);
    });
    const [usage = '', , summary = ''] = first(text);
    assert.match(usage, /^用法：lab( \S+)* ?\[選項\]/);
    assert.match(summary, /\p{Script=Han}/u);
    assert.not.match(text, /Usage|Options|Commands|Arguments|Examples|choices|default|\[options\]|\[command\]/);
    for (const line of [...text.split('\n'), ...english.split('\n')]) assert.ok(widthOf(line) <= 80, line);
  }
});

test('help shows the defaults of options and explains where a report is written', async () => {
  const english = Object.fromEntries(rows(await help('run', '--help')));
  assert.is(english['--timeout <seconds>'], 'how long a step may take (default: 120)');
  assert.match(english['--reporter <name>'] ?? '', /\(choices: terminal, json.*; default: terminal\)$/);
  assert.match(english['--out <file>'] ?? '', /^a file for a report .*: the nth --out is for the nth --reporter/);
  assert.not.match(english['--out <file>'] ?? '', /default|\[\]/);
  assert.is(english['--lang <lang>'], 'language of the output (choices: en, zh-TW; default: from LANG)');
  const chinese = Object.fromEntries(rows(await help('run', '--help', ...zh)));
  assert.is(chinese['--timeout <seconds>'], '每個步驟最多可用幾秒（預設：120）');
  assert.is(chinese['--lang <lang>'], '顯示的語言（可用的值：en、zh-TW；預設：依 LANG 而定）');
});

test.run();
