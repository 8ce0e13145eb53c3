import { type EngineApi, filters, jsonLines } from '../../../docker/api/engine-api.ts';
import { type EngineEvent, parseExecEnd, parseExecEvent } from '../../../docker/api/exec-events.ts';
import { openChunks } from './open-chunks.ts';

/** What an event means for the picture. */
export type Meaning =
  /** A container or a network changed. `attached`: a container was connected to a network, or disconnected. `turned`: a container was started or removed. */
  | {
      readonly kind: 'changed';
      readonly attached?: { readonly network: string; readonly container: string };
      readonly turned?: Turned;
    }
  /** A command in a container, or a signal, may have made its program read its configuration again. */
  | { readonly kind: 'acted'; readonly container: string };

export interface Turned {
  readonly container: string;
  readonly to: 'running' | 'removed';
  /** Of the engine's clock. */
  readonly atMs: number;
}
const turns: Readonly<Record<string, Turned['to']>> = { start: 'running', destroy: 'removed' };

/** What only observes. */
const quiet = /^(?:exec_|attach|detach|top|export|resize|archive-|copy)/;

/** Undefined: nothing. `commands`: the IDs of the commands that others began, which this updates. */
export function meaningOf(event: EngineEvent, project: string, commands: Set<string>): Meaning | undefined {
  const { Type, Action, Actor } = event;
  if (Type === 'network') {
    if (Action === 'connect' || Action === 'disconnect')
      return { kind: 'changed', attached: { network: Actor.ID, container: Actor.Attributes['container'] ?? '' } };
    return Actor.Attributes['name']?.startsWith(`${project}_`) ? { kind: 'changed' } : undefined;
  }
  if (Actor.Attributes['com.docker.compose.project'] !== project) return undefined;
  const begun = parseExecEvent(event);
  if (begun) commands.add(begun.id);
  const end = parseExecEnd(event);
  if (end && commands.delete(end.id)) return { kind: 'acted', container: Actor.ID };
  if (Action === 'kill') return { kind: 'acted', container: Actor.ID };
  if (quiet.test(Action)) return undefined;
  const to = turns[Action];
  return { kind: 'changed', ...(to ? { turned: { container: Actor.ID, to, atMs: event.timeNano / 1e6 } } : {}) };
}

export interface EngineEvents {
  /** Calls `listen` for each event, until the stream ends or breaks off. */
  read(listen: (meaning: Meaning) => void): Promise<void>;
  close(): void;
}

/** Subscribes: what happens after it resolves is not missed. Throws as EngineApi.stream does. */
export async function openEvents(api: EngineApi, project: string): Promise<EngineEvents> {
  // no filter by label: events of networks have none
  const stream = await api.stream('GET', '/events', { filters: filters({ type: ['container', 'network'] }) });
  const { chunks, close } = openChunks(stream);
  const commands = new Set<string>();
  return {
    read: async (listen) => {
      for await (const event of jsonLines<EngineEvent>(chunks)) {
        const meaning = meaningOf(event, project, commands);
        if (meaning) listen(meaning);
      }
    },
    close,
  };
}
