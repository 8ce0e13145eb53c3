// time limit: 900 s
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import { holdPort } from '../../src/platform/port.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { besideBystander } from '../helpers/bystander.ts';
import { checksOf } from '../helpers/counts.ts';
import { folder } from '../helpers/folder.ts';
import { judgedOtherwise } from '../helpers/judged-again.ts';
import { namedAfter } from '../helpers/kill.ts';

const test = besideBystander('run');

interface Report {
  runId: string;
  outcome: string;
  totals: Record<string, number>;
  labs: {
    id: string;
    outcome: string;
    steps: {
      id: string;
      commands: { line: string; exitCode: number }[];
      checks: { id: string; outcome: string; evidence: unknown }[];
    }[];
  }[];
}
/** The resources left by runs with this state folder. */
const left = async (engine: Engine, state: string) => {
  const { stdout, exitCode } = await runBin(['clean', '--dry-run', '--json'], envFor(engine, state));
  assert.is(exitCode, 0);
  return JSON.parse(stdout) as Record<string, string[]>;
};
const nothing = { containers: [], networks: [], volumes: [], images: [], files: [] };

test('the whole tutorial passes, its report is valid, and nothing is left', async ({ engine }) => {
  const state = folder();
  const out = join(folder(), 'report.json');
  const { exitCode, stdout, stderr } = await runBin(
    ['run', '--reporter', 'terminal', '--reporter', 'json', '--out', out],
    envFor(engine, state),
  );
  assert.is(exitCode, 0, stdout + stderr);
  assert.match(
    stdout,
    new RegExp(`\\nPassed: 5 labs, ${checksOf()} checks, in [^\\n]+\\.\\nTo type the commands yourself: lab start\\n$`),
  );
  assert.ok(checksOf() >= 40);
  assert.not.ok(stdout.includes('\u001b'));

  const report = JSON.parse(readFileSync(out, 'utf8')) as Report;
  const validate = new Ajv2020({ strict: false, logger: false }).compile(
    JSON.parse(readFileSync(join(assets, 'report.schema.json'), 'utf8')),
  );
  assert.ok(validate(report), JSON.stringify(validate.errors));
  assert.is(report.outcome, 'passed');
  assert.equal(
    report.labs.map((lab) => lab.id),
    ['setup', 'scale', 'balance', 'cleanup', 'nginx'],
  );
  assert.equal(report.totals, { passed: checksOf(), failed: 0, skipped: 0, errored: 0 });
  assert.equal(judgedOtherwise(report, composeScale), []);
  const lines = report.labs.flatMap((lab) => lab.steps.flatMap((step) => step.commands.map((command) => command.line)));
  for (const words of ['up -d --scale flask=3', 'exec client curl -sS flask:5000', 'stop', 'rm -f', 'restart nginx', 'down']) {
    assert.ok(lines.includes(`${engine.compose.line} ${words}`), `${words} is not among\n${lines.join('\n')}`);
  }
  assert.equal(await left(engine, state), nothing);
  assert.equal(await namedAfter(engine, report.runId), []);
  assert.equal(readdirSync(join(state, 'labwright', 'runs')), []);
});

/** A server on this port, as soon as no run of another test has it. */
async function listenOn(port: number): Promise<AsyncDisposable> {
  for (;;) {
    const held = await holdPort(port);
    if (held.port === port) {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      return {
        async [Symbol.asyncDispose]() {
          server.close();
          await held.release();
        },
      };
    }
    await held.release();
    await setTimeout(100);
  }
}

test('with port 8000 in use, two runs at the same time both pass, on other ports', async ({ engine }) => {
  await using _server = await listenOn(8000);
  const runs = await Promise.all([0, 1].map(() => runBin(['run', 'nginx', '--verbose'], envFor(engine, folder()))));
  for (const { exitCode, stdout, stderr } of runs) assert.is(exitCode, 0, stdout + stderr);
  const ports = runs.map(({ stdout }) => /127\.0\.0\.1:(\d+)→80/.exec(stdout)?.[1]);
  assert.is.not(ports[0], ports[1]);
  for (const [at, port] of ports.entries())
    assert.match(runs[at]?.stdout ?? '', new RegExp(`port 8000 is taken: this run uses (?!8000)${port}\\b`));
});

test('a single lab runs the labs that it needs first; a state folder with spaces and 中文, behind a symbolic link, works', async ({
  engine,
}) => {
  const dir = folder({ '我的 課程/a b.txt': '' });
  symlinkSync(join(dir, '我的 課程'), join(dir, '連結'));
  const state = join(dir, '連結', 'state 狀態');
  const { exitCode, stdout, stderr } = await runBin(
    ['run', 'balance', '--lang', 'zh-TW'],
    envFor(engine, state),
    join(dir, '我的 課程'),
  );
  assert.is(exitCode, 0, stdout + stderr);
  assert.match(stdout, new RegExp(`通過：2 個單元、${checksOf('setup') + checksOf('balance')} 項檢查`));
  assert.equal(await left(engine, state), nothing);
});

test('--step waits for Enter between steps; Ctrl-C at that moment removes everything', async ({ engine }) => {
  const state = folder();
  const { CI: _, ...env } = envFor(engine, state);
  const line = `'${process.execPath}' '${join(root, 'dist/src/cli/main.js')}' run setup --step`;
  // a real terminal
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...env, TERM: 'xterm' } });
  let shown = '';
  const until = async (text: string) => {
    for await (const chunk of on(child.stdout.setEncoding('utf8'), 'data', { close: ['end'] })) {
      shown += chunk;
      if (shown.includes(text)) return;
    }
    throw new Error(`ended without “${text}”:\n${shown}`);
  };
  const ended = once(child, 'exit');
  await until('Enter: Start the three services');
  assert.not.match(shown, 'up -d');
  child.stdin.write('\r');
  await until('Enter: Services find each other by name');
  assert.match(shown, 'compose up -d');
  child.stdin.write('\x03');
  await until('E_INTERRUPTED');
  const [exitCode] = await ended;
  assert.is(exitCode, 130, shown);
  assert.equal(await left(engine, state), nothing);
});

test("resources kept by --keep are reported, found and removed; a user's image and container made from the run's image are not, although they inherit its labels", async ({
  engine,
}) => {
  const state = folder();
  const { exitCode, stdout } = await runBin(['run', 'setup', '--keep'], envFor(engine, state));
  assert.is(exitCode, 0);
  assert.match(stdout, /kept \(--keep\): [\s\S]*`lab clean`\s+removes\s+it\s+all/);
  const found = await left(engine, state);
  assert.is(found['containers']?.length, 3);
  assert.is(found['networks']?.length, 1);
  assert.is(found['images']?.length, 1);
  assert.is(found['files']?.length, 1);
  const theirs = `theirs-${process.pid}`;
  const [flask = ''] = found['images'] ?? [];
  const [repo, tag] = [theirs, 'latest'];
  const made = await engine.api.post<{ Id: string }>(
    '/containers/create',
    { name: `${theirs}-source` },
    { Image: flask, Cmd: ['true'] },
  );
  await engine.api.post('/commit', { container: made?.Id, repo, tag });
  const other = await engine.api.post<{ Id: string }>(
    '/containers/create',
    { name: theirs },
    { Image: `${repo}:${tag}`, Cmd: ['true'] },
  );
  try {
    const cleaned = await runBin(['clean'], envFor(engine, state));
    assert.is(cleaned.exitCode, 3, "the run's image is in use by a container of theirs");
    await engine.api.delete(`/containers/${made?.Id}`, { force: true });
    assert.is((await runBin(['clean'], envFor(engine, state))).exitCode, 0);
    const [inspected, image] = await Promise.all([
      engine.api.get<{ Name: string }>(`/containers/${other?.Id}/json`),
      engine.api.get<{ RepoTags: string[] }>(`/images/${repo}:${tag}/json`),
    ]);
    assert.is(inspected.Name, `/${theirs}`);
    assert.equal(image.RepoTags, [`${repo}:${tag}`]);
  } finally {
    for (const one of [made, other]) await engine.api.delete(`/containers/${one?.Id}`, { force: true }).catch(() => undefined);
    await engine.api.delete(`/images/${repo}:${tag}`);
  }
  assert.equal(await left(engine, state), nothing);
  assert.is((await runBin(['clean'], envFor(engine, state))).stdout, 'nothing is left behind\n');
});

test('an unknown lab is a usage error that lists the known labs', async ({ engine }) => {
  const { exitCode, stdout, stderr } = await runBin(['run', 'blance'], envFor(engine, folder()));
  assert.is(exitCode, 2);
  assert.is(stdout, '');
  assert.is(
    stderr,
    'error E_LAB_UNKNOWN: compose-scale has no lab "blance"\nhint: did you mean balance? its labs: setup, scale, balance, cleanup, nginx\n',
  );
});

test('an engine that does not respond: E_ENGINE_UNREACHABLE, exit 3', async ({ engine }) => {
  const { exitCode, stderr } = await runBin(['run'], { ...envFor(engine, folder()), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
  assert.is(exitCode, 3);
  assert.match(stderr, /^error E_ENGINE_UNREACHABLE: .*unix:\/\/\/nowhere\/docker\.sock/);
});

test.run();
