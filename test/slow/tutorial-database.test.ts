// time limit: 1500 s
// alone
// only with test:full
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadMarkdown } from '../../src/authoring/markdown/load-tutorial.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { ensureImages } from '../../src/docker/images/ensure-images.ts';
import { requiredImages } from '../../src/docker/images/required-images.ts';
import type { Stack } from '../../src/lab/stack.ts';
import type { Step } from '../../src/lab/tutorial.ts';
import { root } from '../../src/platform/package-root.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { assertTutorialGate } from '../helpers/tutorial-gate.ts';

/** The tutorial `labs/database`, in Markdown. Its images are pulled, or built from its own recipes. */
const dir = join(root, 'labs', 'database');

const test = suite<{ engine: Engine }>('the database tutorial');
test.before(async (context) => {
  context.engine = await testEngine();
  const silent = { progress: () => {}, unattended: true, signal: new AbortController().signal };
  const recipes = join(dir, 'images');
  await ensureImages(context.engine, await requiredImages(dir, {}, ['stack']), { ...silent, homes: locateHomes(), recipes });
});
test.after(({ engine }) => engine.api.close());

const nothingIsLeft = async (env: NodeJS.ProcessEnv) =>
  assert.is((await runBin(['clean', '--dry-run'], env)).stdout, 'nothing is left behind\n');

test('every step passes, in both languages', async ({ engine }) => {
  const env = envFor(engine, folder());
  const { tutorial } = await loadMarkdown(dir);
  const checks = tutorial?.labs.flatMap((lab) => lab.steps.flatMap((step) => step.verify)).length ?? 0;
  assert.ok(checks >= 30);
  for (const lang of ['en', 'zh-TW']) {
    const { exitCode, stdout, stderr } = await runBin(
      ['run', '--tutorial', dir, '--reporter', 'json', '--lang', lang, '--timeout', '300'],
      env,
    );
    assert.is(exitCode, 0, stderr + stdout);
    assert.equal((JSON.parse(stdout) as { totals: object }).totals, { passed: checks, failed: 0, skipped: 0, errored: 0 });
  }
  await nothingIsLeft(env);
});

/** The commands of a step, as a learner types them. */
async function commandsOf(step: Step): Promise<string[]> {
  const lines: string[] = [];
  await step.run({ shell: async (line: string) => void lines.push(line) } as unknown as Stack);
  return lines;
}

test('a learner types the commands: each step passes by itself, and health checks are not taken for commands', async ({
  engine,
}) => {
  const { tutorial } = await loadMarkdown(dir);
  const own = join(folder(), 'database');
  const env = { ...envFor(engine, folder()), API_PORT: '38080', COMPOSE_PROJECT_NAME: `learn-database-${process.pid}` };
  const started = await runBin(['start', own, '--tutorial', dir], env);
  assert.is(started.exitCode, 0, started.stderr);
  assert.match(started.stdout, `learn --tutorial ${dir}`);
  const cwd = join(own, 'stack');
  const type = (line: string) =>
    promisify(execFile)('sh', ['-c', line.replaceAll('localhost:8080', 'localhost:38080')], { cwd, env });
  const session = startBin(['learn', '--follow', '--tutorial', dir], env, cwd);
  try {
    for (const lab of tutorial?.labs ?? [])
      for (const step of lab.steps) {
        await session.until(`\n${lab.id}/${step.id}  `);
        for (const line of await commandsOf(step)) await type(line);
        await session.until(`Passed: ${lab.id}/${step.id}  `);
      }
    const { exitCode, stdout, stderr } = await session.ended;
    assert.is(exitCode, 0, stderr);
    assert.match(stdout, /All steps of this folder are done: 14 of 14 passed/);
    assert.not.match(stdout, /\d db: .*pg_isready/);
  } finally {
    session.child.kill('SIGKILL');
    await type('docker compose down -v --remove-orphans');
  }
});

test('its gate: every mistake is caught, every alternative passes', async ({ engine }) => {
  const env = envFor(engine, folder());
  await assertTutorialGate(env, dir, { mistakes: 50, alternatives: 40 });
  await nothingIsLeft(env);
});

test.run();
