import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openAhead } from '../docker/api/exec.ts';
import { type ExecRecorder, recordExecs } from '../docker/api/exec-events.ts';
import type { Engine } from '../docker/engine.ts';
import type { Stack, StackSpec } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import type { Tutorial } from '../lab/tutorial.ts';
import { type HeldPort, holdPort } from '../platform/port.ts';
import type { Homes } from '../platform/state-dirs.ts';
import type { Clock } from './clock.ts';
import { removeEntry, runDir, tryRunLock, writeEntry } from './journal.ts';
import { openStack } from './open-stack.ts';
import type { View } from './poll-checks.ts';
import type { CommandWatch } from './sequencer.ts';
import { type BuiltImages, copyStack, type StackCopy } from './stack-copy.ts';
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
  /** A mark no earlier request carried. */
  nonce(): string;
  /** Images that are there already, by the variable of the Compose file; left out: the run's own, that its `build` makes. */
  readonly builtImages?: BuiltImages;
}

/** A stack of the run: its files and project, what is seen of it, and the commands for it. */
export interface StackSession extends View, StackCopy {
  readonly spec: StackSpec;
  stack(watch: CommandWatch, signal: AbortSignal): Stack;
}

/** A run's own projects and folder, under a lock and in the journal. Disposing releases the lock, the ports and the engine's events. */
export interface RunSession extends AsyncDisposable {
  readonly dir: string;
  /** Each stack is copied and given its port when it is first asked for. */
  place(stack: string): Promise<StackSession>;
  /** Begins to remove what a stack has left, while others are worked on. What it could not, `remove` does. */
  retire(stack: string): void;
  /** Removes all that was made, and looks until nothing is left (`quietMs`: for so long). Resolves to how many things. Throws LabError E_CLEAN. */
  remove(quietMs: number): Promise<number>;
}

/** `note` hears what is worth a line: a port that was taken. Throws if the run is under way already. */
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
      assets: join(placing.assets, placing.tutorial.id),
      runDir: dir,
      port: held?.port,
    });
    // where probes will be sent from, one is got ready while commands go on
    const recorder = await recordExecs(engine.api, copy.project, (id, service) => {
      if (service === spec.services[spec.probeFrom]?.name) void openAhead(engine.api, id);
    });
    recorders.push(recorder);
    const published = held ? `127.0.0.1:${held.port}` : '';
    const stands = { ...engine, ...copy, spec, published, clock, nonce: placing.nonce, recorder };
    return { ...copy, spec, ...observe(stands), stack: (watch, signal) => openStack(stands, watch, signal) };
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
      // what it met, `remove` meets again
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
