// time limit: 600 s
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBin } from '../../helpers/bin.ts';
import { folder } from '../../helpers/folder.ts';
import { labInProcess } from '../../helpers/lab.ts';

/** A missing or unusable file or folder is a usage error, exit 2, reported before an engine is opened. */

const lab = (args: readonly string[]) => runBin(args, { ...process.env, LC_ALL: 'C' });
const dir = folder();
const file = join(dir, 'a-file');
writeFileSync(file, 'x');
const submissions = join(dir, 'class');
mkdirSync(join(submissions, 'ann'), { recursive: true });
const absent = join(dir, 'absent');

const calls: readonly (readonly [readonly string[], string, string])[] = [
  [['images', 'load', absent], `E_USAGE: there is no file ${absent}`, `E_USAGE：沒有檔案 ${absent}`],
  [
    ['images', 'save', join(absent, 'x.tar')],
    `E_USAGE: ${absent}/x.tar can't be written (ENOENT)`,
    `E_USAGE：無法寫入 ${absent}/x.tar`,
  ],
  [['images', 'save', dir], `E_USAGE: ${dir} is a folder or a device`, `E_USAGE：${dir} 是資料夾或裝置`],
  [
    ['images', 'save', join(file, 'x.tar')],
    `E_USAGE: ${file}/x.tar can't be written (ENOTDIR)`,
    `E_USAGE：無法寫入 ${file}/x.tar`,
  ],
  [['grade', absent], `E_SUBMISSION: ${absent} can't be read (ENOENT)`, `E_SUBMISSION：無法讀取 ${absent}`],
  [['grade', submissions, '--roster', absent], `E_SUBMISSION: there is no file ${absent}`, `E_SUBMISSION：沒有檔案 ${absent}`],
  [
    ['grade', submissions, '--rubric', absent],
    `E_RUBRIC_INVALID: there is no file ${absent}`,
    `E_RUBRIC_INVALID：沒有檔案 ${absent}`,
  ],
  [
    ['grade', submissions, '--out', file],
    `E_USAGE: ${file} can't be used for the grades: ENOTDIR`,
    `E_USAGE：${file} 不能用來存放成績`,
  ],
  [
    ['grade', submissions, '--out', join(file, 'x')],
    `E_USAGE: ${file}/x can't be used for the grades`,
    `E_USAGE：${file}/x 不能用來存放成績`,
  ],
  [
    ['grade', submissions, '--out', '/proc/x'],
    "E_USAGE: /proc/x can't be used for the grades",
    'E_USAGE：/proc/x 不能用來存放成績',
  ],
  [
    ['run', '--reporter', 'json', '--out', join(absent, 'x')],
    'E_USAGE: the report cannot be written to',
    'E_USAGE：無法將報告寫入',
  ],
];

/** The real program takes half a second: it is started for every fourth, and the others run in this process, in both languages. */
for (const [at, [args, en, zh]] of calls.entries())
  test(`lab ${args.map((word) => word.replace(dir, '')).join(' ')}: the wrong path is reported, exit 2`, async () => {
    const first = at % 4 === 0 ? await lab(args) : await labInProcess([...args, '--lang', 'en']);
    const second = await labInProcess([...args, '--lang', 'zh-TW']);
    assert.is(first.stderr.slice(0, `error ${en}`.length), `error ${en}`);
    assert.is(second.stderr.slice(0, `錯誤 ${zh}`.length), `錯誤 ${zh}`);
    assert.match(first.stderr, /\nhint: \S/);
    assert.equal([first.exitCode, second.exitCode], [2, 2]);
  });

test('a folder named overrides.csv is reported', async () => {
  const out = join(dir, 'out');
  mkdirSync(join(out, 'overrides.csv'), { recursive: true });
  const { stderr, exitCode } = await lab(['grade', submissions, '--out', out]);
  assert.match(stderr, `error E_SUBMISSION: ${out}/overrides.csv is a folder, not a regular file\n`);
  assert.is(exitCode, 2);
});

test.run();
