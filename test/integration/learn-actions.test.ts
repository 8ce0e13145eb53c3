// time limit: 300 s
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { type Started, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner, tenTimes } from '../helpers/learner.ts';

const test = suite<{ engine: Engine }>('what counts as done in lab learn');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** A learner whose stack runs, and `lab learn` at a step. */
async function atStep(engine: Engine, stack: 'base' | 'nginx', step: string, lines: readonly string[], over = {}) {
  const me = await learner(engine, stack, over);
  await me.type('docker compose build && docker compose up -d');
  for (const line of lines) await me.type(line);
  const [lab = ''] = step.split('/');
  await mkdir(join(me.dir, '.labwright'));
  const progress = { version: 1, tutorial: 'compose-scale', current: step, steps: passedBefore(step) };
  await writeFile(join(me.dir, '.labwright', 'progress.json'), JSON.stringify(progress));
  const session = startBin(['learn', lab, '--follow', '--reporter', 'ndjson'], me.env, me.dir);
  await session.until(`"kind":"step-began","step":"${step}"`);
  return { me, session };
}

const entry = { outcome: 'passed', at: '2026-01-01T08:00:00Z', hints: 0, solutionShown: false, performed: false };
const passedBefore = (step: string) => {
  const keys = composeScale.labs.flatMap((lab) => lab.steps.map(({ id }) => `${lab.id}/${id}`));
  return Object.fromEntries(keys.slice(0, keys.indexOf(step)).map((key) => [key, entry]));
};

async function end({ me, session }: { readonly me: Learner; readonly session: Started }) {
  session.child.kill('SIGKILL');
  await me.remove();
}

const failing = (me: Learner, line: string) => me.type(line).catch(() => undefined);

test('only commands that succeeded count, of this project: not one that is absent, no request to a port that nothing listens on, and none of another container', async ({
  engine,
}) => {
  const at = await atStep(engine, 'base', 'setup/talk', ['docker compose restart flask']);
  const { me, session } = at;
  const stranger = `stranger${process.pid}`;
  try {
    await me.type(`docker run -d --rm --init --name ${stranger} redis:8.0`);
    await me.type(`docker exec ${stranger} true ping -c 1 flask && docker exec ${stranger} true curl flask:5000`);
    // flask has no ping, and nothing listens on its port 80
    await failing(me, 'docker compose exec -T flask nosuchping flask; docker compose exec -T flask ping -c 1 flask');
    await failing(me, 'docker compose exec -T client curl -sS flask');
    await session.until('`curl -sS flask` failed with exit code 7');
    await me.type('docker compose exec -T client ping -c 1 flask');
    await session.until('"check":"flask-was-pinged","claim":"flask was pinged from a container","mark":"passed"');
    await me.type('docker compose exec -T client curl -sS flask:5000 --retry 60 --retry-delay 1 --retry-connrefused');
    await session.until('"kind":"step-passed","step":"setup/talk"');
    session.child.kill('SIGTERM');
    const lines = (await session.ended).stdout.split('\n');
    const passedAt = (check: string) =>
      lines.findIndex((line) => line.includes(`"check":"${check}"`) && /"mark":"passed"/.test(line));
    const typedAt = (what: string) => lines.findIndex((line) => line.includes(`"what":"client: ${what}`));
    assert.ok(passedAt('flask-was-pinged') > typedAt('ping -c 1 flask'), lines.join('\n'));
    assert.ok(passedAt('flask-was-asked') > typedAt('curl -sS flask:5000'), lines.join('\n'));
  } finally {
    await me.type(`docker rm -f ${stranger}`);
    await end(at);
  }
});

test('one ping, or requests on one connection, show one replica: several pings and requests pass', async ({ engine }) => {
  const three = 'docker compose up -d --scale flask=3';
  const at = await atStep(engine, 'base', 'balance/ping', [three]);
  const { me, session } = at;
  try {
    await me.type('docker compose exec -T client ping -i 0.2 -c 10 flask');
    await session.until('1 of 3 pings so far: a `ping` command looks the name up once, and reaches 1 of 3 addresses');
    // the same words with another number are not printed again
    for (let n = 0; n < 2; n++) await me.type('docker compose exec -T client ping -c 1 flask');
    await session.until('"kind":"step-passed","step":"balance/ping"');
    await me.type('docker compose exec -T client curl -sS flask:5000/?[1-5]');
    await session.until('5 requests logged so far, by 1 of 3 replicas');
    await me.type(tenTimes('curl -sS flask:5000'));
    await session.until('"kind":"step-passed","step":"balance/curl"');
    session.child.kill('SIGTERM');
    const { stdout } = await session.ended;
    // each is shown before its step passes
    assert.match(stdout, /1 of 3 pings[\s\S]*"step-passed","step":"balance\/ping"/);
    assert.match(stdout, /5 requests logged so far, by 1 of 3[\s\S]*"step-passed","step":"balance\/curl"/);
    const passed = /"check":"flask-was-asked-3-times"[^\n]*"mark":"passed","seen":"([^"]*)"/.exec(stdout);
    assert.match(passed?.[1] ?? '', /^\d+ requests logged so far, by [23] of 3 replicas$/, stdout);
  } finally {
    await end(at);
  }
});

test('what is typed in a shell that is open cannot be seen', async ({ engine }) => {
  const at = await atStep(engine, 'base', 'setup/talk', []);
  const { me, session } = at;
  try {
    // the shell's input begins when something is written to the pipe
    const typed = me.type(
      'mkfifo go; (cat go; echo ping -c 1 flask; echo curl -sS flask:5000) | docker compose exec -T client sh',
    );
    await session.until('a shell is open in client: what is typed in it cannot be seen before it ends');
    await me.type('echo : >go');
    await typed;
    await session.until('"kind":"step-passed","step":"setup/talk"');
  } finally {
    await end(at);
  }
});

test('an answer of the proxy alone is no request that the app received; the reason names why', async ({ engine }) => {
  const held = await holdPort(0);
  const port = { NGINX_PORT: String(held.port) };
  const at = await atStep(engine, 'nginx', 'nginx/single', ['docker compose stop flask'], port);
  const { me, session } = at;
  try {
    const page = 'curl -sS -o /dev/null -w "%{http_code}" $(docker compose port nginx 80)';
    assert.match(await me.type(page), /^50[24]$/);
    await session.until(
      '"check":"nginx-was-asked","claim":"flask received a request through nginx","mark":"waiting","seen":"flask is not running',
    );
    await me.type('docker compose start flask && docker compose restart nginx');
    // on a busy machine the app accepts no request yet: only one of these reaches it
    await me.type('curl -sS --retry 60 --retry-delay 1 $(docker compose port nginx 80)');
    await session.until('"kind":"step-passed","step":"nginx/single"');
    session.child.kill('SIGTERM');
    const { stdout } = await session.ended;
    const passed = /"check":"nginx-was-asked"[^\n]*"mark":"passed","seen":"([^"]*)"/.exec(stdout);
    assert.is(passed?.[1], 'one request logged so far', stdout);
  } finally {
    await end(at);
    await held.release();
  }
});

test('a step that was resumed after its work begins again when the state before it is seen', async ({ engine }) => {
  const at = await atStep(engine, 'base', 'scale/in', []);
  const { me, session } = at;
  try {
    await session.until('this step begins with more than 1: scale out first');
    await me.type('docker compose up -d --scale flask=3');
    // three seconds: a state that is gone before a look has ended is not seen
    await me.type('docker compose exec -T client ping -c 4 flask');
    await me.type('docker compose up -d --scale flask=1');
    await session.until('"kind":"step-passed","step":"scale/in"');
  } finally {
    await end(at);
  }
});

test('what cannot be undone in a step is said, with the key that sets it up again; lab verify does not pass it', async ({
  engine,
}) => {
  const at = await atStep(engine, 'base', 'scale/out', []);
  const { me, session } = at;
  try {
    await me.type('docker compose restart redis-server');
    await me.type('docker compose up -d --scale flask=3');
    await session.until('this cannot be undone in this step: press r to set the step up again');
    const { exitCode, stdout } = await me.verify(['scale/out']);
    assert.is(exitCode, 1, stdout);
    session.child.kill('SIGTERM');
    assert.match((await session.ended).stdout, /You restarted redis-server at \d\d:\d\d:\d\d; this cannot be undone/);
  } finally {
    await end(at);
  }
});

test.run();
