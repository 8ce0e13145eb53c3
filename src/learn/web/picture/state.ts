import type { AddressRange } from '../../../formats/cidr.ts';
import type { ProjectFacts } from '../../../lab/facts.ts';
import type { StackSpec } from '../../../lab/stack.ts';
import type { Turned } from './engine-events.ts';
import type { LineFacts } from './read-line.ts';

/** What the engine reports about a project's containers and networks. */
export interface EngineFacts extends ProjectFacts {
  /** The subnets of each network and the addresses of its gateways, by the network's ID. */
  readonly subnets: Readonly<Record<string, { readonly ranges: readonly AddressRange[]; readonly gateways: readonly string[] }>>;
}

/** A line of a container's log. */
export interface SeenLine extends LineFacts {
  readonly container: string;
  /** The container's log (`log`), or the path of a mounted file that the container writes. */
  readonly source: string;
  /** Of the engine's clock; of a mounted file: when it was read, or the line's own time if it was written before. */
  readonly atMs: number;
}

/** Something that was measured. */
export type Observation =
  /** `services`: those of the Compose file, in its order. */
  | { readonly kind: 'facts'; readonly facts: EngineFacts; readonly services: readonly string[] }
  /** A container was connected to a network, or disconnected. */
  | { readonly kind: 'attached'; readonly network: string; readonly container: string }
  /** A container was started or removed: its event arrives before the engine's next facts, which it delays while it starts others. */
  | ({ readonly kind: 'turned' } & Turned)
  /** The engine does not answer. */
  | { readonly kind: 'unmeasured'; readonly at: string }
  | { readonly kind: 'lines'; readonly lines: readonly SeenLine[] }
  /** Lines of a source were left out. `fromMs`: the time of the first line that was read after these; NaN: unknown. */
  | { readonly kind: 'cut'; readonly container: string; readonly source: string; readonly fromMs: number }
  /** The addresses of each service whose name was looked up, by service. `of`: the `generation` of the state that asked. */
  | {
      readonly kind: 'dns';
      readonly answers: Readonly<Record<string, readonly string[]>>;
      readonly from: string;
      readonly at: string;
      readonly of: number;
    }
  | { readonly kind: 'packets'; readonly packets: Readonly<Record<string, number>> }
  /** The processes of a proxy that accept connections, by their IDs. */
  | { readonly kind: 'processes'; readonly container: string; readonly processes: readonly number[] };

/** What is known about a container since its last start. */
export interface Run {
  readonly startedAt: string;
  readonly requests: number;
  /** The one source of its requests that counts, because a second access log shows the same requests: the container's log if it shows any, else the first file that does. */
  readonly source?: string;
  /** Its log has at least one line: its program has begun. */
  readonly hasLogged: boolean;
  /** The sources that were not read completely since the start. */
  readonly cut: readonly string[];
  readonly packets?: number;
}

/** What is known about a container of the proxy since it last read its configuration. */
export interface ProxyRun {
  readonly startedAt: string;
  readonly processes: readonly number[];
  /** Requests of it, by the container that answered. */
  readonly reached: Readonly<Record<string, number>>;
  /** The same since DNS last returned other addresses, and since all replicas are ready. */
  readonly settled: Readonly<Record<string, number>>;
  /** The last nonces of labwright's probes that its log shows: it passed these on. */
  readonly passedOn: readonly string[];
  /** The last of labwright's probes that a replica answered to its container, and that its log does not show yet: others were not sent through it. */
  readonly answered: readonly { readonly nonce: string; readonly by: string; readonly atMs: number }[];
  /** Addresses to which it could not connect, and when last. */
  readonly unreachable: Readonly<Record<string, number>>;
}

interface DnsAnswer {
  readonly addresses: readonly string[];
  readonly at: string;
  readonly from: string;
}

export interface PictureState {
  readonly spec: StackSpec;
  readonly services: readonly string[];
  readonly facts: EngineFacts;
  /** When the engine stopped answering; undefined: it answers. */
  readonly unmeasuredSince: string | undefined;
  /** The container that has an address, or had it last. */
  readonly owners: Readonly<Record<string, string>>;
  readonly runs: Readonly<Record<string, Run>>;
  readonly proxies: Readonly<Record<string, ProxyRun>>;
  readonly dns: Readonly<Record<string, DnsAnswer>>;
  /** Counts the changes of the running containers and their addresses, and of others in their networks; DNS is looked up after each. */
  readonly generation: number;
  /** The `generation` that DNS was last looked up for. */
  readonly lookedUp: number;
  /** Requests before this time of the engine's clock are counted, and not shown as they move. */
  readonly openedMs: number;
  /** The number of processes that a proxy is assumed to have while they are not known. */
  readonly processors: number;
}

const noFacts = { project: '', replicas: [], networks: [], subnets: {} };

export const firstState = (
  spec: StackSpec,
  { openedMs, processors }: Pick<PictureState, 'openedMs' | 'processors'>,
): PictureState => ({
  ...{
    spec,
    services: [],
    facts: noFacts,
    unmeasuredSince: undefined,
    owners: {},
    runs: {},
    proxies: {},
    dns: {},
    generation: 0,
    lookedUp: -1,
    openedMs,
    processors,
  },
});

/** The service of a role of the stack. */
export const serviceOf = (spec: StackSpec, role: string | undefined): string | undefined =>
  role === undefined ? undefined : spec.services[role]?.name;

/** Whether the log of at least one container of a service has shown a request since the container's start. */
export const isLogging = ({ facts, runs }: Pick<PictureState, 'facts' | 'runs'>, service: string): boolean =>
  facts.replicas.some((one) => one.service === service && runs[one.id]?.source !== undefined);

export const isLookedUp = ({ generation, lookedUp }: PictureState): boolean => generation === lookedUp;
