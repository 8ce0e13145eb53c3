import type { ExecsSeen } from '../../lab/world.ts';
import { type EngineApi, filters, jsonLines } from './engine-api.ts';
import { type EngineEvent, type ExecEvent, ExecLog, parseExecEnd, parseExecEvent } from './exec-events.ts';
import { healthCommandOf } from './project-facts.ts';

/** Something that others did to a project. Our own probes and the engine's health checks are left out. */
export interface Activity {
  /**
   * `exec`: a program was started in a container. `exec-end`: it ended. `change`: a container, a network, a volume or an image of the project changed.
   * `other`: the health of a container changed, or an image that may be the project's was removed.
   */
  readonly kind: 'exec' | 'exec-end' | 'change' | 'other';
  /** ISO 8601, of the engine's clock. */
  readonly at: string;
  /** How long ago it happened when it was reported, in milliseconds; 0 for an engine whose clock may be another one. */
  readonly ageMs: number;
  /** `exec`, `exec-end`: the service and its command. `change`: the name and what happened: `p-web-2 start`. */
  readonly what: string;
  /** `exec`, `exec-end`: the engine's ID of the program that was started. */
  readonly execId?: string;
  /** `exec-end`: its exit code. */
  readonly exitCode?: number;
}

/** Listens to everything that happens to a project, from now on. */
export interface ActivityWatch {
  /** The commands of others that were started in the project's containers since this time of the engine's clock. */
  execs(since: string): ExecsSeen;
  close(): Promise<void>;
}

/** What only observes. The engine's health checks are `exec_` events. */
const quiet = /^(?:exec_|attach|detach|top|export|resize|archive-|copy)/;

export interface WatchedProject {
  readonly project: string;
  /** The names of its images, with tags. */
  readonly images: ReadonlySet<string>;
}

/**
 * Watches a project's containers, networks, volumes and images. `lost` is called when the engine ends the stream, once. `since`: the time of the last event
 * that is known, to continue an earlier watch with `before`, the commands that it saw. Throws as EngineApi.stream does.
 */
export async function watchActivity(
  api: EngineApi,
  watched: WatchedProject,
  listen: (activity: Activity) => void,
  lost: () => void,
  earlier?: { readonly since: string; readonly watch: ActivityWatch },
): Promise<ActivityWatch> {
  const stream = await api.stream('GET', '/events', {
    // no filter by label: events of networks, volumes and images have none
    filters: filters({ type: ['container', 'network', 'volume', 'image'] }),
    ...(earlier ? { since: (Date.parse(earlier.since) / 1000 + 0.001).toFixed(3) } : {}),
  });
  const reader = stream.getReader();
  const isLocal = api.endpoint.host.startsWith('unix:');
  const log = new ExecLog();
  const theirs = new Map<string, string>();
  const chunks = async function* () {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  };
  const healthCommands = new Map<string, Promise<readonly string[] | undefined>>();
  const isHealthCheck = async ({ command: { containerId, line } }: ExecEvent): Promise<boolean> => {
    const known = healthCommands.get(containerId) ?? healthCommandOf(api, containerId);
    healthCommands.set(containerId, known);
    return (await known)?.join(' ').trim() === line.trim();
  };
  const pump = async () => {
    for await (const event of jsonLines<EngineEvent>(chunks())) {
      const isOwn = ofProject(event, watched.project);
      const exec = isOwn ? parseExecEvent(event) : undefined;
      if (exec && (await isHealthCheck(exec))) continue;
      if (isOwn) log.add(event);
      if (exec) theirs.set(exec.id, `${exec.command.service}: ${exec.command.line.trim()}`);
      const activity = execActivity(event, theirs) ?? changeIn(event, watched);
      if (!activity) continue;
      const atMs = event.timeNano / 1e6;
      const ageMs = isLocal ? Math.max(0, Date.now() - atMs) : 0;
      listen({ ...activity, at: new Date(atMs).toISOString(), ageMs });
    }
  };
  let closed = false;
  const end = () => {
    if (!closed) lost();
  };
  // a stream that breaks off ends the watch, as one that ends does: the caller opens the next
  const ended = pump().then(end, end);
  return {
    execs: (iso) => ({
      commands: [...(earlier?.watch.execs(iso).commands ?? []), ...log.since(iso)],
      whole: true,
      live: true,
    }),
    close: async () => {
      closed = true;
      await reader.cancel().catch(() => undefined);
      await ended;
    },
  };
}

const isMade = (action: string): boolean => action === 'create' || action === 'destroy';

const ofProject = ({ Type, Actor }: Pick<EngineEvent, 'Type' | 'Actor'>, project: string): boolean =>
  Type === 'container' && Actor.Attributes['com.docker.compose.project'] === project;

/** What an event says about a program that others started in a container; undefined: it is about none of these. `theirs`: their texts by ID. */
export function execActivity(
  event: EngineEvent,
  theirs: ReadonlyMap<string, string>,
): Omit<Activity, 'at' | 'ageMs'> | undefined {
  const execId = event.Actor.Attributes['execID'] ?? '';
  const what = theirs.get(execId);
  if (what === undefined) return undefined;
  if (parseExecEvent(event)) return { kind: 'exec', what, execId };
  const end = parseExecEnd(event);
  return end && { kind: 'exec-end', what, execId, exitCode: end.exitCode };
}

/** What an event says about the project; undefined: nothing. */
export function changeIn(
  event: Pick<EngineEvent, 'Type' | 'Action' | 'Actor'>,
  { project, images }: WatchedProject,
): Pick<Activity, 'kind' | 'what'> | undefined {
  const { Type, Action, Actor } = event;
  const name = Actor.Attributes['name'] ?? Actor.ID;
  const action = Action.split(':')[0] ?? Action;
  // a removed image is named by its ID
  if (Type === 'image' && /^(?:untag|delete)$/.test(action)) return { kind: 'other', what: `${name} ${action}` };
  if (Type === 'image') return images.has(name) ? { kind: 'change', what: `${name} ${action}` } : undefined;
  if (Type === 'network') return name.startsWith(`${project}_`) ? { kind: 'change', what: `${name} ${action}` } : undefined;
  // a volume is also mounted and unmounted with each start
  if (Type === 'volume')
    return isMade(action) && name.startsWith(`${project}_`) ? { kind: 'change', what: `${name} ${action}` } : undefined;
  if (!ofProject(event, project)) return undefined;
  if (action === 'health_status') return { kind: 'other', what: `${name} ${Action}` };
  return quiet.test(action) ? undefined : { kind: 'change', what: `${name} ${action}` };
}
