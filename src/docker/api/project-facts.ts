import type { ContainerState, ImageFacts, Network, ProjectFacts, Replica, Volume } from '../../lab/facts.ts';
import { ApiError } from './api-error.ts';
import { type EngineApi, filters } from './engine-api.ts';

/** Compose's own labels: containers and networks are found by these, never by a constructed name. */
const label = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  oneoff: 'com.docker.compose.oneoff',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  dependsOn: 'com.docker.compose.depends_on',
} as const;

export const projectLabel = (project: string): string => `${label.project}=${project}`;

/** The parts of the engine's answers that are read here (https://docs.docker.com/reference/api/engine/). */
interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount?: number;
  readonly State: {
    readonly Status: ContainerState;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Error?: string;
    readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output: string }[] | null };
  };
  readonly Config: {
    readonly Hostname: string;
    readonly Image: string;
    readonly Env?: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
    readonly Shell?: readonly string[] | null;
  };
  readonly HostConfig: { readonly Init?: boolean | null };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> | null;
    readonly Networks: Readonly<Record<string, { NetworkID: string; IPAddress: string; Aliases: readonly string[] | null }>>;
  };
  readonly Mounts: readonly { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
}
interface ListedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Internal: boolean;
  readonly Labels: Readonly<Record<string, string>> | null;
}
interface InspectedImage {
  readonly Id: string;
  readonly Config: {
    readonly User?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Volumes?: object | null;
  };
}

/** All facts about a Compose project that the engine reports. A container that is removed meanwhile is left out. */
export async function projectFacts(api: EngineApi, project: string): Promise<ProjectFacts> {
  const mine = filters({ label: [projectLabel(project)] });
  const [listed, networks] = await Promise.all([
    api.get<{ Id: string }[]>('/containers/json', { all: true, filters: mine }),
    api.get<ListedNetwork[]>('/networks', { filters: mine }),
  ]);
  const inspected = await Promise.all(listed.map(({ Id }) => present(api.get<Inspected>(`/containers/${Id}/json`))));
  return {
    project,
    replicas: inspected
      .filter((one) => one !== undefined)
      .filter((one) => one.Config.Labels?.[label.oneoff]?.toLowerCase() !== 'true')
      .map(replica)
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1)),
    networks: networks.map(network).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The project's named volumes, by name. */
export async function projectVolumes(api: EngineApi, project: string): Promise<Volume[]> {
  const mine = filters({ label: [projectLabel(project)] });
  const { Volumes: found } = await api.get<{ Volumes: { Name: string; Labels: Record<string, string> | null }[] | null }>(
    '/volumes',
    {
      filters: mine,
    },
  );
  return (found ?? [])
    .map((one) => ({ name: one.Name, key: one.Labels?.[label.volume] ?? one.Name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The engine's response, or undefined if it does not know the thing. */
async function present<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Whether a container runs now, and was not started again since it was seen. */
export async function stillRuns(api: EngineApi, { id, startedAt }: Pick<Replica, 'id' | 'startedAt'>): Promise<boolean> {
  const found = await present(api.get<Pick<Inspected, 'State'>>(`/containers/${id}/json`));
  return found?.State.Status === 'running' && found.State.StartedAt === startedAt;
}

export async function imageFacts(api: EngineApi, ref: string): Promise<ImageFacts> {
  const path = `/images/${encodeURIComponent(ref)}`;
  const found = await present(api.get<InspectedImage>(`${path}/json`));
  if (!found) return { ref, labels: {}, history: [], user: '', volumes: [] };
  const history = await api.get<{ CreatedBy: string }[]>(`${path}/history`);
  return {
    ref,
    id: found.Id,
    labels: found.Config.Labels ?? {},
    history: history.map((layer) => layer.CreatedBy).reverse(),
    user: found.Config.User ?? '',
    volumes: Object.keys(found.Config.Volumes ?? {}),
  };
}

/** The command of a container's health check; undefined: it has none, or the container is gone. */
export async function healthCommandOf(api: EngineApi, containerId: string): Promise<readonly string[] | undefined> {
  const found = await present(api.get<Inspected>(`/containers/${containerId}/json`));
  return found && healthCommand(found.Config);
}

/** The command of a health check, as the engine runs it (moby, daemon/health.go). */
function healthCommand({ Healthcheck, Shell }: Pick<Inspected['Config'], 'Healthcheck' | 'Shell'>): string[] | undefined {
  const [kind, ...argv] = Healthcheck?.Test ?? [];
  if (kind === 'CMD') return argv;
  return kind === 'CMD-SHELL' ? [...(Shell?.length ? Shell : ['/bin/sh', '-c']), ...argv] : undefined;
}

/**
 * The hosts that programs reach without the HTTP proxy of this environment; undefined: it names no proxy. Docker sets these
 * variables in each container if its `config.json` has `proxies`. The proxy's address is left out: it may contain a password.
 */
export function hostsWithoutProxy(env: readonly string[] | null | undefined): string[] | undefined {
  const variables = new Map((env ?? []).map((line) => [line.split('=', 1)[0]?.toLowerCase(), line.slice(line.indexOf('=') + 1)]));
  if (!variables.get('http_proxy') && !variables.get('all_proxy')) return undefined;
  return (variables.get('no_proxy') ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
}

const longestError = 1000;

/**
 * What Compose writes at a container about what it waited for: `db:service_healthy:false,cache:service_started:true`; empty: for nothing. Undefined:
 * Compose 1 writes nothing.
 */
export function parseDependsOn(written: string | undefined): Readonly<Record<string, string>> | undefined {
  if (written === undefined) return undefined;
  const all = written.split(',').map((one) => one.split(':'));
  return Object.fromEntries(all.flatMap(([service = '', condition = '']) => (service === '' ? [] : [[service, condition]])));
}

const hasEnded: ReadonlySet<ContainerState> = new Set(['exited', 'restarting', 'dead']);

/**
 * How and when a container ended last, as far as Docker recorded it. Under load Docker can miss the end: then it writes code 0 and the year 1 (moby,
 * handleContainerExit without an event), which is no evidence of either.
 */
export function endOf({
  Status,
  ExitCode,
  FinishedAt,
}: Pick<Inspected['State'], 'Status' | 'ExitCode' | 'FinishedAt'>): Pick<Replica, 'exitCode' | 'finishedAt'> {
  const isDated = !FinishedAt.startsWith('0001-');
  const isKnown = isDated || ExitCode !== 0 || !hasEnded.has(Status);
  return { ...(isKnown ? { exitCode: ExitCode } : {}), ...(isDated ? { finishedAt: FinishedAt } : {}) };
}

function replica(one: Inspected): Replica {
  const health = one.State.Health?.Status;
  const healthcheck = healthCommand(one.Config);
  const healthOutput = one.State.Health?.Log?.at(-1)?.Output.trim().slice(0, longestError);
  const proxyExcept = hostsWithoutProxy(one.Config.Env);
  const waitsFor = parseDependsOn(one.Config.Labels?.[label.dependsOn]);
  return {
    id: one.Id,
    name: one.Name.replace(/^\//, ''),
    service: one.Config.Labels?.[label.service] ?? '',
    state: one.State.Status,
    ...(health === 'starting' || health === 'healthy' || health === 'unhealthy' ? { health } : {}),
    ...(healthcheck ? { healthcheck } : {}),
    ...(healthOutput ? { healthOutput } : {}),
    ...(one.State.Error ? { startError: one.State.Error.slice(0, longestError) } : {}),
    ...endOf(one.State),
    outOfMemory: one.State.OOMKilled,
    restarts: one.RestartCount ?? 0,
    createdAt: one.Created,
    startedAt: one.State.StartedAt,
    hostname: one.Config.Hostname,
    image: one.Config.Image,
    imageId: one.Image,
    init: one.HostConfig.Init === true,
    ...(proxyExcept ? { proxyExcept } : {}),
    ...(waitsFor ? { waitsFor } : {}),
    networks: Object.fromEntries(
      Object.entries(one.NetworkSettings.Networks).map(([name, at]) => [
        name,
        { networkId: at.NetworkID, address: at.IPAddress, aliases: at.Aliases ?? [] },
      ]),
    ),
    published: Object.entries(one.NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) =>
      (bindings ?? []).map((binding) => ({
        containerPort: Number.parseInt(port, 10),
        hostIp: binding.HostIp,
        hostPort: Number(binding.HostPort),
      })),
    ),
    mounts: one.Mounts.map((mount) => ({
      type: mount.Type,
      ...(mount.Name === undefined ? {} : { name: mount.Name }),
      source: mount.Source,
      destination: mount.Destination,
      writable: mount.RW,
    })),
  };
}

function network(one: ListedNetwork): Network {
  return { id: one.Id, name: one.Name, key: one.Labels?.[label.network] ?? one.Name, internal: one.Internal };
}
