import type { Picture, ReplicaPicture, ServicePicture } from '../../picture/picture.ts';
import { grouped, type Words } from '../words/words.ts';
import { linesOf, type ServiceLine } from './service-lines.ts';

/** The picture in words. */
export interface SummaryRow {
  readonly service: string;
  readonly facts: readonly string[];
  readonly replicas: readonly {
    readonly name: string;
    readonly addresses: string;
    readonly state: string;
    readonly requests: string;
  }[];
}

export const summaryOf = (picture: Picture, words: Words): readonly SummaryRow[] =>
  picture.services.map((service) => ({
    service: service.name,
    facts: [...linesOf(picture, service).flatMap((line) => lineTexts(line, words)), countText(service, words)],
    replicas: [...service.replicas]
      .sort((one, other) => one.number - other.number)
      .map((replica) => ({
        name: replica.name,
        addresses: Object.values(replica.addresses).join(', '),
        state: stateText(replica, words),
        requests: trafficText(replica, words) ?? words.unknown,
      })),
  }));

function lineTexts(line: ServiceLine, words: Words): readonly string[] {
  switch (line.kind) {
    case 'published':
      return [words.port(line.port)];
    case 'dns':
      return [`${words.dns(line.addresses.length)}${words.colon}${line.addresses.join(', ')}`];
    case 'reached': {
      const counts = words.reached(line.known, line.proxy, line.reached);
      return line.stale ? [`${counts} · ${words.stale}`, words.staleWhy(line.proxy, line.reached, line.known)] : [counts];
    }
  }
}

/** How many replicas there are, and how many of them run if not all do. */
export function countText({ replicas }: Pick<ServicePicture, 'replicas'>, words: Words): string {
  const runs = replicas.filter(({ state }) => state === 'running').length;
  if (replicas.length === 0) return words.noReplicas;
  return runs === replicas.length ? words.replicas(runs) : words.someRun(runs, replicas.length);
}

export function stateText({ state, exitCode, health }: ReplicaPicture, words: Words): string {
  const own = state === 'exited' && exitCode !== undefined ? words.exited(exitCode) : words.states[state];
  return health && state === 'running' ? `${own} · ${words.health[health]}` : own;
}

/** Requests of its log, or packets; undefined: neither was measured. */
export function trafficText({ requests, packets }: ReplicaPicture, words: Words): string | undefined {
  if (requests !== undefined) return words.requests(grouped(requests));
  return packets === undefined ? undefined : words.packets(grouped(packets));
}

/** A replica's share of the busiest one's traffic, from 0 to 1. */
export function shareOf(replica: ReplicaPicture, { replicas }: ServicePicture): number {
  const traffic = ({ requests, packets }: ReplicaPicture) => requests ?? packets ?? 0;
  const most = Math.max(0, ...replicas.map(traffic));
  return most === 0 ? 0 : traffic(replica) / most;
}

/** `web: 3 running; db: 1 running`: said when it changes. */
export const runningText = ({ services }: Picture, words: Words): string =>
  services
    .map(({ name, replicas }) => words.running(name, replicas.filter(({ state }) => state === 'running').length))
    .join(words.semicolon);
