import type { ContainerState, Network, ProjectFacts, Replica } from '../../lab/facts.ts';
import { type ServiceNames, serviceNames } from '../../lab/stack.ts';
import { joinTexts, type Text, text, verbatim } from '../../lab/text.ts';
import type { World } from '../../lab/world.ts';

/** A project's state, and the service for each role. */
export interface StackFacts extends ProjectFacts {
  readonly services: ServiceNames;
  /** The role that sends probes. */
  readonly probeFrom: string;
  /** No container runs from which probes could be sent. */
  readonly noProber?: true;
  /** The role of the reverse proxy; omitted: the stack has none. */
  readonly proxy?: string;
  /** The port on the host that the stack publishes; omitted: none. */
  readonly hostPort?: number;
}

/** The gather function that most checks about containers share. */
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

/** The name of a role's service in this stack. */
export const nameOf = (facts: Pick<StackFacts, 'services'>, role: string): string => facts.services[role] ?? role;

/** The replicas of a role, running or not. */
export const replicasOf = (facts: StackFacts, role: string): Replica[] =>
  facts.replicas.filter((replica) => replica.service === nameOf(facts, role));

/** The running replicas of a role. */
export const runningOf = (facts: StackFacts, role: string): Replica[] =>
  replicasOf(facts, role).filter((replica) => replica.state === 'running');

/** The running replicas of the stack's reverse proxy. */
export const runningProxies = (facts: StackFacts): Replica[] => (facts.proxy === undefined ? [] : runningOf(facts, facts.proxy));

/** The host port that a role publishes, or else the one that the stack specifies. */
export const hostPortOf = (facts: StackFacts, replicas: readonly Replica[]): number | undefined =>
  replicas.flatMap((one) => one.published)[0]?.hostPort ?? facts.hostPort;

/** A replica's addresses, on all of its networks. */
export const addressesOf = (replica: Replica): string[] =>
  Object.values(replica.networks)
    .map((at) => at.address)
    .filter((address) => address !== '');

/** A replica's networks, by their names in the Compose file where they have one. */
export const keysOf = (facts: { networks: readonly Network[] }, replica: Replica): string[] =>
  Object.entries(replica.networks)
    .map(([name, at]) => facts.networks.find((network) => network.id === at.networkId)?.key ?? name)
    .sort();

/** A short ID, as Docker shows it. */
export const short = (id: string): string => id.slice(0, 12);

/** Names, separated; `none` if the list is empty. */
export const listed = (names: readonly string[], none: Text = text('none', '沒有')): Text =>
  names.length === 0 ? none : joinTexts(names.map(verbatim), text(', ', '、'));

/** A text in quotes, on one line. One that contains the quotes of the language is in others: `{"done":false}` in backticks. */
export function quoted(value: string): Text {
  const line = value.replace(/\s*\n\s*/g, ' ');
  const [open, close] = !line.includes('"') ? '""' : !line.includes('`') ? '``' : '“”';
  return text(`${open}${line}${close}`, /[「」]/.test(line) ? `『${line}』` : `「${line}」`);
}

/** How a container ended: its exit code, or that Docker has no record of it. */
export const exitCodeText = ({ exitCode }: { readonly exitCode?: number }): Text =>
  exitCode === undefined ? text('unknown', '不明') : verbatim(String(exitCode));

/** The states of a container, as Docker names them. */
export const stateNames: Readonly<Record<ContainerState, Text>> = {
  created: text('created', '已建立'),
  running: text('running', '執行中'),
  paused: text('paused', '已暫停'),
  restarting: text('restarting', '重新啟動中'),
  removing: text('removing', '移除中'),
  exited: text('exited', '已結束'),
  dead: text('dead', '無法移除'),
};

/** A template whose values may be texts: each is inserted in the same language. */
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
