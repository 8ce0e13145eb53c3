import { ApiError } from '../../docker/api/api-error.ts';
import { containerLog } from '../../docker/api/container-log.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import type { Replica } from '../../lab/facts.ts';
import { portOf, type StackSpec, type TrustedApp } from '../../lab/stack.ts';
import type { TrustedReplica, World } from '../../lab/world.ts';
import type { Clock } from '../../run/clock.ts';
import { madeLabel, runLabel } from '../../run/journal.ts';
import { awaitFront } from './proxy-front.ts';
import { reload } from './reload.ts';

/**
 * The tutorial's own app in place of a submission's: on the same networks, under the same names, at the same port. What the proxy does with it cannot
 * depend on the submission's app.
 */

export interface TrustedOptions {
  readonly api: EngineApi;
  readonly spec: StackSpec;
  readonly runId: string;
  readonly project: string;
  readonly clock: Clock;
  readonly app: TrustedApp;
  look(): World;
  /** Called before a container is stopped, with its name: otherwise it would count as disturbed by others. */
  announce(name: string): void;
}

interface OpenTrusted extends AsyncDisposable {
  readonly replicas: readonly TrustedReplica[];
}

/** The fields used of `GET /containers/{id}/json`. */
interface Inspected {
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly Aliases?: readonly string[] | null }>> };
}
type Names = Readonly<Record<string, readonly string[]>>;

/** How long the app may take to start, and a log line to arrive. */
const readyMs = 20_000;
const logMs = 5000;
const logLines = 10_000;

/**
 * Starts one for each running replica, stops those, and lets the proxy look names up again. Undefined: no replica or no proxy runs. Its disposal removes what it
 * started. Throws ApiError.
 */
export async function openTrusted(options: TrustedOptions): Promise<OpenTrusted | undefined> {
  const { api, spec, look } = options;
  const { replicas } = await look().state();
  const running = (role: string | undefined) =>
    replicas.filter((one) => one.state === 'running' && one.service === spec.services[role ?? '']?.name);
  const [replaced, fronts] = [running(spec.proxy?.upstream), running(spec.proxy?.role)];
  if (replaced.length === 0 || fronts.length === 0) return undefined;
  const names = await namesOf(api, replaced);
  const made: string[] = [];
  const remove = async () => {
    await Promise.all(made.map((id) => api.delete(`/containers/${id}`, { force: true })));
  };
  try {
    const started = await Promise.all(replaced.map((_, at) => start(options, names, at, made)));
    await Promise.all(replaced.map((one) => stop(options, one)));
    await Promise.all(fronts.map((one) => lookUpAgain(options, one)));
    await awaitFront(options, new AbortController().signal);
    return { replicas: started, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The names that all of these containers have, on each of their networks: those of the service. */
async function namesOf(api: EngineApi, replicas: readonly Replica[]): Promise<Names> {
  const all = await Promise.all(
    replicas.map(async ({ id }) => (await api.get<Inspected>(`/containers/${id}/json`)).NetworkSettings.Networks),
  );
  const [networks = {}] = all;
  const own = new Set(replicas.flatMap(({ id, name, hostname }) => [id.slice(0, 12), name, hostname]));
  return Object.fromEntries(
    Object.entries(networks).map(([network, { Aliases }]) => [
      network,
      (Aliases ?? []).filter((alias) => !own.has(alias) && all.every((one) => one[network]?.Aliases?.includes(alias))),
    ]),
  );
}

async function start(options: TrustedOptions, names: Names, at: number, made: string[]): Promise<TrustedReplica> {
  const { api, spec, runId, project, app } = options;
  const [program = '', ...words] = app.command(portOf(spec, spec.proxy?.upstream ?? ''));
  const [[network, aliases] = ['none', []], ...others] = Object.entries(names);
  const created = await api.post<{ Id: string }>(
    '/containers/create',
    { name: `${project}-trusted-${at + 1}` },
    {
      Image: app.image,
      Entrypoint: [program],
      Cmd: words,
      Labels: { [runLabel]: runId, [madeLabel]: runId },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: aliases } } },
      HostConfig: {
        NetworkMode: network,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        ReadonlyRootfs: true,
        Memory: 64 * 1024 * 1024,
        PidsLimit: 64,
        Init: true,
      },
    },
  );
  if (!created) throw new ApiError(500, 'no container was made');
  const id = created.Id;
  made.push(id);
  for (const [other, known] of others)
    await api.post(`/networks/${other}/connect`, {}, { Container: id, EndpointConfig: { Aliases: known } });
  await api.post(`/containers/${id}/start`);
  const log = (until: (text: string) => boolean, timeoutMs: number) =>
    containerLog(api, id, { lines: logLines, until, timeoutMs });
  if (!isReady(await log(isReady, readyMs))) throw new ApiError(500, 'the trusted app did not start');
  const { Config } = await api.get<{ Config: { Hostname: string } }>(`/containers/${id}/json`);
  return {
    hostname: Config.Hostname,
    served: async (expected) => servedIn(await log((text) => expected.every((one) => servedIn(text).has(one)), logMs)),
  };
}

const servedIn = (log: string): Set<string> => new Set([...log.matchAll(/^served (\d+)$/gm)].map(([, number = '']) => number));
const isReady = (log: string): boolean => /^ready$/m.test(log);

/** Lets the proxy look names up again. */
async function lookUpAgain({ api, spec, clock, announce }: TrustedOptions, { id, name }: Replica): Promise<void> {
  announce(name);
  const { reload: how } = spec.proxy ?? {};
  if (how && (await reload(api, id, how, clock))) return;
  await api.post(`/containers/${id}/restart`, { t: 0 });
}

/** Without a grace period: it has answered all that it was asked. */
async function stop({ api, announce }: TrustedOptions, { id, name }: Replica): Promise<void> {
  announce(name);
  await api.post(`/containers/${id}/stop`, { t: 0 });
}
