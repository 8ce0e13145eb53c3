// time limit: 600 s
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { holdPort } from '../../src/platform/port.ts';
import { type LearnMistake, learnMistakes } from '../fixtures/learn-mistakes.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';
import { startTmux, type Terminal } from '../helpers/tmux.ts';

/** Types each mistake in a shell beside a real `lab learn`, and asserts that its screen names the cause. Each in a session of its own: what is left of one would be seen as the learner's in the next. */
const test = suite<{ engine: Engine; screens: Map<string, string | Error> }>('learn mistakes');

const run = promisify(execFile);
const mine = `typed${randomBytes(3).toString('hex')}`;
const size = { columns: 80, rows: 24 };
const only = process.env['MISTAKES'];
/** CI types these; `npm run test:full` all. */
const quick = ['scaled the client', 'container_name', 'a fixed port, and --scale'];
const wanted = learnMistakes.filter(({ id }) =>
  only === undefined ? repeats(1, 0) > 0 || quick.includes(id) : id.includes(only),
);

/** The words of a screen, where lines are broken between two of them. */
const words = (screen: string): string => screen.replace(/\s+/g, ' ');

/** What a mistake has left is removed, and the files are as `lab start` made them. */
const reset =
  "docker compose down -t 0 --remove-orphans >/dev/null 2>&1; rm -rf nginx/nginx.conf nginx.conf; cp -r ../../kept/$STACK/* .; clear; echo reset-do''ne";

interface Session {
  readonly learn: Terminal;
  readonly shell: Terminal;
}

async function typeMistake({ learn, shell }: Session, { typed, names, tryNext }: LearnMistake): Promise<string> {
  await shell.type(typed);
  try {
    // a cause is shown as soon as it is known; what helps can follow from a check that is looked at later
    return await learn.until((shown) => names.test(words(shown)) && tryNext.test(words(shown)));
  } catch (cause) {
    throw new Error(`${(cause as Error).message}\nThe shell:\n${await shell.screen()}`, { cause });
  } finally {
    await shell.type(`[ -f server.pid ] && kill $(cat server.pid); rm -f server.pid keys log; ${reset}`);
    await shell.until((shown) => /^reset-done$/m.test(shown) && /[#$]$/.test(shown));
  }
}

async function typeAll(engine: Engine, screens: Map<string, string | Error>): Promise<void> {
  const home = folder();
  const bin = folder({ lab: `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/src/cli/main.js')} "$@"\n` });
  const held = await holdPort(8190);
  await held.release();
  const env: NodeJS.ProcessEnv = { ...envFor(engine, folder()), NGINX_PORT: String(held.port) };
  const started = await runBin(['start', 'lab'], env, home);
  assert.is(started.exitCode, 0, started.stderr);
  cpSync(join(home, 'lab'), join(home, 'kept'), { recursive: true });
  const image = `${mine}:lab`;
  const compose = (dir: string, line: string) =>
    run('sh', ['-c', line.replaceAll('docker compose', engine.compose.line)], { cwd: dir, env });
  for (const stack of ['base', 'nginx'])
    writeFileSync(join(home, 'lab', stack, '.env'), `COMPOSE_PROJECT_NAME=${mine}${stack}\nFLASK_IMAGE=${image}\n`);
  try {
    await compose(join(home, 'lab', 'base'), 'docker compose build');
    for (const mistake of wanted) {
      const stack = mistake.at.startsWith('nginx/') ? 'nginx' : 'base';
      const dir = join(home, 'lab', stack);
      const progress = { version: 1, tutorial: 'compose-scale', current: mistake.at, steps: {} };
      mkdirSync(join(dir, '.labwright'), { recursive: true });
      writeFileSync(join(dir, '.labwright/progress.json'), JSON.stringify(progress));
      await using tmux = await startTmux({ ...env, STACK: stack, PATH: [bin, env['PATH']].join(delimiter) });
      const [learn, shell] = [await tmux.open(size, dir), await tmux.open({ columns: 120, rows: 40 }, dir)];
      await learn.type('lab learn');
      await learn.until((screen) => screen.startsWith(`${mistake.at}  `) && !screen.includes('Looking at'));
      screens.set(mistake.id, await typeMistake({ learn, shell }, mistake).catch((error: Error) => error));
    }
  } finally {
    for (const stack of ['base', 'nginx'])
      await compose(join(home, 'kept', stack), `docker compose -p ${mine}${stack} down -v -t 0 --remove-orphans`);
    await compose(home, `docker image rm -f ${image}`);
  }
}

test.before(async (context) => {
  context.engine = await readyEngine();
  context.screens = new Map();
  await typeAll(context.engine, context.screens).catch((error: unknown) => {
    // uvu shows no error of a hook
    console.log(error);
    throw error;
  });
});
test.after(async ({ engine }) => {
  await engine.api.close();
});

for (const { id, tryNext } of wanted)
  test(id, ({ screens }) => {
    const screen = screens.get(id);
    if (screen === undefined || screen instanceof Error) throw screen ?? new Error('not typed');
    if (only !== undefined) console.log(screen);
    assert.match(words(screen), tryNext, screen);
    assert.ok(screen.split('\n').length <= size.rows, screen);
  });

test('at least fifteen mistakes are typed', () => assert.ok(learnMistakes.length >= 15));

test.run();
