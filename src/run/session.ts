import { rm } from 'node:fs/promises';
import { openAhead } from '../docker/api/exec.ts';
import { type ExecRecorder, recordExecs } from '../docker/api/exec-events.ts';
import { watchProcessorUse } from '../docker/api/processor-use.ts';
import type { Engine } from '../docker/engine.ts';
import type { Stack, StackSpec } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import { filesOf, type Tutorial } from '../lab/tutorial.ts';
import { type HeldPort, holdPort } from '../platform/port.ts';
import type { Homes } from '../platform/state-dirs.ts';
import type { Clock } from './clock.ts';
import { type BuiltImages, copyStack, type StackCopy } from './copy/stack-copy.ts';
import { removeEntry, runDir, tryRunLock, writeEntry } from './journal.ts';
import { openStack } from './open-stack.ts';
import type { View } from './poll-checks.ts';
import type { CommandWatch } from './sequencer.ts';
import { countLeft, removeProject, removeRun } from './teardown.ts';
import { observe } from './world.ts';

/** What a run works with. */
export interface SessionOptions {
  readonly tutorial: Tutorial;
  readonly engine: Engine;
  readonly homes: Homes;
  /** The tutorials' files. */
  readonly assets: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Short, of `a-z0-9`, never used before. */
  readonly runId: string;
  readonly clock: Clock;
  /** A nonce that no earlier request carried. */
  nonce(): string;
  /** Existing images, by the variable of the Compose file; omitted: the run's own, which its `build` creates. */
  readonly builtImages?: BuiltImages;
  /** Receives each stack of the run when it was copied, before its first command. */
  onPlace?(place: StackSession): void;
}

/** A stack of the run: its files and project, its view for checks, and its commands. */
export interface StackSession extends View, StackCopy {
  readonly spec: StackSpec;
  stack(watch: CommandWatch, signal: AbortSignal): Stack;
  /** Whether its containers use the processor: see `watchProcessorUse`. */
  readonly busy: () => Promise<boolean>;
}

/**
 * A run's own projects and folder, locked and in the journal. Disposing releases the lock and the ports, and closes the event
 * streams.
 */
export interface RunSession extends AsyncDisposable {
  readonly dir: string;
  /** The stack is copied and gets its port on the first call. */
  place(stack: string): Promise<StackSession>;
  /** Starts to remove a stack's leftovers while others are in use. `remove` removes the rest. */
  retire(stack: string): void;
  /**
   * Removes everything that the run created, and repeats until nothing has been left for `quietMs`. Resolves to the number of
   * items. Throws LabError E_CLEAN.
   */
  remove(quietMs: number): Promise<number>;
}

/** `note` receives messages for users: a port that was taken. Throws if the run is already in progress. */
export async function openSession(placing: SessionOptions, note: (text: Text) => void): Promise<RunSession> {
  const { engine, homes, runId, clock } = placing;
  const dir = runDir(homes, runId);
  const lock = await tryRunLock(homes, runId);
  if (!lock) throw new Error(`the run ${runId} is under way already`);
  const ports: HeldPort[] = [];
  const recorders: ExecRecorder[] = [];
  const places = new Map<string, Promise<StackSession>>();
  const retired: Promise<number>[] = [];
  await writeEntry(homes, { id: runId, startedAt: clock.time(), endpoint: engine.api.endpoint, dir });

  const make = async (name: string): Promise<StackSession> => {
    const spec = placing.tutorial.stacks[name];
    if (!spec) throw new Error(`the tutorial ${placing.tutorial.id} has no stack ${name}`);
    const held = spec.published ? await holdPort(spec.published.hostPort) : undefined;
    if (held) ports.push(held);
    if (held && held.port !== spec.published?.hostPort) {
      const [taken, port] = [spec.published?.hostPort, held.port];
      note(text(`port ${taken} is taken: this run uses ${port}`, `連接埠 ${taken} 已被佔用：這次改用 ${port}`));
    }
    const copy = await copyStack({
      ...engine,
      ...placing,
      name,
      spec,
      assets: filesOf(placing.tutorial, placing.assets),
      runDir: dir,
      port: held?.port,
    });
    // prepares the container that probes start from while commands are running
    const recorder = await recordExecs(engine.api, copy.project, (id, service) => {
      if (service === spec.services[spec.probeFrom]?.name) void openAhead(engine.api, id);
    });
    recorders.push(recorder);
    const published = held ? `127.0.0.1:${held.port}` : '';
    const stands = { ...engine, ...copy, spec, published, clock, nonce: placing.nonce, recorder };
    const busy = watchProcessorUse(engine.api, copy.project);
    const place = {
      ...copy,
      spec,
      ...observe(stands),
      busy,
      stack: (watch: CommandWatch, signal: AbortSignal) => openStack(stands, watch, signal),
    };
    placing.onPlace?.(place);
    return place;
  };

  return {
    dir,
    place: (name) => {
      const place = places.get(name) ?? make(name);
      places.set(name, place);
      return place;
    },
    retire: (name) => {
      const place = places.get(name);
      // `remove` encounters any error again
      if (place) retired.push(place.then(({ project }) => removeProject(engine.api, runId, project)).catch(() => 0));
    },
    remove: async (quietMs) => {
      const early = (await Promise.all(retired)).reduce((sum, one) => sum + one, 0);
      const removed = await removeRun(engine.api, runId, clock, quietMs);
      await rm(dir, { recursive: true, force: true });
      await removeEntry(homes, runId);
      return early + countLeft(removed);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...recorders.map((one) => one.close()), ...[lock, ...ports].map((held) => held.release())]);
    },
  };
}
