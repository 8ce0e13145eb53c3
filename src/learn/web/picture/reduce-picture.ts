import type { LoggedRequest } from '../../../checks/evidence/log-line.ts';
import type { Replica } from '../../../lab/facts.ts';
import { isOwn, nonceOf, senderOf } from './attribute.ts';
import type { Requests } from './picture.ts';
import { isLookedUp, type Observation, type PictureState, type ProxyRun, type Run, type SeenLine, serviceOf } from './state.ts';

/** A request that a line shows, as it moves. */
export type Moved = Omit<Requests['seen'][number], 'count'> & { readonly atMs: number };

export interface Reduced {
  readonly state: PictureState;
  readonly moved: readonly Moved[];
}

/** The state after an observation, and the requests that it shows. */
export function reduce(state: PictureState, seen: Observation): Reduced {
  switch (seen.kind) {
    case 'facts':
      return { state: withFacts(state, seen), moved: [] };
    case 'attached':
      return { state: withAttached(state, seen), moved: [] };
    case 'turned':
      return { state: withTurned(state, seen), moved: [] };
    case 'unmeasured':
      return { state: { ...state, unmeasuredSince: state.unmeasuredSince ?? seen.at }, moved: [] };
    case 'dns':
      return { state: withAnswers(state, seen), moved: [] };
    case 'lines': {
      const moved: Moved[] = [];
      return { state: seen.lines.reduce((before, line) => withLine(before, line, moved), state), moved };
    }
    case 'cut':
      return { state: withCut(state, seen), moved: [] };
    case 'packets':
      return {
        state: Object.entries(seen.packets).reduce((before, [id, packets]) => withRun(before, id, { packets }), state),
        moved: [],
      };
    case 'processes':
      return { state: withProcesses(state, seen.container, seen.processes), moved: [] };
  }
}

function withFacts(
  state: PictureState,
  { facts, services }: Pick<Extract<Observation, { kind: 'facts' }>, 'facts' | 'services'>,
): PictureState {
  const front = serviceOf(state.spec, state.spec.proxy?.role);
  const there = new Set(facts.replicas.map(({ id }) => id));
  const addresses = facts.replicas.flatMap(({ id, networks }) =>
    Object.values(networks).map(({ address }) => [address, id] as const),
  );
  const isChanged = runningIn(facts) !== runningIn(state.facts);
  const running = new Set(facts.replicas.filter((one) => one.state === 'running').map(({ service }) => service));
  return {
    ...state,
    ...{ facts, services, unmeasuredSince: undefined },
    owners: Object.fromEntries([
      ...Object.entries(state.owners).filter(([, id]) => there.has(id)),
      ...addresses.filter(([address]) => address !== ''),
    ]),
    runs: Object.fromEntries(
      facts.replicas.map(({ id, startedAt }) => {
        const known = state.runs[id];
        return [id, known?.startedAt === startedAt ? known : newRun(startedAt)];
      }),
    ),
    proxies: Object.fromEntries(
      facts.replicas
        .filter((one) => one.service === front)
        .map(({ id, startedAt }) => {
          const known = state.proxies[id];
          return [id, known?.startedAt === startedAt ? known : newProxyRun(startedAt)];
        }),
    ),
    dns: Object.fromEntries(Object.entries(state.dns).filter(([service]) => running.has(service))),
    generation: state.generation + (isChanged ? 1 : 0),
  };
}

/** What the event says; the engine's next facts have the rest. An event that is older than the facts changes nothing. */
function withTurned(state: PictureState, { container, to, atMs }: Extract<Observation, { kind: 'turned' }>): PictureState {
  const { facts, services } = state;
  const found = facts.replicas.find(({ id }) => id === container);
  if (!found) return state;
  const { exitCode, finishedAt, ...rest } = found;
  if (to === 'running' && (found.state === 'running' || atMs <= Date.parse(finishedAt ?? ''))) return state;
  const started: Replica = {
    ...rest,
    ...{ state: 'running', startedAt: new Date(atMs).toISOString() },
    ...(found.healthcheck ? { health: 'starting' } : {}),
  };
  const replicas = facts.replicas.flatMap((one) => (one !== found ? one : to === 'running' ? started : []));
  return withFacts(state, { facts: { ...facts, replicas }, services });
}

/** Another container may have an alias that is the name of a service. The project's own are in the facts. */
function withAttached(state: PictureState, { network, container }: Extract<Observation, { kind: 'attached' }>): PictureState {
  const { networks, replicas } = state.facts;
  const isOthers = networks.some(({ id }) => id === network) && !replicas.some(({ id }) => id === container);
  return isOthers ? { ...state, generation: state.generation + 1 } : state;
}

/** The running containers and their addresses, comparable. */
const runningIn = ({ replicas }: PictureState['facts']): string =>
  replicas
    .filter((one) => one.state === 'running')
    .map(({ id, startedAt, networks }) => [id, startedAt, ...Object.values(networks).map(({ address }) => address)].join(' '))
    .sort()
    .join('\n');

const newRun = (startedAt: string): Run => ({ startedAt, requests: 0, hasLogged: false, cut: [] });
const newProxyRun = (startedAt: string): ProxyRun => ({
  ...{ startedAt, processes: [], reached: {}, settled: {}, unreachable: {}, passedOn: [], answered: [] },
});

function withRun(state: PictureState, id: string, change: Partial<Run>): PictureState {
  const run = state.runs[id];
  return run ? { ...state, runs: { ...state.runs, [id]: { ...run, ...change } } } : state;
}

function withCut(state: PictureState, { container, source, fromMs }: Extract<Observation, { kind: 'cut' }>): PictureState {
  const run = state.runs[container];
  // only lines from before the start are missing
  if (!run || run.cut.includes(source) || fromMs < startMs(run, source)) return state;
  return withRun(state, container, { cut: [...run.cut, source] });
}

function withProxy(state: PictureState, id: string, change: Partial<ProxyRun>): PictureState {
  const proxy = state.proxies[id];
  return proxy ? { ...state, proxies: { ...state.proxies, [id]: { ...proxy, ...change } } } : state;
}

/** What a proxy reached before DNS changed says nothing about what it knows now. */
function withAnswers(state: PictureState, { answers, from, at, of }: Extract<Observation, { kind: 'dns' }>): PictureState {
  const upstream = serviceOf(state.spec, state.spec.proxy?.upstream) ?? '';
  const dns = Object.fromEntries(Object.entries(answers).map(([service, addresses]) => [service, { addresses, at, from }]));
  const sorted = (of: PictureState['dns']) => [...(of[upstream]?.addresses ?? [])].sort().join();
  const isSame = sorted(dns) === sorted(state.dns);
  const proxies = Object.entries(state.proxies).map(([id, one]) => [id, isSame ? one : { ...one, settled: {}, unreachable: {} }]);
  return { ...state, dns, lookedUp: of, proxies: Object.fromEntries(proxies) };
}

/** A proxy that reads its configuration again replaces each process that accepts connections. Some of both: it has not finished. */
function withProcesses(state: PictureState, id: string, processes: readonly number[]): PictureState {
  const known = state.proxies[id]?.processes ?? [];
  if (processes.length === 0 || known.some((one) => processes.includes(one))) return state;
  return withProxy(state, id, { processes, ...(known.length === 0 ? {} : { reached: {}, settled: {}, unreachable: {} }) });
}

/** How long a proxy may leave an address alone to which it could not connect. */
const retryMs = 30_000;

function withLine(state: PictureState, line: SeenLine, moved: Moved[]): PictureState {
  const { container: id, source, atMs, request, unreachable } = line;
  const run = state.runs[id];
  // NaN: a line without a time from before the picture began
  if (!run || !(atMs >= startMs(run, source))) return state;
  if (unreachable !== undefined)
    return withProxy(state, id, { unreachable: { ...state.proxies[id]?.unreachable, [unreachable]: atMs } });
  const begun = run.hasLogged || source !== 'log' ? state : withRun(state, id, { hasLogged: true });
  if (!request || request.fromInside || !isCounted(run, source, request)) return begun;
  const service = state.facts.replicas.find((one) => one.id === id)?.service ?? '';
  const counted = withRun(begun, id, { requests: run.source === source ? run.requests + 1 : 1, source });
  const from = senderOf(state, request);
  // what happened before the picture began is counted only
  if (from === undefined || atMs < state.openedMs) return counted;
  const own = isOwn(state, service, request);
  moved.push({ from, to: id, failed: (request.status ?? 200) >= 500, own, atMs });
  const nonce = nonceOf(request);
  if (service === serviceOf(state.spec, state.spec.proxy?.role))
    return nonce === undefined ? counted : withPassedOn(counted, id, nonce);
  if (service !== serviceOf(state.spec, state.spec.proxy?.upstream)) return counted;
  if (!own) return withReached(counted, from, id, atMs);
  return nonce === undefined ? counted : withAnswered(counted, from, { nonce, by: id, atMs });
}

/** A file may be any that the container can write, such as one with examples of requests. */
function isCounted(run: Run, source: string, { client, status, timeMs }: LoggedRequest): boolean {
  if (source === 'log') return true;
  return (run.source ?? source) === source && client !== undefined && status !== undefined && !(timeMs < startMs(run, source));
}

/** A mounted file has times in whole seconds. */
const startMs = ({ startedAt }: Run, source: string): number =>
  source === 'log' ? Date.parse(startedAt) : Math.floor(Date.parse(startedAt) / 1000) * 1000;

/** How many nonces are known at a time: both logs show a request within moments. */
const mostNonces = 200;

/** The proxy's log shows one of our probes: it counts as soon as the log of a replica shows it too. */
function withPassedOn(state: PictureState, id: string, nonce: string): PictureState {
  const proxy = state.proxies[id];
  if (!proxy) return state;
  const found = proxy.answered.find((one) => one.nonce === nonce);
  if (!found) return withProxy(state, id, { passedOn: [...proxy.passedOn, nonce].slice(-mostNonces) });
  return withReached(withProxy(state, id, { answered: proxy.answered.filter((one) => one !== found) }), id, found.by, found.atMs);
}

/** A replica answered one of our probes to the proxy's container. Some are sent from there, and not through the proxy: its log does not show them. */
function withAnswered(state: PictureState, id: string, answer: ProxyRun['answered'][number]): PictureState {
  const proxy = state.proxies[id];
  if (!proxy) return state;
  if (!proxy.passedOn.includes(answer.nonce))
    return withProxy(state, id, { answered: [...proxy.answered, answer].slice(-mostNonces) });
  const passedOn = proxy.passedOn.filter((nonce) => nonce !== answer.nonce);
  return withReached(withProxy(state, id, { passedOn }), id, answer.by, answer.atMs);
}

function withReached(state: PictureState, from: string, to: string, atMs: number): PictureState {
  const proxy = state.proxies[from];
  if (!proxy || atMs < Date.parse(proxy.startedAt)) return state;
  const more = (counts: Readonly<Record<string, number>>) => ({ ...counts, [to]: (counts[to] ?? 0) + 1 });
  // that it tries an address that DNS returns stays true
  const known = addressesOf(state);
  const unreachable = Object.entries(proxy.unreachable).filter(
    ([address, lastMs]) => atMs - lastMs < retryMs || known.includes(address),
  );
  return withProxy(state, from, {
    reached: more(proxy.reached),
    settled:
      isLookedUp(state) && upstreamsOf(state).every((id) => isReady(state, id, atMs)) ? more(proxy.settled) : proxy.settled,
    unreachable: Object.fromEntries(unreachable),
  });
}

/** The containers that DNS returns for the proxy's upstream. */
export const upstreamsOf = (state: PictureState): string[] => [
  ...new Set(addressesOf(state).flatMap((address) => state.owners[address] ?? [])),
];

/** The addresses that DNS returns for the proxy's upstream. */
export const addressesOf = ({ spec, dns }: PictureState): readonly string[] =>
  dns[serviceOf(spec, spec.proxy?.upstream) ?? '']?.addresses ?? [];

/** How long a program without a health check and without a log may take to start. */
const startsMs = 3000;

function isReady({ facts, runs }: PictureState, id: string, atMs: number): boolean {
  const found = facts.replicas.find((one) => one.id === id);
  if (!found) return false;
  if (found.health !== undefined) return found.health === 'healthy';
  return runs[id]?.hasLogged === true || atMs - Date.parse(found.startedAt) > startsMs;
}
