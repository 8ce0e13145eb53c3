import { type EngineApi, filters } from '../engine/api.ts';
import { ApiError } from '../engine/api-error.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { runLabel } from './journal.ts';

/** What is, or was, left of a run on an engine: by kind, what a person knows it by. */
export interface Left {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
}

export const countLeft = (left: Left): number =>
  left.containers.length + left.networks.length + left.volumes.length + left.images.length;

interface Found {
  readonly name: string;
  readonly path: string;
  readonly query: Readonly<Record<string, boolean>>;
}
type FoundByKind = Readonly<Record<keyof Left, readonly Found[]>>;

/** All that carries the run's label. */
async function find(api: EngineApi, id: string): Promise<FoundByKind> {
  const mine = { filters: filters({ label: [`${runLabel}=${id}`] }) };
  const [containers, networks, volumes, images] = await Promise.all([
    api.get<{ Id: string; Names: string[] }[]>('/containers/json', { ...mine, all: true }),
    api.get<{ Id: string; Name: string }[]>('/networks', mine),
    api.get<{ Volumes: { Name: string }[] | null }>('/volumes', mine),
    api.get<{ Id: string; RepoTags: string[] | null }[]>('/images/json', mine),
  ]);
  return {
    containers: containers.map((one) => ({
      name: one.Names[0]?.replace(/^\//, '') ?? one.Id,
      path: `/containers/${one.Id}`,
      query: { force: true, v: true },
    })),
    networks: networks.map((one) => ({ name: one.Name, path: `/networks/${one.Id}`, query: {} })),
    volumes: (volumes.Volumes ?? []).map((one) => ({ name: one.Name, path: `/volumes/${one.Name}`, query: {} })),
    images: images.map((one) => ({ name: one.RepoTags?.[0] ?? one.Id, path: `/images/${one.Id}`, query: { force: true } })),
  };
}

const names = (found: FoundByKind): Left => ({
  containers: found.containers.map((one) => one.name),
  networks: found.networks.map((one) => one.name),
  volumes: found.volumes.map((one) => one.name),
  images: found.images.map((one) => one.name),
});

export const findLeft = async (api: EngineApi, id: string): Promise<Left> => names(await find(api, id));

/** How often it is looked again for what the engine was still making when the run ended. */
const rounds = 10;

/**
 * Removes everything of a run from an engine, and looks again until nothing is there. Only what carries the run's label is
 * touched. Resolves to what was removed. Throws LabError E_CLEAN if something stays.
 */
export async function removeRun(api: EngineApi, id: string): Promise<Left> {
  const removed = {
    containers: new Set<string>(),
    networks: new Set<string>(),
    volumes: new Set<string>(),
    images: new Set<string>(),
  };
  let refused: unknown;
  for (let round = 0; round < rounds; round++) {
    const found = await find(api, id);
    if (countLeft(names(found)) === 0) {
      return {
        containers: [...removed.containers],
        networks: [...removed.networks],
        volumes: [...removed.volumes],
        images: [...removed.images],
      };
    }
    // Containers hold networks, volumes and images, so they go first.
    for (const kind of ['containers', 'networks', 'volumes', 'images'] as const) {
      const tried = await Promise.allSettled(found[kind].map((one) => removeOne(api, one)));
      tried.forEach((result, at) => {
        if (result.status === 'fulfilled') removed[kind].add(found[kind][at]?.name ?? '');
        else refused = result.reason;
      });
    }
  }
  const left = Object.values(names(await find(api, id))).flat();
  throw new LabError(
    'E_CLEAN',
    text(`could not remove ${left.join(', ')}`, `無法移除 ${left.join('、')}`),
    text(
      'see what holds it: `docker ps -a`, `docker network inspect`; then `lab clean`',
      '用 `docker ps -a`、`docker network inspect` 看看是什麼佔用，再執行 `lab clean`',
    ),
    { cause: refused },
  );
}

/** Gone already, or on its way (404, 409 'removal in progress'): the next round looks. */
async function removeOne(api: EngineApi, { path, query }: Found): Promise<void> {
  try {
    await api.delete(path, query);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
}
