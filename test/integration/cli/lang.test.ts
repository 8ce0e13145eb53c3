import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { langOf } from '../../../src/cli/context.ts';
import { lab } from '../../helpers/lab.ts';

/** The language of the output. */

const zh = '錯誤 E_LAB_UNKNOWN：';
const en = 'error E_LAB_UNKNOWN: ';
async function errorPrefix(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stderr } = await lab(['run', '--tutorial', 'none', ...args], { env });
  return stderr.slice(0, stderr.search(/[：:]/) + 1).trim();
}
/** Asserts how the built program's error begins. */
const assertPrefix = async (prefix: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  assert.is(await errorPrefix(args, env), prefix.trim(), [...args, JSON.stringify(env)].join(' '));

test('--lang, in any form, has priority over the locale', async () => {
  await Promise.all([assertPrefix(zh, ['--lang', 'zh-TW']), assertPrefix(en, ['--lang', 'en'], { LC_ALL: 'zh_TW.UTF-8' })]);
  assert.is(langOf(['lab', 'run', '--lang=zh-TW'], {}), 'zh-TW');
  assert.is(langOf(['lab', 'run', '--lang', 'en', '--lang', 'zh-TW'], {}), 'zh-TW');
});

test('zh-TW that is not the value of the option --lang is ignored', async () => {
  await assertPrefix(en, ['--', '--lang', 'zh-TW']);
  for (const args of [['zh-TW'], ['--out', 'zh-TW'], ['--', '--lang', 'zh-TW']])
    assert.is(langOf(['lab', 'run', ...args], {}), 'en', args.join(' '));
});

test('--lang is accepted before the command', async () => {
  const { stdout, stderr, exitCode } = await lab(['--lang', 'zh-TW', 'list']);
  assert.equal([stderr, exitCode], ['', 0]);
  assert.match(stdout, /^compose-scale {2}用 Docker Compose 做水平擴展與負載平衡\n/);
});

test('the locale variables are read in the order of POSIX', async () => {
  await assertPrefix(zh, [], { LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_TW.UTF-8' });
  const of = (env: NodeJS.ProcessEnv) => langOf(['lab', 'run'], env);
  assert.is(of({ LC_ALL: '', LC_MESSAGES: 'zh_HK', LANG: 'C' }), 'zh-TW');
  assert.is(of({ LC_ALL: 'en_GB.UTF-8', LC_MESSAGES: 'zh_TW', LANG: 'zh_TW' }), 'en');
  assert.is(of({ LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_CN.UTF-8' }), 'en');
});

test('the supported forms of the locale and of --lang', () => {
  const of = (args: string, env: NodeJS.ProcessEnv = {}) => langOf(args.split(' '), env);
  for (const locale of ['zh_TW', 'zh_TW.UTF-8', 'zh-TW', 'zh_HK.UTF-8', 'zh_MO', 'zh_Hant_TW', 'ZH_tw'])
    assert.is(of('lab', { LANG: locale }), 'zh-TW', locale);
  for (const locale of ['', 'C', 'POSIX', 'en_US.UTF-8', 'zh_CN.UTF-8', 'zh_SG', 'zh', 'ja_JP.UTF-8'])
    assert.is(of('lab', { LANG: locale }), 'en', locale);
  assert.is(of('lab run --lang'), 'en');
  assert.is(of('lab run --lang fr', { LANG: 'zh_TW' }), 'zh-TW');
  assert.is(of('lab run --lang= zh-TW'), 'en');
  assert.is(of('lab run --language zh-TW'), 'en');
});

test.run();
