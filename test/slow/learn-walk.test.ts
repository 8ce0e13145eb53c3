// alone on the engine: the learner's projects have the names of the tutorial's folders
// time limit: 600 s
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import type { Lang } from '../../src/lab/text.ts';
import { root } from '../../src/platform/package-root.ts';
import { holdPort } from '../../src/platform/port.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { typedLines, walk } from '../helpers/learn-walk.ts';
import { repeats } from '../helpers/repeats.ts';
import { startTmux, type TerminalSize } from '../helpers/tmux.ts';

/** A learner types the whole tutorial in a terminal, from an empty folder, with the packed program, while `lab learn` runs in another terminal. */
const run = promisify(execFile);
/** Built once, so that the others take less time. */
const image = 'labwright-walk:lab';
const test = suite<{ engine: Engine; bin: string }>('learn-walk');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.bin = await installed();
});
test.after(async ({ engine }) => {
  await run('docker', ['image', 'rm', '-f', image], { env: { ...process.env, ...engine.compose.env } }).catch(() => undefined);
  await engine.api.close();
});

/** Packs the built program and installs it as a learner does. Resolves to the folder with `lab`. */
async function installed(): Promise<string> {
  const [packed, elsewhere] = [folder(), folder()];
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', packed], { cwd: root });
  const options = ['--prefix', elsewhere, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...options, join(packed, stdout.trim())], { cwd: elsewhere });
  return join(elsewhere, 'node_modules/.bin');
}

interface Combination {
  readonly lang: Lang;
  readonly size: TerminalSize;
  /** Only this lab, the first one. */
  readonly only?: string;
}

interface Walked {
  /** The screens of `lab learn`, in order; by the step, and `… passed`. */
  readonly screens: ReadonlyMap<string, string>;
  /** Everything in its terminal after `q`. */
  readonly left: string;
}

/** Walks through the tutorial, and removes what a walk that failed has left. */
async function walked({ engine, bin }: { engine: Engine; bin: string }, { lang, size, only }: Combination): Promise<Walked> {
  const held = await holdPort(8000);
  const cwd = folder();
  const compose = engine.compose.line;
  const env = {
    ...process.env,
    ...engine.compose.env,
    PATH: [bin, process.env.PATH].join(delimiter),
    LANG: lang === 'en' ? 'C.UTF-8' : 'zh_TW.UTF-8',
    FLASK_IMAGE: image,
    NGINX_PORT: String(held.port),
  };
  const screens = new Map<string, string>();
  const seen = (at: string, screen: string) => void screens.set(at, screen);
  try {
    await using tmux = await startTmux(env);
    const learn = await walk({ tmux, size, cwd, compose, seen, ...(only === undefined ? {} : { only, folders: ['base'] }) });
    await learn.press('q');
    await learn.until(/[#$]$/);
    assert.ok(await learn.cursorShown(), 'the cursor is hidden after q');
    return { screens, left: await learn.history() };
  } finally {
    for (const project of Object.keys(typedLines)) {
      const dir = join(cwd, 'my-lab', project);
      if (existsSync(dir)) await run('sh', ['-c', `${compose} -p ${project} down -v -t 0`], { cwd: dir, env });
    }
    await held.release();
  }
}

const words = {
  en: { task: /^ Task {2}/m, happened: /^ What happened {2}/m, learned: 'What you have learned' },
  'zh-TW': { task: /^ 任務 {2}/m, happened: /^ 發生了什麼 {2}/m, learned: '學到的內容' },
} as const;

/** CI types every section in one language, and one section in both. */
const combinations = [
  { lang: 'zh-TW', size: { columns: 80, rows: 24 } },
  { lang: 'en', size: { columns: 120, rows: 40 } },
  { lang: 'en', size: { columns: 80, rows: 24 }, only: 'setup' },
  { lang: 'zh-TW', size: { columns: 120, rows: 40 }, only: 'setup' },
] as const satisfies readonly Combination[];

for (const combination of combinations.filter((_, at) => repeats(1, 0) || at !== 1)) {
  const { lang, size, only }: Combination = combination;
  const what = only ? `of ${only}` : 'of every section';
  test(`each step ${what} turns green by itself: ${lang}, ${size.columns}x${size.rows}`, async (context) => {
    const { screens, left } = await walked(context, combination);
    const expected = words[lang];
    for (const [at, screen] of screens) {
      const lines = screen.split('\n');
      assert.ok(lines.length <= size.rows, `${at}: ${lines.length} lines`);
      assert.match(screen, at.endsWith(' passed') ? expected.happened : expected.task, at);
      assert.ok(!screen.includes('undefined'), screen);
      // a command is shown when it was typed or asked for
      if (!at.endsWith(' passed'))
        for (const [step, typed] of Object.values(typedLines).flat())
          if (step === at) assert.not.ok(screen.includes(typed), screen);
    }
    const steps = Object.values(typedLines)
      .flat()
      .map(([step]) => step)
      .filter((step) => only === undefined || step.startsWith(`${only}/`));
    assert.equal(
      [...screens.keys()].filter((at) => at.endsWith(' passed')),
      steps.map((step) => `${step} passed`),
    );
    // what was in the terminal before is still there, and the steps that passed are listed below
    assert.match(left, /cd my-lab\/base/);
    for (const step of steps) assert.ok(left.includes(`✓ ${step}  `), left);
    if (only === undefined) assert.ok(left.includes(expected.learned), left);
    else assert.match(left, /lab learn$/m);
  });
}

test.run();
