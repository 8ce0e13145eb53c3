import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { edited, shownFiles, shownTutorial } from '../../fixtures/markdown-tutorial.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';

/** `lab lint` and `lab run` with a tutorial in a folder. */

const at = (files: Readonly<Record<string, string>>): string =>
  folder(Object.fromEntries(Object.entries(files).map(([path, text]) => [`hello/${path}`, text])));
const broken = edited(shownTutorial, [
  ['- replicas:', '- replica:'],
  ['run: docker compose create', 'run: docker compose -p x create'],
]);

test('a tutorial without problems', async () => {
  const { stdout, exitCode } = await lab(['lint', '--tutorial', './hello'], { cwd: at(shownFiles) });
  assert.equal([stdout, exitCode], ['clean: 1 tutorial, 1 lab, 1 step, 3 checks\n', 0]);
});

test('problems of the file and of its stack, each with a place that an editor opens', async () => {
  const cwd = at({
    ...shownFiles,
    'tutorial.md': broken,
    'stack/compose.yaml': `${shownFiles['stack/compose.yaml']}    container_name: web\n`,
  });
  const { stdout, exitCode } = await lab(['lint', '--tutorial', 'hello', '--json'], { cwd });
  const { clean, problems } = JSON.parse(stdout) as { clean: boolean; problems: { where: string; rule: string }[] };
  assert.equal([clean, exitCode], [false, 1]);
  assert.equal(
    problems.map(({ where, rule }) => `${where} ${rule}`),
    [
      'hello/tutorial.md:27:3 check-unknown',
      'hello/tutorial.md:40:8 command-option',
      'hello/stack/compose.yaml:7:21 container-name-fixed',
    ],
  );
});

test('`lab run` refuses such a tutorial with exit code 2, before it looks for an engine', async () => {
  const { stderr, exitCode } = await lab(['run', '--tutorial', 'hello/tutorial.md'], {
    cwd: at({ ...shownFiles, 'tutorial.md': broken }),
  });
  assert.is(exitCode, 2);
  assert.match(stderr, /^error E_LAB_INVALID: .*tutorial\.md:27:3: there is no check named replica\n/);
});

test('a file that is too large, a folder in its place, and none: exit code 2', async () => {
  const cwd = folder({ 'large/tutorial.md': '', 'other/tutorial.md/x': '', 'none/x': '' });
  writeFileSync(join(cwd, 'large/tutorial.md'), 'x'.repeat(300_000));
  for (const [name, code] of [
    ['large', 'E_LAB_INVALID'],
    ['other', 'E_LAB_INVALID'],
    ['none', 'E_LAB_UNKNOWN'],
  ] as const) {
    const { stderr, exitCode } = await lab(['run', '--tutorial', name], { cwd });
    assert.is(exitCode, 2, stderr);
    assert.ok(stderr.startsWith(`error ${code}: `), stderr);
  }
});

test.run();
