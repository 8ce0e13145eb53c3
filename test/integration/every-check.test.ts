// time limit: 900 s
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadMarkdown } from '../../src/authoring/markdown/load-tutorial.ts';
import { catalogue } from '../../src/checks/catalogue/index.ts';
import { clock } from '../../src/cli/clock.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import { runLabs } from '../../src/run/run.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** A tutorial in Markdown with every kind of check, on a real engine: each passes once, and fails once. */

const source = join(root, 'test/fixtures/every-check');
const page = readFileSync(join(source, 'tutorial.md'), 'utf8');
/** What the stack needs besides that of the second lab: a health check, and a client. */
const client =
  '  client: { image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity, networks: [backend, frontend] }\n\nnetworks:\n';

function tutorialFolder(): string {
  const dir = folder();
  cpSync(source, dir, { recursive: true });
  cpSync(join(assets, 'compose-scale/nginx'), join(dir, 'stack'), { recursive: true });
  const file = join(dir, 'stack/compose.yaml');
  const compose = readFileSync(file, 'utf8');
  const withCheck = compose.replace(
    '    image: redis:8.0\n',
    '    image: redis:8.0\n    healthcheck: { test: [CMD, redis-cli, ping], interval: 1s }\n',
  );
  writeFileSync(file, withCheck.replace('\nnetworks:\n', client));
  return dir;
}

/** Runs a lab: the outcome of each check, and what was seen of those that did not pass. */
async function run(
  engine: Engine,
  id: string,
  settleMs?: number,
): Promise<{ outcomes: Map<string, string>; notPassed: string[] }> {
  const { tutorial, findings } = await loadMarkdown(tutorialFolder());
  assert.equal(findings, []);
  assert.ok(tutorial);
  const state = folder();
  const outcomes = new Map<string, string>();
  const notPassed: string[] = [];
  let marks = 0;
  await runLabs({
    tutorial,
    labs: tutorial.labs.filter((lab) => lab.id === id),
    engine,
    homes: { state, cache: join(state, 'cache') },
    assets: '',
    env: process.env,
    runId: `every${process.pid}${id}`,
    clock,
    nonce: () => `every-${++marks}`,
    listen: (event) => {
      if (event.kind === 'step-finished' && event.reason) notPassed.push(`no check: ${event.reason.message.en}`);
      if (event.kind !== 'check-finished') return;
      const { result } = event;
      outcomes.set(result.id, result.outcome);
      if (result.outcome !== 'passed') notPassed.push(`${result.id} ${result.outcome}: ${JSON.stringify(result)}`.slice(0, 600));
    },
    signal: new AbortController().signal,
    timeoutMs: 300_000,
    ...(settleMs === undefined ? {} : { settleMs }),
    keep: false,
  });
  return { outcomes, notPassed };
}

/** The gates of labs/failover and labs/database make these pass and fail. */
const inGates = ['waits-for', 'volume', 'exited', 'restarted', 'replaced', 'load', 'load-report'];

test('the tutorial names every kind, as it is and as its opposite or with wrong parameters', () => {
  const [right = '', wrong = ''] = page.split('## Wrong');
  const lacks = (kind: string): boolean => !new RegExp(`^- ${kind}\\b(?!-)`, 'm').test(right);
  const neverFails = (kind: string): boolean =>
    !new RegExp(`^- not: (?:\\{ )?${kind}\\b(?!-)`, 'm').test(right) && !new RegExp(`^- ${kind}\\b(?!-)`, 'm').test(wrong);
  const names = catalogue.map(({ name }) => name).filter((name) => !inGates.includes(name));
  assert.equal(names.filter(lacks), []);
  // these two are judged in the second lab of the tutorial that ships, with a configuration that is wrong
  assert.equal(names.filter(neverFails), ['proxy-balances', 'access-log']);
});

test('every kind passes, and its opposite fails', async () => {
  const engine = await readyEngine();
  try {
    const { outcomes, notPassed } = await run(engine, 'all');
    assert.equal(notPassed, []);
    assert.ok(outcomes.size > 60, `${outcomes.size}`);
  } finally {
    await engine.api.close();
  }
});

test('kinds that make several checks fail where they are wrong, and what depends on one is skipped', async () => {
  const engine = await readyEngine();
  try {
    const { outcomes, notPassed } = await run(engine, 'wrong', 3000);
    assert.is(
      notPassed.find((one) => one.startsWith('no check')),
      undefined,
    );
    // the store may not accept connections yet: then it cannot be reached, which is what is claimed
    outcomes.delete('client-cannot-reach-store');
    const of = (outcome: string) => [...outcomes].flatMap(([id, one]) => (one === outcome ? [id] : [])).sort();
    assert.equal(of('failed'), [
      'client-cannot-resolve-store',
      'conf-is-mounted-read-only',
      'conf-is-the-same-file',
      'containers-are-gone',
      'curl-meets-all-2',
      'networks-are-gone',
      'ping-meets-all-2',
      'store-image-is-from-its-dockerfile',
      'store-is-ready',
    ]);
    assert.equal(of('errored'), []);
    assert.ok(of('skipped').includes('each-store-answers'), of('skipped').join());
  } finally {
    await engine.api.close();
  }
});

test.run();
