// time limit: 900 s
// alone
// only with test:full
import { setTimeout as pause } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { type GenerationName, generations } from '../fixtures/generations.ts';
import { runBin } from '../helpers/bin.ts';
import { besideBystander } from '../helpers/bystander.ts';
import { checksOf } from '../helpers/counts.ts';
import { onGeneration } from '../helpers/generation.ts';
import { killAtRandom } from '../helpers/kill.ts';
import { run } from '../helpers/own-engine.ts';

/** Runs the whole tutorial on older and newer engines, each started beside the usual one. */
const test = besideBystander('other generations');

const docker = (engine: Engine, ...args: readonly string[]): string => run(engine.compose.env, 'docker', ...args);

/** Starts a web server on an engine. It ends by itself after 15 minutes. Returns its ID and its published address. */
function serve(engine: Engine): { id: string; address: string } {
  const nginx = ['timeout', '900', 'nginx', '-g', 'daemon off;'];
  const id = docker(engine, 'run', '-d', '--rm', '--init', '-p', '127.0.0.1::80', 'nginx:1.26', ...nginx);
  return { id, address: docker(engine, 'port', id, '80/tcp') };
}

async function isServed(address: string): Promise<void> {
  const until = performance.now() + 10_000;
  const ask = () => fetch(`http://${address}/`, { signal: AbortSignal.timeout(2000) }).then(({ status }) => status, String);
  let answer = await ask();
  while (answer !== 200 && performance.now() < until) {
    await pause(50);
    answer = await ask();
  }
  assert.is(answer, 200);
}

/** The IDs of all resources on an engine. */
async function inventory({ api }: Engine): Promise<Record<string, readonly string[]>> {
  const ids = async (path: string) => (await api.get<{ Id: string }[]>(path, { all: true })).map(({ Id }) => Id).sort();
  const volumes = (await api.get<{ Volumes: { Name: string }[] | null }>('/volumes')).Volumes ?? [];
  return {
    containers: await ids('/containers/json'),
    networks: await ids('/networks'),
    images: await ids('/images/json'),
    volumes: volumes.map(({ Name }) => Name),
  };
}

/** The rules that Engine 28 adds to the raw table do not contain the name of an engine, so all rules are compared. */
const rawRules = (): string => run({}, 'iptables', '-t', 'raw', '-S');

for (const [name, { engine: version, compose, composeLine }] of Object.entries(generations)) {
  test(`Engine ${name}: the tutorial passes, \`lab clean\` removes killed runs, and nothing is left`, async ({
    engine: usual,
  }) => {
    const rules = rawRules();
    const otherServer = serve(usual);
    try {
      await isServed(otherServer.address);
      await onGeneration(name as GenerationName, async ({ engine, env, crash }) => {
        await isServed(otherServer.address);
        assert.match(engine.version, version);
        assert.is(engine.compose.line, composeLine);
        assert.match(engine.compose.version, compose);

        const before = await inventory(engine);
        const { exitCode, stdout, stderr } = await runBin(['run', '--reporter', 'json'], env);
        assert.is(exitCode, 0, stderr + stdout);
        const report = JSON.parse(stdout) as { totals: object; engine: { version: string; compose: string } };
        assert.equal(report.totals, { passed: checksOf(), failed: 0, skipped: 0, errored: 0 });
        assert.equal([report.engine.version, report.engine.compose], [engine.version, engine.compose.version]);
        assert.equal(await inventory(engine), before);

        await killAtRandom(engine, 2, 15_000);

        await isServed(serve(engine).address);
        await crash();
      });
      await isServed(otherServer.address);
    } finally {
      docker(usual, 'rm', '-f', otherServer.id);
    }
    assert.is(rawRules(), rules);
  });
}

test.run();
