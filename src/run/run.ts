import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import type { Homes } from '../engine/homes.ts';
import { type HeldPort, holdPort } from '../engine/port.ts';
import type { Listener } from '../lab/event.ts';
import { text } from '../lab/text.ts';
import type { Lab, Tutorial } from '../lab/tutorial.ts';
import type { Outcome } from '../lab/verdict.ts';
import type { Clock } from './clock.ts';
import { inTheirWords } from './compose-words.ts';
import { removeEntry, runDir, tryRunLock, writeEntry } from './journal.ts';
import { perform, type Site, type Tell, telling } from './sequencer.ts';
import { openStack } from './stack.ts';
import { countLeft, quietMs, removeRun } from './teardown.ts';
import { copyStack } from './workspace.ts';
import { observe } from './world.ts';

export interface Running {
  readonly tutorial: Tutorial;
  readonly labs: readonly Lab[];
  readonly engine: Engine;
  readonly homes: Homes;
  /** The tutorials' files. */
  readonly assets: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Short, of `a-z0-9`, never used before. */
  readonly runId: string;
  readonly clock: Clock;
  /** A mark no earlier request carried. */
  nonce(): string;
  readonly listen: Listener;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Leave the stacks as they are at the end. */
  readonly keep: boolean;
}

/**
 * Performs labs on an engine, in a folder and projects of its own, and removes all of it again. Resolves to the outcome.
 * Rejects with the signal's reason when aborted (after removing everything), with a LabError if something of it stays.
 */
export async function runLabs(running: Running): Promise<Outcome> {
  const { engine, homes, runId, tutorial, labs, clock } = running;
  const tell = telling(inTheirWords(running.listen, engine.compose.line), clock);
  const startedMs = clock.now();
  const dir = runDir(homes, runId);
  const lock = await tryRunLock(homes, runId);
  if (!lock) throw new Error(`the run ${runId} is under way already`);
  const ports: HeldPort[] = [];
  await writeEntry(homes, { id: runId, startedAt: clock.time(), endpoint: engine.api.endpoint, dir });
  tell({
    kind: 'run-started',
    runId,
    tutorial: tutorial.id,
    title: tutorial.title,
    engine: {
      kind: engine.kind,
      version: engine.version,
      apiVersion: engine.api.apiVersion,
      compose: engine.compose.version,
      composeLine: engine.compose.line,
      host: engine.api.endpoint.host,
    },
    startedAt: clock.time(),
    plan: labs.map((lab) => ({ lab: lab.id, title: lab.title, steps: lab.steps.length })),
  });
  let outcome: Outcome = 'errored';
  let failure: { readonly error: unknown } | undefined;
  try {
    outcome = await perform({ ...running, site: siteMaker(running, dir, ports, tell), listen: tell });
  } catch (error) {
    failure = { error };
  }
  try {
    await tidy({ ...running, keep: running.keep && !failure }, dir, tell, failure !== undefined);
  } catch (error) {
    // That something of ours is left is worse news than why the run ended.
    failure = { error };
  } finally {
    await Promise.all([lock, ...ports].map((held) => held.release()));
  }
  tell({ kind: 'run-finished', outcome: failure ? 'errored' : outcome, durationMs: Math.round(clock.now() - startedMs) });
  if (failure) throw failure.error;
  return outcome;
}

/** Each stack is copied and given its port when the first lab asks for it. */
function siteMaker(running: Running, dir: string, ports: HeldPort[], tell: Tell): (stack: string) => Promise<Site> {
  const { engine, tutorial, runId, clock } = running;
  const sites = new Map<string, Promise<Site>>();
  const make = async (name: string): Promise<Site> => {
    const spec = tutorial.stacks[name];
    if (!spec) throw new Error(`the tutorial ${tutorial.id} has no stack ${name}`);
    const held = spec.published ? await holdPort(spec.published.hostPort) : undefined;
    if (held) ports.push(held);
    if (held && held.port !== spec.published?.hostPort) {
      const [taken, port] = [spec.published?.hostPort, held.port];
      tell({
        kind: 'note',
        text: text(`port ${taken} is taken: this run uses ${port}`, `連接埠 ${taken} 已被佔用：這次改用 ${port}`),
      });
    }
    const assets = join(running.assets, tutorial.id);
    const copy = await copyStack({ ...engine, runId, name, spec, assets, runDir: dir, env: running.env, port: held?.port });
    const published = held ? `127.0.0.1:${held.port}` : '';
    const place = { ...engine, ...copy, spec, published, clock, nonce: running.nonce };
    return { ...observe(place), stack: (watch, signal) => openStack(place, watch, signal) };
  };
  return (name) => {
    const site = sites.get(name) ?? make(name);
    sites.set(name, site);
    return site;
  };
}

async function tidy(
  { engine, homes, runId, keep, clock }: Running,
  dir: string,
  tell: Tell,
  interrupted: boolean,
): Promise<void> {
  if (keep) {
    tell({
      kind: 'note',
      text: text(`kept as asked: ${dir}; \`lab clean\` removes it all`, `依要求保留：${dir}；執行 \`lab clean\` 可全部移除`),
    });
    return;
  }
  const startedMs = clock.now();
  tell({ kind: 'teardown-started' });
  const removed = await removeRun(engine.api, runId, clock, interrupted ? quietMs : 0);
  await rm(dir, { recursive: true, force: true });
  await removeEntry(homes, runId);
  tell({ kind: 'teardown-finished', removed: countLeft(removed), durationMs: Math.round(clock.now() - startedMs) });
}
