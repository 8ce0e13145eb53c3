import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Replica } from '../../../lab/facts.ts';
import { isAccident } from './accident.ts';
import type { Picture, ProxyPicture, ReplicaPicture, ServicePicture } from './picture.ts';
import { addressesOf, upstreamsOf } from './reduce-picture.ts';
import { isLogging, type PictureState, type ProxyRun, serviceOf } from './state.ts';

/** A name is at most this long. */
const longestName = 100;

/** The picture of a state. */
export function pictureOf(state: PictureState, at: string): Picture {
  const { facts, services, spec, unmeasuredSince } = state;
  const proxy = proxyOf(state);
  const names = [
    ...services,
    ...Object.values(spec.services).map(({ name }) => name),
    ...facts.replicas.map(({ service }) => service),
  ];
  return {
    at,
    ...(unmeasuredSince === undefined ? {} : { unmeasuredSince }),
    networks: facts.networks.map(({ id, key, internal }) => ({ id, name: oneLine(key, longestName), internal })),
    services: [...new Set(names)].map((name) => servicePicture(state, name)),
    ...(proxy ? { proxy } : {}),
  };
}

function servicePicture(state: PictureState, name: string): ServicePicture {
  const { spec, facts, dns } = state;
  const role = Object.keys(spec.services).find((one) => spec.services[one]?.name === name);
  const replicas = facts.replicas.filter((one) => one.service === name);
  const published = replicas.flatMap((one) => one.published).find(({ hostPort }) => hostPort > 0)?.hostPort;
  const answer = dns[name];
  return {
    name: oneLine(name, longestName),
    ...(role === undefined ? {} : { role }),
    ...(published === undefined ? {} : { published }),
    replicas: replicas.map((one) => replicaPicture(state, one)).sort((a, b) => a.number - b.number),
    ...(answer ? { dns: answer } : {}),
  };
}

function replicaPicture(all: PictureState, replica: Replica): ReplicaPicture {
  const { id, state, health, exitCode, networks, service } = replica;
  // while Compose replaces a container, the old one's name begins with its ID
  const name = replica.name.replace(/^[0-9a-f]{12}_/, '');
  const run = all.runs[id];
  const logs = isLogging(all, service);
  const hasEnded = state === 'exited' || state === 'dead' || state === 'restarting';
  return {
    id,
    name: oneLine(name, longestName),
    number: Number(/[-_](\d+)$/.exec(name)?.[1] ?? 1),
    state: state === 'dead' ? 'exited' : state,
    ...(hasEnded && exitCode !== undefined ? { exitCode } : {}),
    ...(health !== undefined && state === 'running' ? { health } : {}),
    addresses: Object.fromEntries(
      Object.values(networks).flatMap(({ networkId, address }) => (address === '' ? [] : [[networkId, address]])),
    ),
    ...(run && !run.cut.includes(run.source ?? 'log') && logs ? { requests: run.requests } : {}),
    ...(run?.packets === undefined || logs ? {} : { packets: run.packets }),
  };
}

/** Undefined: the stack has no proxy, none exists, or nothing was measured. */
function proxyOf(state: PictureState): ProxyPicture | undefined {
  const { spec, dns, proxies } = state;
  const service = serviceOf(spec, spec.proxy?.role);
  const upstream = serviceOf(spec, spec.proxy?.upstream);
  if (service === undefined || upstream === undefined) return undefined;
  const running = state.facts.replicas.filter((one) => one.state === 'running' && proxies[one.id]);
  const known = dns[upstream]?.addresses.length;
  if (running.length === 0 || (known === undefined && !isLogging(state, upstream))) return undefined;
  const all = running.flatMap(({ id }) => proxies[id] ?? []);
  const reached: Record<string, number> = {};
  for (const one of all)
    for (const [id, count] of Object.entries(one.reached)) if (state.runs[id]) reached[id] = (reached[id] ?? 0) + count;
  return {
    ...{ service, upstream, reached },
    ...(known === undefined ? {} : { known }),
    stale: known !== undefined && all.some((one) => isStale(state, one)),
  };
}

/** Whether a proxy's view differs from DNS, and that is no accident. */
function isStale(state: PictureState, { reached, settled, unreachable, processes }: ProxyRun): boolean {
  const { facts, owners, spec, processors } = state;
  const upstream = serviceOf(spec, spec.proxy?.upstream);
  const addresses = addressesOf(state);
  const known = upstreamsOf(state);
  const found = (id: string | undefined) => facts.replicas.find((one) => one.id === id);
  // the proxy may pass requests to other services too
  const tried = Object.keys(unreachable).filter((address) => (found(owners[address])?.service ?? upstream) === upstream);
  if (tried.some((address) => !addresses.includes(address))) return true;
  const isRunning = (id: string) => found(id)?.state === 'running';
  if (Object.keys(settled).some((id) => !known.includes(id) && isRunning(id))) return true;
  const unable = new Set(tried.map((address) => owners[address]));
  const able = known.filter((id) => reached[id] || (isRunning(id) && !unable.has(id)));
  const used = able.filter((id) => reached[id]).length;
  const requests = Object.values(settled).reduce((sum, count) => sum + count, 0);
  if (used === able.length || requests === 0) return false;
  return !isAccident(requests, { known: able.length, reached: used, processes: processes.length || processors });
}
