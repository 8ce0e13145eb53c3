// time limit: 600 s
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shellWord } from '../../../src/cli/shell-quote.ts';
import { anyUnseen, steeringName } from '../../fixtures/unseen.ts';
import { runBin } from '../../helpers/bin.ts';
import { folder } from '../../helpers/folder.ts';
import { labInProcess } from '../../helpers/lab.ts';

/** Hostile arguments, file names and file contents, passed to the program: its output contains no control characters for a terminal. */

const odd = `x${steeringName}x`;
const dir = folder();
mkdirSync(join(dir, odd));
const roster = join(dir, `${odd}.csv`);
writeFileSync(roster, `id,name\n${odd.replaceAll('\r', '')},ann\n${odd.replaceAll('\r', '')},bob\n`);
const rubric = join(dir, `${odd}.yaml`);
writeFileSync(rubric, `labwright: 1\n"a\\u202eb": 1\n`);

const calls: Readonly<Record<string, readonly string[]>> = {
  'a command': [odd],
  'a lab': ['run', odd],
  'a step': ['verify', `scale/${odd}`],
  'an option': ['run', `--${odd}`],
  'a value': ['run', '--timeout', odd],
  'a choice': ['run', '--engine', odd],
  'a reporter': ['run', '--reporter', odd],
  'a file of a report': ['run', '--reporter', 'json', '--out', join(dir, 'absent', odd)],
  'a tutorial': ['run', '--tutorial', odd],
  'a tutorial to read': ['lint', '--tutorial', odd],
  'a tutorial to try': ['test', odd],
  'an action of the engine': ['engine', odd],
  'an action on images': ['images', odd],
  'a file of images': ['images', 'load', join(dir, `${odd}.tar`)],
  'help on': ['help', odd],
  'submissions that are absent': ['grade', join(dir, 'absent', odd)],
  'submissions that are none': ['grade', join(dir, odd)],
  'a roster with one student twice': ['grade', dir, '--roster', roster],
  'a rubric': ['grade', dir, '--rubric', rubric],
  'a rubric that is absent': ['grade', dir, '--rubric', `${rubric}2`],
};

/** The real program takes half a second: it is started for every fourth, and the others run in this process, in both languages. */
for (const [at, [what, args]] of Object.entries(calls).entries())
  test(`no control characters in the error for ${what}`, async () => {
    process.chdir(dir);
    for (const { stdout, stderr, exitCode } of [
      at % 4 === 0 ? await runBin([...args, '--lang', 'en'], process.env, dir) : await labInProcess([...args, '--lang', 'en']),
      await labInProcess([...args, '--lang', 'zh-TW']),
    ]) {
      assert.ok(exitCode === 2 || exitCode === 3, `exit ${exitCode}: ${stderr}`);
      assert.not.match(stdout + stderr, anyUnseen);
      assert.match(stderr, '[U+202E]', 'it is named');
    }
  });

test('JSON contains the exact path', async () => {
  const state = join(folder(), odd);
  mkdirSync(state);
  const { stdout, stderr } = await runBin(['engine', 'status', '--json'], { ...process.env, XDG_STATE_HOME: state });
  assert.is(stderr, '');
  assert.not.match(stdout, anyUnseen);
  assert.is(JSON.parse(stdout).data, join(state, 'labwright/engine/data'));
});

test('a shell reads the exact path from the lines of `lab engine env`', () => {
  for (const word of [odd, "it's", 'a b', '$(false)', '\\x', '']) {
    assert.not.match(shellWord(word), anyUnseen);
    assert.is(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' }), word);
  }
});

test.run();
