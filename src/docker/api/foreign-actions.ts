import { type Text, text } from '../../lab/text.ts';
import { type EngineApi, filters, jsonLines } from './engine-api.ts';
import type { EngineEvent } from './exec-events.ts';
import { projectLabel } from './project-facts.ts';

/** Detects whether anyone but our own commands stops or removes parts of a project. */
export interface ForeignActionsWatch {
  /** Takes a line that one of our Compose commands printed: it names what that command itself stops and removes. */
  command(line: string): void;
  /** We are about to stop this container. */
  stopping(name: string): void;
  /** We are about to pause this container. */
  pausing(name: string): void;
  /** What was done to the project from outside so far, by another process or by an engine that stopped. Undefined: nothing. Throws what the engine throws. */
  disturbance(): Promise<Text | undefined>;
  close(): Promise<void>;
}

/** How long after the engine lists a container as ended, or no longer lists it, the event of its end can arrive. */
const lateMs = 5000;
/** How long after the end of a container its `kill` event can arrive: the engine writes both, in either order. */
const killMs = 1000;
/** undici ends a stream that is silent for 5 minutes, although the engine is still running. */
const silent = 'UND_ERR_BODY_TIMEOUT';

/**
 * Watches from now on. A container that ends by itself has the event `die`; one stopped through the engine also has `kill`, and a removed one
 * `destroy`. The latter two come only from clients of the engine, never from what runs in a container (docs.docker.com, `docker events`).
 */
export async function watchForeignActions(api: EngineApi, project: string): Promise<ForeignActionsWatch> {
  const stream = await api.stream('GET', '/events', {
    // no filter by label: events of networks and volumes have none
    filters: filters({ type: ['container', 'network', 'volume'], event: ['create', 'start', 'kill', 'die', 'pause', 'destroy'] }),
  });
  const reader = stream.getReader();
  const acts = new Acts(project);
  let wake: () => void = () => undefined;
  const chunks = async function* () {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  };
  const pump = async () => {
    for await (const event of jsonLines<EngineEvent>(chunks())) {
      acts.add(event);
      wake();
    }
  };
  let state: 'open' | 'broken' | 'closed' = 'open';
  const broken = (error?: unknown) => {
    if (state === 'open' && !isSilent(error)) state = 'broken';
    wake();
  };
  const ended = pump().then(() => broken(), broken);
  const awaited = new Set<string>();
  const untilSeen = async (isSeen: () => boolean, ms: number) => {
    const timeout = AbortSignal.timeout(ms);
    // one listener for all waits: any number of events may come meanwhile
    timeout.addEventListener('abort', () => wake(), { once: true });
    while (state === 'open' && !timeout.aborted && !isSeen())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return {
    command: (line) => acts.command(line),
    stopping: (name) => acts.stopping(name),
    pausing: (name) => acts.pausing(name),
    disturbance: async () => {
      const mine = filters({ label: [projectLabel(project)] });
      const listed = await api.get<{ Id: string; State: string }[]>('/containers/json', { all: true, filters: mine });
      const there = new Set(listed.map(({ Id }) => Id));
      const over = listed.filter(({ State }) => State === 'exited' || State === 'dead');
      const ends = () => over.every(({ Id }) => acts.ended.has(Id)) && [...acts.created].every((id) => there.has(id));
      await untilSeen(ends, lateMs);
      const fresh = over.filter(({ Id }) => !awaited.has(Id));
      for (const { Id } of fresh) awaited.add(Id);
      if (fresh.length > 0) await untilSeen(() => fresh.every(({ Id }) => acts.killed.has(Id)), killMs);
      if (state === 'broken') return text('the engine was stopped or started again meanwhile', '引擎在這段期間停止或重新啟動過');
      return acts.others();
    },
    close: async () => {
      state = 'closed';
      await reader.cancel().catch(() => undefined);
      await ended;
    },
  };
}

const isSilent = (error: unknown): boolean => {
  for (let at = error; at instanceof Error; at = at.cause) if ('code' in at && at.code === silent) return true;
  return false;
};

type Act = 'stop' | 'pause' | 'remove';

const done: Readonly<Record<Act, (name: string) => Text>> = {
  stop: (name) => text(`another process stopped ${name}`, `其他程式停止了 ${name}`),
  pause: (name) => text(`another process paused ${name}`, `其他程式暫停了 ${name}`),
  remove: (name) => text(`another process removed ${name}`, `其他程式移除了 ${name}`),
};

/** What Compose prints before it stops or removes part of a project: `Container p-web-1  Stopping` (2.x), `Stopping p_web_1 ...` (1.29). */
const announced: readonly (readonly [Act, RegExp])[] = [
  ['stop', /(?:Container )(\S+) +(?:Stopping|Restarting|Killing|Recreate)\s*$/],
  ['stop', /^(?:Stopping|Restarting|Killing|Recreating) (\S+)/],
  ['remove', /(?:Container|Network|Volume) "?(\S+?)"? +(?:Removing|Recreate)\s*$/],
  ['remove', /^(?:Removing|Recreating) (?:network |volume )?(\S+)/],
];

/** What was done to the parts of a project, and how often our commands announced it. */
export class Acts {
  /** Containers that were reported as ended. */
  readonly ended = new Set<string>();
  /** Containers that were created and not reported as removed. */
  readonly created = new Set<string>();
  /** Containers that were stopped through the engine since their last start. */
  readonly killed = new Set<string>();
  readonly #project: string;
  /** `stop name` → how often it was done, minus how often it may be reported for what we announced. */
  readonly #open = new Map<string, number>();

  constructor(project: string) {
    this.#project = project;
  }

  command(line: string): void {
    for (const [act, pattern] of announced) {
      const name = pattern.exec(line.trim())?.[1];
      if (name !== undefined) this.#count(act, name, -1);
    }
  }

  /** We are about to stop it. */
  stopping(name: string): void {
    this.#count('stop', name, -1);
  }

  /**
   * We are about to pause it. The engine may report that twice: for the request, and again when containerd's own event arrives after the container
   * was resumed, which happens on a busy machine (moby, daemon/monitor.go, EventPaused).
   */
  pausing(name: string): void {
    this.#count('pause', name, -2);
  }

  add({ Type, Action, Actor: { ID, Attributes } }: EngineEvent): void {
    const name = (Attributes['name'] ?? ID).replace(/^[0-9a-f]{12}_/, '');
    if (Type !== 'container') {
      // name of a network or volume: Compose puts the project's name in front
      if (Action === 'destroy' && (Type === 'network' ? name : ID).startsWith(`${this.#project}_`))
        this.#count('remove', Type === 'network' ? name : ID, 1);
      return;
    }
    if (Attributes['com.docker.compose.project'] !== this.#project) return;
    if (Action === 'create') this.created.add(ID);
    if (Action === 'destroy') this.created.delete(ID);
    if (Action === 'start') {
      this.ended.delete(ID);
      this.killed.delete(ID);
    }
    if (Action === 'kill' && !this.killed.has(ID)) {
      this.killed.add(ID);
      this.#count('stop', name, 1);
    }
    if (Action === 'die') this.ended.add(ID);
    if (Action === 'pause') this.#count('pause', name, 1);
    if (Action === 'destroy') this.#count('remove', name, 1);
  }

  /** What others did; undefined: nothing. */
  others(): Text | undefined {
    const [key] = [...this.#open].find(([, times]) => times > 0) ?? [];
    if (key === undefined) return undefined;
    const [act, name = ''] = key.split(' ');
    return done[act as Act](name);
  }

  #count(act: Act, name: string, by: number): void {
    const key = `${act} ${name}`;
    this.#open.set(key, (this.#open.get(key) ?? 0) + by);
  }
}
