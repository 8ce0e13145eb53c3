import type { Network, ProjectFacts, Replica } from '../../lab/facts.ts';
import { type ServiceNames, serviceNames } from '../../lab/stack.ts';
import { joinTexts, type Text, text, verbatim } from '../../lab/text.ts';
import type { World } from '../../lab/world.ts';

/** A project's state, and which service plays which role in it. */
export interface StackFacts extends ProjectFacts {
  readonly services: ServiceNames;
  /** The role that probes are sent from. */
  readonly probeFrom: string;
  /** The role of the reverse proxy; left out: the stack has none. */
  readonly proxy?: string;
  /** The port on the host that the stack publishes; left out: none. */
  readonly hostPort?: number;
}

/** The look that most claims about containers share. */
export async function gatherStack(world: World): Promise<StackFacts> {
  const { spec } = world;
  return {
    ...(await world.state()),
    services: serviceNames(spec),
    probeFrom: spec.probeFrom,
    ...(spec.proxy ? { proxy: spec.proxy.role } : {}),
    ...(spec.published ? { hostPort: spec.published.hostPort } : {}),
  };
}

/** The name that a role has in this stack. */
export const nameOf = (facts: Pick<StackFacts, 'services'>, role: string): string => facts.services[role] ?? role;

/** The replicas of a role, running or not. */
export const replicasOf = (facts: StackFacts, role: string): Replica[] =>
  facts.replicas.filter((replica) => replica.service === nameOf(facts, role));

/** The replicas of a role that run. */
export const runningOf = (facts: StackFacts, role: string): Replica[] =>
  replicasOf(facts, role).filter((replica) => replica.state === 'running');

/** The replicas of the stack's reverse proxy that run. */
export const runningProxies = (facts: StackFacts): Replica[] => (facts.proxy === undefined ? [] : runningOf(facts, facts.proxy));

/** The port on the host where a role is published, or where the stack says that it should be. */
export const hostPortOf = (facts: StackFacts, replicas: readonly Replica[]): number | undefined =>
  replicas.flatMap((one) => one.published)[0]?.hostPort ?? facts.hostPort;

/** A replica's addresses, on all of its networks. */
export const addressesOf = (replica: Replica): string[] =>
  Object.values(replica.networks)
    .map((at) => at.address)
    .filter((address) => address !== '');

/** The networks that a replica sits on, by the names in the Compose file where it has them. */
export const keysOf = (facts: { networks: readonly Network[] }, replica: Replica): string[] =>
  Object.entries(replica.networks)
    .map(([name, at]) => facts.networks.find((network) => network.id === at.networkId)?.key ?? name)
    .sort();

/** As Docker shows it. */
export const short = (id: string): string => id.slice(0, 12);

/** Names one after another; `none` where there are none. */
export const listed = (names: readonly string[], none: Text = text('none', '沒有')): Text =>
  names.length === 0 ? none : joinTexts(names.map(verbatim), text(', ', '、'));

/** A template whose values may be texts: each language gets its own. */
export const textWith = (en: string, zhTW: string, values: Readonly<Record<string, Text | string | number>> = {}): Text => {
  const fill = (template: string, lang: keyof Text) =>
    template.replace(/\{(\w+)\}/g, (whole, key: string) => {
      const value = values[key];
      if (value === undefined) return whole;
      return typeof value === 'object' ? value[lang] : String(value);
    });
  return { en: fill(en, 'en'), 'zh-TW': fill(zhTW, 'zh-TW') };
};

export const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');

/** `1 replica`, `3 replicas`; Chinese has no plural. */
export const replicaCount = (count: number): Text => text(`${count} replica${count === 1 ? '' : 's'}`, `${count} 個副本`);
