import { text } from '../../lab/text.ts';
import type { ExecsSeen } from '../../lab/world.ts';
import { read } from '../../platform/read-stream.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { type EngineApi, filters, jsonLines } from './engine-api.ts';
import { projectLabel } from './project-facts.ts';

/** The last argument of each of our scripts, without effect: it distinguishes the script's event from commands of others. */
export const ourWord = 'labwright';

export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}
export interface ExecEvent {
  /** The engine's ID of the command. */
  readonly id: string;
  readonly atMs: number;
  readonly command: ExecsSeen['commands'][number];
}

/** `exec_create: sh -c ping web`, unless it is one of ours. */
export function parseExecEvent({ Action, Actor, timeNano }: EngineEvent): ExecEvent | undefined {
  const [, line] = /^exec_create: (.*)$/s.exec(Action) ?? [];
  if (line === undefined || line.endsWith(` ${ourWord}`)) return undefined;
  const service = Actor.Attributes['com.docker.compose.service'] ?? '';
  return { id: Actor.Attributes['execID'] ?? '', atMs: timeNano / 1e6, command: { containerId: Actor.ID, service, line } };
}

/** The end of a command in a container: its ID and exit code. A command that could not be started has no such event. */
export function parseExecEnd({ Action, Actor }: EngineEvent): { readonly id: string; readonly exitCode: number } | undefined {
  const { execID: id, exitCode } = Actor.Attributes;
  return Action === 'exec_die' && id !== undefined && exitCode !== undefined ? { id, exitCode: Number(exitCode) } : undefined;
}

/** The commands of others, with their exit codes, from the engine's events. */
export class ExecLog {
  readonly #seen: ExecEvent[] = [];
  readonly #exitCodes = new Map<string, number>();

  /** Adds an event about a command; others are left out. */
  add(event: EngineEvent): void {
    const begun = parseExecEvent(event);
    if (begun) this.#seen.push(begun);
    const end = parseExecEnd(event);
    if (end && this.#seen.some((one) => one.id === end.id)) this.#exitCodes.set(end.id, end.exitCode);
  }

  /** The commands that began since a time of the engine's clock, in ISO 8601. */
  since(iso: string): ExecEvent['command'][] {
    return this.#seen
      .filter(({ atMs }) => atMs >= Date.parse(iso))
      .map(({ id, command }) => {
        const exitCode = this.#exitCodes.get(id);
        return exitCode === undefined ? command : { ...command, exitCode };
      });
  }
}

/**
 * The commands that ran in a project's containers since a time of the engine's clock, as far as the engine remembers. The containers `started` (their
 * IDs) were started at that time. Throws LabError E_PROBE if the engine takes longer than `timeoutMs`.
 */
export async function pastExecs(
  api: EngineApi,
  project: string,
  { since: iso, started, timeoutMs }: { since: string; started: readonly string[]; timeoutMs: number },
): Promise<ExecsSeen> {
  const events = await pastEvents(api, timeoutMs);
  const log = new ExecLog();
  for (const event of events) if (event.Actor.Attributes['com.docker.compose.project'] === project) log.add(event);
  return {
    commands: log.since(iso),
    whole: reachesBack(events, iso, started),
    live: false,
  };
}

/** The events that an engine remembers. Throws LabError E_PROBE if it takes longer than `timeoutMs`. */
export const pastEvents = (api: EngineApi, timeoutMs: number): Promise<EngineEvent[]> =>
  withTimeout(timeoutMs, text("the engine's look back", '引擎的事件查詢'), async (signal) => {
    // The stream ends at a time of the engine's clock, which can differ from this machine's.
    const { SystemTime } = await api.get<{ SystemTime: string }>('/info');
    const until = (Date.parse(SystemTime) / 1000 + 0.002).toFixed(3);
    const stream = await api.stream('GET', '/events', { since: '1', until });
    return parseEvents(await read(stream, signal, { cut: (bytes) => bytes }));
  });

/** The events in these lines; a line without its end is left out. */
export const parseEvents = (bytes: Buffer): EngineEvent[] =>
  bytes
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as EngineEvent);

/**
 * Whether an engine's memory reaches back to the time when containers were started: it has an earlier event, or the start of one of them. It keeps
 * 256 events, and none after a restart, although containers may have kept running (live-restore).
 */
export function reachesBack(events: readonly EngineEvent[], iso: string, started: readonly string[]): boolean {
  const from = Date.parse(iso);
  return events.some(
    ({ Type, Action, Actor, timeNano }) =>
      timeNano / 1e6 <= from || (Type === 'container' && Action === 'start' && started.includes(Actor.ID)),
  );
}

/** Records from now on. */
export interface ExecRecorder {
  execs(since: string): ExecsSeen;
  close(): Promise<void>;
}

/** Calls `onStart` for each container of the project that starts meanwhile. */
export async function recordExecs(
  api: EngineApi,
  project: string,
  onStart: (containerId: string, service: string) => void = () => undefined,
): Promise<ExecRecorder> {
  const stream = await api.stream('GET', '/events', {
    filters: filters({ type: ['container'], label: [projectLabel(project)] }),
  });
  const reader = stream.getReader();
  const log = new ExecLog();
  let broken = false;
  const chunks = async function* () {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  };
  const pump = async () => {
    for await (const event of jsonLines<EngineEvent>(chunks())) {
      log.add(event);
      if (event.Action === 'start') onStart(event.Actor.ID, event.Actor.Attributes['com.docker.compose.service'] ?? '');
    }
  };
  let closed = false;
  // A stream that ends before it is closed misses later events: the result is then unknown.
  const ended = pump().then(
    () => (broken = !closed),
    () => (broken = !closed),
  );
  return {
    execs: (iso) => ({ commands: log.since(iso), whole: !broken, live: !broken }),
    close: async () => {
      closed = true;
      await reader.cancel().catch(() => undefined);
      await ended;
    },
  };
}
