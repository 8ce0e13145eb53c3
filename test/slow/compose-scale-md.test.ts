// time limit: 600 s
// only with test:full
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gate } from '../../labs/compose-scale/cases/index.ts';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { tryGate } from '../../src/authoring/gate/gate.ts';
import { loadMarkdown } from '../../src/authoring/markdown/load-tutorial.ts';
import { clock } from '../../src/cli/clock.ts';
import type { Engine } from '../../src/docker/engine.ts';
import type { Tutorial } from '../../src/lab/tutorial.ts';
import { assets } from '../../src/platform/package-root.ts';
import { runLabs } from '../../src/run/run.ts';
import { markdownComposeScale } from '../fixtures/compose-scale-md.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** The chapter in Markdown on a real engine: each check has the outcome that it has in TypeScript, for the solution and for mistakes. */

let engine: Engine;
let tutorial: Tutorial;
test.before(async () => {
  engine = await readyEngine();
  const loaded = await loadMarkdown(markdownComposeScale());
  assert.ok(loaded.tutorial, JSON.stringify(loaded.findings));
  tutorial = loaded.tutorial;
});
test.after(async () => engine.api.close());

const warnings: string[] = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

let runs = 0;
function contextOf(name: string) {
  const state = folder();
  const id = `${name}${process.pid}x${++runs}n`;
  let marks = 0;
  return {
    ...{ engine, assets, env: process.env, clock, signal: new AbortController().signal },
    homes: { state, cache: state },
    nonce: () => `${id}-${++marks}`,
    id,
  };
}

/** The outcome of each check, by lab, step and check. */
async function outcomesOf(one: Tutorial): Promise<Readonly<Record<string, string>>> {
  const { id, ...context } = contextOf('mdrun');
  const outcomes: Record<string, string> = {};
  await runLabs({
    ...context,
    ...{ tutorial: one, labs: one.labs, runId: id, timeoutMs: 240_000, keep: false },
    listen: (event) => {
      if (event.kind === 'check-finished') outcomes[`${event.lab}/${event.step}/${event.result.id}`] = event.result.outcome;
    },
  });
  return outcomes;
}

test('each check of the solution has the same outcome in Markdown and in TypeScript', async () => {
  const inMarkdown = await outcomesOf(tutorial);
  const inTypeScript = await outcomesOf(composeScale);
  assert.equal(Object.entries(inMarkdown).sort(), Object.entries(inTypeScript).sort());
  assert.equal([...new Set(Object.values(inMarkdown))], ['passed']);
  assert.ok(Object.keys(inMarkdown).length > 80, `${Object.keys(inMarkdown).length}`);
});

/** A mistake for each kind of check that has parameters, or other needs, than those of the catalogue alone. */
const only = [
  ...['published-a-port', 'second-network', 'nobody-talked', 'alias-on-redis', 'restarted-redis', 'pinged-before-scaling'],
  ...['asked-before-scaling', 'down-in-place-of-rm', 'conf-writable', 'logs-read-only', 'nothing-restarted'],
  ...['removed-but-the-networks', 'logs-deleted'],
];

test('each mistake fails the same check, with the same message, in Markdown and in TypeScript', async () => {
  const { id, ...context } = contextOf('mdgate');
  let cases = 0;
  const results = await tryGate({
    ...context,
    ...{ tutorial, gate, only, jobs: 2, runId: () => `${id}${++cases}`, onResult: () => undefined },
  });
  assert.equal(
    results.flatMap((one) => (one.surprise ? [`${one.id}: ${one.surprise.en}`] : [])),
    [],
  );
  assert.is(results.length, only.length);
});

test('runs and cases of a gate leave no listener at the signal that they share', () => assert.equal(warnings, []));

test.run();
