// time limit: 420 s
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { type Started, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner } from '../helpers/learner.ts';

/** When live mode shows why a claim is not true. */
const test = suite<{ engine: Engine }>('learn: reasons');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

const edit = (me: Learner, path: string, from: string, to: string) => {
  const text = readFileSync(join(me.dir, path), 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(join(me.dir, path), text.replace(from, to));
};

/** A learner whose images are built, and `lab learn` at the step that starts the stack. */
async function atUp(engine: Engine, stack: 'base' | 'nginx', over: Readonly<Record<string, string>> = {}) {
  const me = await learner(engine, stack, over);
  await me.type('docker compose build');
  const session = startBin(['learn', '--follow', '--reporter', 'ndjson'], me.env, me.dir);
  if (stack === 'base') {
    // the images exist already: a build is the learner's work nevertheless
    await session.until('"kind":"step-began","step":"setup/build"');
    await me.type('docker compose build');
  }
  await session.until(`"kind":"step-began","step":"${stack === 'base' ? 'setup/up' : 'nginx/up'}"`);
  return { me, session };
}

const end = async ({ me, session }: { readonly me: Learner; readonly session: Started }) => {
  session.child.kill('SIGKILL');
  await me.remove();
};

/** Types the command, and waits until the session names this reason in a line that says that the look has not ended. */
async function namedEarly({ me, session }: { me: Learner; session: Started }, line: string, reason: RegExp): Promise<void> {
  await me.type(line);
  await session.until(new RegExp(`${reason.source}.*"early":true`));
}

test('an app that listens on another port, or on 127.0.0.1, is named before the look ends; corrected, the step passes', async ({
  engine,
}) => {
  const at = await atUp(engine, 'base');
  try {
    edit(at.me, 'compose.yaml', '  flask:\n', '  flask:\n    command: flask run\n');
    await namedEarly(at, 'docker compose up -d', /flask listens on 127\.0\.0\.1:5000 only \(compose\.yaml:4\)/);
    edit(at.me, 'compose.yaml', 'command: flask run', 'command: flask run --host 0.0.0.0 --port 8080');
    await namedEarly(at, 'docker compose up -d', /flask listens on port 8080 \(compose\.yaml:4\), not on 5000/);
    edit(at.me, 'compose.yaml', '    command: flask run --host 0.0.0.0 --port 8080\n', '');
    await at.me.type('docker compose up -d');
    await at.session.until('"kind":"step-passed","step":"setup/up"');
  } finally {
    await end(at);
  }
});

test('an app that ends and is started again is named while Docker starts it', async ({ engine }) => {
  const at = await atUp(engine, 'base');
  try {
    edit(at.me, 'compose.yaml', '  flask:\n', '  flask:\n    restart: always\n    command: sh -c "sleep 1; exit 3"\n');
    // when the look sees it between two starts, it has an exit code; while it runs again, it has none
    await namedEarly(
      at,
      'docker compose up -d',
      /exited with code 3|its command `sh [^`]*` \(compose\.yaml:5\) ended, and was started again/,
    );
  } finally {
    await end(at);
  }
});

test('`docker compose up` without -d passes the step, with a note that its terminal is occupied', async ({ engine }) => {
  const at = await atUp(engine, 'base');
  const attached = at.me.type('docker compose up').catch(() => undefined);
  try {
    await at.session.until('"kind":"step-passed","step":"setup/up"');
    await at.session.until(
      '"kind":"note","text":"`docker compose up` without `-d` occupies its terminal, and Ctrl-C there stops',
    );
  } finally {
    await end(at);
    await attached;
  }
});

test('nginx is not up while it still looks up a name that does not exist, and the name is named', async ({ engine }) => {
  const held = await holdPort(8000);
  const at = await atUp(engine, 'nginx', { NGINX_PORT: String(held.port) });
  try {
    edit(at.me, 'nginx/nginx.conf', 'flask:5000', 'flsk:5000');
    await at.me.type('docker compose up -d');
    // it ends as soon as its name server, or a time limit, says that there is no such name
    await at.session.until('exited with code 1; nginx/nginx.conf:5: no service has the name `flsk`');
    at.session.child.kill('SIGTERM');
    const { stdout } = await at.session.ended;
    assert.not.match(stdout, '"kind":"step-passed"');
    assert.not.match(stdout, /"check":"nginx-publishes-its-port"[^\n]*"mark":"passed"/);
  } finally {
    await end(at);
    await held.release();
  }
});

test.run();
