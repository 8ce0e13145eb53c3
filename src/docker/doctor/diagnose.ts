import { LabError } from '../../lab/error.ts';
import { freeSpace, isFree, nodeSupported } from '../../platform/machine.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { EngineApi, filters } from '../api/engine-api.ts';
import { countNetworksLeft } from '../api/networks-left.ts';
import { endpointEnv, findCompose } from '../compose/find-compose.ts';
import { supportedVersion } from '../discovery/engine-version.ts';
import { findDocker, noDocker, type Search } from '../discovery/find-docker.ts';
import { installHint, loadSystem, type System } from '../discovery/install-hint.ts';
import { buildable, running, supported } from '../embedded/embedded-engine.ts';
import { findImage } from '../images/ensure-images.ts';
import { askRegistry } from '../images/registry.ts';
import type { HealthFacts, Trouble } from './health-facts.ts';

export interface Examination {
  readonly choice: 'auto' | 'docker' | 'private';
  readonly homes: Homes;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string | undefined;
  readonly images: readonly string[];
  /** The port that the tutorial publishes, and the variable that changes it in its Compose file; absent: it publishes none. */
  readonly port?: { readonly number: number; readonly variable: string };
  /** IDs of the runs in the journal, if it can be read: active ones, and those that ended without removing what they created. */
  readonly runs: RunIds | Trouble;
  readonly signal: AbortSignal;
}

interface RunIds {
  readonly underWay: readonly string[];
  readonly ended: readonly string[];
}

interface Info {
  readonly DockerRootDir: string;
  readonly SystemTime: string;
}

interface FoundEngine {
  readonly facts: HealthFacts['engine'];
  readonly api?: EngineApi;
  /** Environment with which Docker's programs reach the same engine. */
  readonly env: Readonly<Record<string, string>>;
}

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** The label of everything that a run creates; its value is the run's ID. */
const runLabel = 'labwright.run';
const registry = 'docker.io';
const registryMs = 3000;

/** Examines what labs need on this machine. Starts, installs and changes nothing; works without any engine. */
export async function diagnose(asked: Examination): Promise<HealthFacts> {
  const system = await loadSystem(process.platform);
  const silence = askRegistry(registry, registryMs, asked.signal);
  const engine = await lookForEngine(asked, system);
  await using api = engine.api;
  const { facts } = engine;
  const able = facts.state === 'on demand' || (facts.state === 'answers' && facts.kind === 'private');
  const absent = await absentImages(api, asked.images);
  const compose = facts.state === 'on demand' ? undefined : await lookForCompose(engine.env, system, asked.signal);
  const info = api && (await api.get<Info>('/info'));
  const left = api && (await countNetworksLeft(api));
  const leftovers = 'message' in asked.runs ? asked.runs : api && (await countLeftovers(api, asked.runs));
  const reason = await silence;
  return {
    node: { version: process.version, supported: nodeSupported(process.versions.node) },
    engine: facts,
    ...(compose ? { compose } : {}),
    disks: await freeSpace(asked.homes, info?.DockerRootDir),
    ...(asked.port ? { port: { ...asked.port, free: await isFree(asked.port.number) } } : {}),
    ...(left === undefined ? {} : { networksLeft: left }),
    images: { needed: asked.images, absent, buildable: able && absent.every((ref) => buildable(ref)) },
    registry: { name: registry, ...(reason ? { silence: reason } : {}) },
    ...(leftovers ? { leftovers } : {}),
  };
}

async function lookForEngine({ choice, homes, env, home }: Examination, system: System): Promise<FoundEngine> {
  const own = await running(homes);
  const ownEnv = own?.env ?? {};
  let search: Search | undefined;
  if (choice !== 'private') {
    try {
      search = await findDocker({ env, home, platform: process.platform });
    } catch (error) {
      return { facts: { state: 'none', ...trouble(error) }, env: {} };
    }
    if (search.api) {
      const isOwn = search.api.endpoint.host === own?.host;
      return await examined(
        search.api,
        isOwn ? 'private' : 'docker',
        isOwn ? ownEnv : endpointEnv(search.api.endpoint, env, home),
      );
    }
    if (choice === 'docker' || search.places.chosen)
      return { facts: { state: 'none', ...trouble(noDocker(search, system)) }, env: {} };
  }
  if (own) {
    return examined(await EngineApi.connect({ host: own.host }), 'private', ownEnv);
  }
  const able = await supported();
  if (able.ok) return { facts: { state: 'on demand' }, env: {} };
  const why = search ? trouble(noDocker(search, system, able.reason)) : { message: able.reason, hint: installHint(system) };
  return { facts: { state: 'none', ...why }, env: {} };
}

const trouble = (error: unknown): Trouble => {
  if (error instanceof LabError) return { message: error.text, hint: error.hint };
  throw error;
};

/** An engine that answers; one that labs cannot run on is as good as none, and is not examined further. */
async function examined(api: EngineApi, kind: 'docker' | 'private', env: FoundEngine['env']): Promise<FoundEngine> {
  try {
    return { facts: await engineFacts(api, kind), api, env };
  } catch (error) {
    await api.close();
    return { facts: { state: 'none', ...trouble(error) }, env: {} };
  }
}

async function engineFacts(api: EngineApi, kind: 'docker' | 'private'): Promise<HealthFacts['engine']> {
  const asked = Date.now();
  const [version, { SystemTime }] = await Promise.all([supportedVersion(api), api.get<Info>('/info')]);
  const clockMs = Date.parse(SystemTime) - (asked + Date.now()) / 2;
  return { state: 'answers', kind, version, apiVersion: api.apiVersion, host: api.endpoint.host, clockMs };
}

const lookForCompose = (
  env: Readonly<Record<string, string>>,
  system: System,
  signal: AbortSignal,
): Promise<NonNullable<HealthFacts['compose']>> => findCompose(env, { system, signal }).catch(trouble);

async function absentImages(api: EngineApi | undefined, refs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(refs.map((ref) => api && findImage({ api }, ref)));
  return refs.filter((_, at) => !found[at]);
}

/** Counts what carries our label, by whether its run has ended, is active, or is not in the journal. */
async function countLeftovers(api: EngineApi, { underWay, ended }: RunIds): Promise<NonNullable<HealthFacts['leftovers']>> {
  const ours = { filters: filters({ label: [runLabel] }) };
  const [containers, networks, { Volumes }, images] = await Promise.all([
    api.get<Labelled[]>('/containers/json', { ...ours, all: true }),
    api.get<Labelled[]>('/networks', ours),
    api.get<{ Volumes: Labelled[] | null }>('/volumes', ours),
    api.get<Labelled[]>('/images/json', ours),
  ]);
  const volumes = Volumes ?? [];
  const run = ({ Labels }: Labelled): string => Labels?.[runLabel] ?? '';
  const count = (found: readonly Labelled[]): number => found.filter((one) => ended.includes(run(one))).length;
  const known = [...underWay, ...ended];
  return {
    runs: ended.length,
    containers: count(containers),
    networks: count(networks),
    volumes: count(volumes),
    images: count(images),
    underWay: underWay.length,
    unknown: [...containers, ...networks, ...volumes, ...images].filter((one) => !known.includes(run(one))).length,
  };
}
