import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import { countsOf } from '../../../src/authoring/lint/lint.ts';
import { shippedTutorials } from '../../../src/cli/tutorials.ts';
import { root } from '../../../src/platform/package-root.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';

const own = countsOf(tutorials);
const { steps, checks } = own;
const all = countsOf(await shippedTutorials());

/** A copy of the project. `change` edits a file, `build` builds the program, `lint` runs `lab lint` in the copy. */
function project(): {
  change(path: string, from: string, to: string): void;
  build(): void;
  lint(...args: string[]): ReturnType<typeof spawnSync>;
} {
  const dir = folder({ 'assets/compose-scale/base/stray.txt': '' });
  for (const part of ['src', 'labs', 'assets', 'package.json', 'tsconfig.json', 'build.mjs'])
    cpSync(join(root, part), join(dir, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const started = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8', env: { ...process.env, LANG: 'C', LC_ALL: 'C' } });
  return {
    change(path, from, to) {
      const before = readFileSync(join(dir, path), 'utf8');
      assert.ok(before.includes(from), `${path} has no ${from}`);
      writeFileSync(join(dir, path), before.replace(from, to));
    },
    build() {
      const { status, stderr } = started('build.mjs');
      assert.is(status, 0, stderr);
    },
    lint: (...args) => started(join(dir, 'dist/src/cli/main.js'), 'lint', ...args),
  };
}
const ended = ({ status, stdout, stderr }: ReturnType<typeof spawnSync>) => ({ status, stdout, stderr });

test('without problems: one line, exit 0; without a name all tutorials that ship, also those in Markdown', async () => {
  const one = `1 tutorial, 5 labs, ${steps} steps, ${checks} checks`;
  assert.equal(await lab(['lint', '--tutorial', 'compose-scale']), { exitCode: 0, stdout: `clean: ${one}\n`, stderr: '' });
  assert.ok(all.tutorials === 3 && all.checks > checks);
  const [english, chinese] = [
    `clean: 3 tutorials, ${all.labs} labs, ${all.steps} steps, ${all.checks} checks\n`,
    `沒有問題：3 份教學、${all.labs} 個單元、${all.steps} 個步驟、${all.checks} 項檢查\n`,
  ];
  assert.equal(await lab(['lint']), { exitCode: 0, stdout: english, stderr: '' });
  assert.is((await lab(['lint', '--lang', 'zh-TW'])).stdout, chinese);
  assert.equal(JSON.parse((await lab(['lint', '--json'])).stdout), { clean: true, ...all, problems: [] });
});

test('an unknown tutorial is reported, exit 2', async () => {
  const { exitCode, stdout, stderr } = await lab(['lint', '--tutorial', 'nope']);
  assert.equal([exitCode, stdout], [2, '']);
  assert.match(stderr, 'error E_LAB_UNKNOWN: there is no tutorial "nope"');
});

test('problems are grouped by location, with a summary line, exit 1', () => {
  const { change, build, lint } = project();
  change('labs/compose-scale/scale.ts', 'The option is `--scale`, and', 'Type `docker compose up --scale`: it');
  change('labs/compose-scale/scale.ts', '副本數量是啟動服務', '副本數量是啟動服務器');
  build();
  assert.equal(ended(lint()), {
    status: 1,
    stderr: '',
    stdout: `compose-scale/scale/out
  ✗ hint 1 contains "服務器" (text-mainland)
    use "伺服器"
  ✗ hint 2 gives the command away: docker compose up --scale (hint-gives-away)
    name the option at most; the last hint is the command

assets/compose-scale/base/stray.txt
  ✗ no stack of a lab uses it (file-unused)
    remove it, mount it or add it to \`files\`

3 problems in ${all.tutorials} tutorials, ${all.labs} labs, ${all.steps} steps, ${all.checks} checks
`,
  });
  const chinese = lint('--lang', 'zh-TW');
  assert.match(String(chinese.stdout), /✗ 提示 1 用了「服務器」（text-mainland）\n {4}請改用「伺服器」\n/);
  assert.match(
    String(chinese.stdout),
    new RegExp(`\\n有 3 個問題：3 份教學、${all.labs} 個單元、${all.steps} 個步驟、${all.checks} 項檢查\\n$`),
  );
  const { clean, problems } = JSON.parse(String(lint('--json').stdout)) as { clean: boolean; problems: object[] };
  assert.is(clean, false);
  assert.equal(problems[1], {
    where: 'compose-scale/scale/out',
    rule: 'hint-gives-away',
    message: 'hint 2 gives the command away: docker compose up --scale',
    help: 'name the option at most; the last hint is the command',
  });
});

test('the problems of a tutorial that cannot be defined are listed', () => {
  const { change, build, lint } = project();
  change('labs/compose-scale/scale.ts', "needs: ['setup']", "needs: ['stup']");
  build();
  assert.equal(ended(lint()), {
    status: 1,
    stderr: '',
    stdout: `compose-scale/scale
  ✗ it needs stup, which does not exist (need-missing)
    name one of: setup, scale, balance, cleanup, nginx

1 problem: no tutorial can be read
`,
  });
});

test.run();
