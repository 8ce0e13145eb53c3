// time limit: 400 s
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { type BeginnerMistake, beginnerMistakes } from '../fixtures/beginner-mistakes.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';

/** Types each mistake in a shell, in a folder that `lab start` made, and asserts that the first failure that `lab verify` reports names the cause. */
const test = suite<{ engine: Engine; image: string; seen: Map<string, Seen | Error> }>('beginner mistakes');

interface Seen {
  /** Of the last command that was typed. */
  readonly exitCode: number;
  readonly output: string;
  /** What `lab verify` printed first: what was seen, and what to try next. */
  readonly saw: string;
  readonly tryNext: string;
  readonly report: string;
}

const together = 4;
const mine = `mistake${randomBytes(3).toString('hex')}`;

interface Shell {
  readonly exitCode: number;
  readonly output: string;
}
const sh = (line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Shell> =>
  new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd, env, timeout: 90_000 }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, output: stdout + stderr }),
    );
  });

/** The first failure of a report: the lines after `saw` and `try next`, or those of an error. */
function firstFailure({ stdout, stderr }: { stdout: string; stderr: string }): Pick<Seen, 'saw' | 'tryNext'> {
  const after = (label: RegExp, text: string) => label.exec(text)?.[1]?.trim() ?? '';
  if (stderr.startsWith('error ')) return { saw: after(/^error (.*)$/m, stderr), tryNext: after(/^hint: (.*)$/m, stderr) };
  return { saw: after(/^ +saw +(.*)$/m, stdout), tryNext: after(/^ +try next +(.*)$/m, stdout) };
}

async function tryMistake(engine: Engine, image: string, mistake: BeginnerMistake, number: number): Promise<Seen> {
  const home = folder();
  const state = folder();
  const env = { ...envFor(engine, state) };
  const started = await runBin(['start', 'lab'], env, home);
  assert.is(started.exitCode, 0, started.stderr);
  const held = await holdPort(8100 + number);
  await held.release();
  const own = mistake.builds ? `${mine}-${number}:lab` : image;
  for (const stack of ['base', 'nginx'])
    writeFileSync(
      join(home, 'lab', stack, '.env'),
      `COMPOSE_PROJECT_NAME=${mine}${number}${stack}\nNGINX_PORT=${held.port}\nFLASK_IMAGE=${own}\n`,
    );
  const dir = join(home, 'lab', mistake.in);
  const shell = { ...env, NGINX_PORT: String(held.port) };
  try {
    if (mistake.before) {
      const before = await sh(mistake.before, dir, shell);
      assert.is(before.exitCode, 0, `${mistake.id}: ${before.output}`);
    }
    const typed = await sh(mistake.typed, dir, shell);
    const looked = await runBin(['verify', ...(mistake.verify?.split(' ') ?? [])], env, dir);
    return { ...typed, ...firstFailure(looked), report: looked.stdout + looked.stderr };
  } finally {
    await sh('[ -f server.pid ] && kill $(cat server.pid)', dir, env);
    for (const stack of ['base', 'nginx']) {
      const project = `${mine}${number}${stack}`;
      // the Compose file may be invalid
      await sh(
        `docker rm -f -v $(docker ps -aq -f label=com.docker.compose.project=${project}); docker network rm $(docker network ls -q -f label=com.docker.compose.project=${project})`,
        home,
        env,
      );
    }
    if (mistake.builds) await sh(`docker image rm -f ${own}`, home, env);
  }
}

const only = process.env['MISTAKES'];
/** CI makes every third. */
const wanted = beginnerMistakes.filter(({ id }, at) => (only === undefined ? at % repeats(1, 3) === 0 : id.includes(only)));

test.before(async (context) => {
  context.engine = await readyEngine();
  context.image = `${mine}:lab`;
  const env = { ...envFor(context.engine, folder()) };
  const home = folder();
  await runBin(['start', 'lab'], env, home);
  const built = await sh(`FLASK_IMAGE=${context.image} docker compose build`, join(home, 'lab', 'base'), env);
  assert.is(built.exitCode, 0, built.output);
  const queue = wanted.entries();
  context.seen = new Map();
  const work = async () => {
    for (const [number, mistake] of queue)
      context.seen.set(
        mistake.id,
        await tryMistake(context.engine, context.image, mistake, number).catch((error: Error) => error),
      );
  };
  await Promise.all(Array.from({ length: together }, work));
});
test.after(async ({ engine, image }) => {
  await sh(`docker image rm -f ${image}`, '/', envFor(engine, folder()));
  await engine.api.close();
});

for (const { id, names, tryNext, typed, refused } of wanted)
  test(id, ({ seen }) => {
    const found = seen.get(id);
    if (!found || found instanceof Error) throw found ?? new Error('not typed');
    if (only !== undefined) console.log(found.report, found.output);
    if (refused) assert.is.not(found.exitCode, 0, found.output);
    assert.match(found.saw, names, found.report);
    assert.match(found.tryNext, tryNext, found.report);
    const failed = typed.split(/; |&& /).at(-1);
    if (refused) assert.is.not(found.tryNext, failed, 'what to try next is the command that just failed');
  });

test('at least fifteen mistakes are typed', () => assert.ok(beginnerMistakes.length >= 15));

test.run();
