import { ApiError } from '../docker/api/api-error.ts';
import { type EngineApi, filters } from '../docker/api/engine-api.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Clock } from './clock.ts';
import { madeLabel, projectPrefix, runLabel } from './journal.ts';

/** A run's leftovers on an engine, present or removed: names by kind. */
export interface Left {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
}

export const countLeft = (left: Left): number =>
  left.containers.length + left.networks.length + left.volumes.length + left.images.length;

interface RunLeftovers {
  readonly name: string;
  /** The project that it belongs to; images belong to none. */
  readonly project?: string | undefined;
  readonly path: string;
  readonly query: Readonly<Record<string, boolean>>;
}
type FoundByKind = Readonly<Record<keyof Left, readonly RunLeftovers[]>>;

interface Labels {
  readonly Labels?: Readonly<Record<string, string>> | null;
}
interface Labelled extends Labels {
  readonly Id: string;
}
interface Image extends Labelled {
  readonly RepoTags: readonly string[] | null;
}
const projectOf = ({ Labels }: Labels) => ({ project: Labels?.['com.docker.compose.project'] });

/**
 * Everything that the run created. The run's label alone does not prove this: what is built or run from one of its images
 * inherits the label. So a container must be created by Compose in a project of the run (its name can be any: `container_name`), or carry the label for
 * those made without Compose and have the run's prefix in its name; an image is identified by its tag, whichever run built it. An image that lost its tag to
 * a later build must be Compose's of a project of the run.
 */
async function find(api: EngineApi, id: string): Promise<FoundByKind> {
  const mine = { filters: filters({ label: [`${runLabel}=${id}`] }) };
  const prefix = projectPrefix(id);
  const [containers, networks, volumes, labelled, tagged] = await Promise.all([
    api.get<(Labelled & { Names: string[] })[]>('/containers/json', { ...mine, all: true }),
    api.get<(Labelled & { Name: string })[]>('/networks', mine),
    api.get<{ Volumes: (Labels & { Name: string })[] | null }>('/volumes', mine),
    api.get<Image[]>('/images/json', mine),
    api.get<Image[]>('/images/json', { filters: filters({ reference: [`${prefix}*`] }) }),
  ]);
  const nameOf = (one: { Names: string[] }) => one.Names[0]?.replace(/^\//, '') ?? '';
  return {
    containers: containers
      .filter(({ Labels, ...one }) => {
        const isOfProject = Labels?.['com.docker.compose.config-hash'] && projectOf({ Labels }).project?.startsWith(prefix);
        return isOfProject || (Labels?.[madeLabel] && nameOf(one).includes(prefix));
      })
      .map((one) => ({ ...projectOf(one), name: nameOf(one), path: `/containers/${one.Id}`, query: { force: true, v: true } })),
    networks: networks.map((one) => ({ ...projectOf(one), name: one.Name, path: `/networks/${one.Id}`, query: {} })),
    volumes: (volumes.Volumes ?? []).map((one) => ({
      ...projectOf(one),
      name: one.Name,
      path: `/volumes/${one.Name}`,
      query: {},
    })),
    images: imagesOf(prefix, labelled, tagged),
  };
}

/** Removes only the run's tags: an image that someone else's image is based on stays. */
function imagesOf(prefix: string, labelled: readonly Image[], tagged: readonly Image[]): RunLeftovers[] {
  const tags = new Set([...labelled, ...tagged].flatMap((one) => one.RepoTags ?? []).filter((tag) => tag.startsWith(prefix)));
  const untagged = labelled.filter(
    (one) => (one.RepoTags ?? []).every((tag) => tag === '<none>:<none>') && projectOf(one).project?.startsWith(prefix),
  );
  return [...tags, ...untagged.map(({ Id }) => Id)].map((name) => ({ name, path: `/images/${name}`, query: {} }));
}

const names = (found: FoundByKind): Left => ({
  containers: found.containers.map((one) => one.name),
  networks: found.networks.map((one) => one.name),
  volumes: found.volumes.map((one) => one.name),
  images: found.images.map((one) => one.name),
});

export const findLeft = async (api: EngineApi, id: string): Promise<Left> => names(await find(api, id));

/** How long an engine may continue to execute the requests of a command that was killed. */
export const quietMs = 2000;

/** How long a blocked removal (409: 'removal in progress', a network still in use) is retried. */
const patienceMs = 15_000;

/**
 * Removes everything of a run from an engine, and looks again until nothing is left. `quietMs`: nothing may appear for this long,
 * because an engine completes the requests of a killed command. Resolves to what was removed. Throws LabError E_CLEAN if
 * something remains.
 */
export async function removeRun(api: EngineApi, id: string, clock: Clock, quietMs = 0): Promise<Left> {
  const removed = {
    containers: new Set<string>(),
    networks: new Set<string>(),
    volumes: new Set<string>(),
    images: new Set<string>(),
  };
  let refused: unknown;
  let changedMs = clock.now();
  // the second look is immediate: usually nothing is left then
  for (let pauseMs = 0; ; pauseMs = Math.min(500, Math.max(25, pauseMs * 2))) {
    const found = await find(api, id);
    const before = countLeft(asLeft(removed));
    for (const { kind, name, refusal } of await removeOnce(api, found)) {
      if (refusal === undefined) removed[kind].add(name);
      else refused = refusal.reason;
    }
    const left = names(found);
    if (countLeft(asLeft(removed)) > before) changedMs = clock.now();
    const sinceMs = clock.now() - changedMs;
    if (countLeft(left) === 0 && sinceMs >= quietMs) return asLeft(removed);
    if (countLeft(left) > 0 && sinceMs > patienceMs) throw stays(left, refused);
    await clock.wait(pauseMs);
  }
}

interface Tried {
  readonly kind: keyof Left;
  readonly name: string;
  readonly refusal?: { readonly reason: unknown };
}

/** Containers use networks, volumes and images, so they are removed first. */
async function removeOnce(api: EngineApi, found: FoundByKind): Promise<Tried[]> {
  const all: Tried[] = [];
  for (const kind of ['containers', 'networks', 'volumes', 'images'] as const) {
    const tried = await Promise.allSettled(found[kind].map((one) => removeOne(api, one)));
    tried.forEach((result, at) => {
      const name = found[kind][at]?.name ?? '';
      all.push(result.status === 'fulfilled' ? { kind, name } : { kind, name, refusal: { reason: result.reason } });
    });
  }
  return all;
}

/**
 * Removes what one project of a run left, except its image, as far as this works at once; `removeRun` removes the rest. Resolves
 * to the number of items.
 */
export async function removeProject(api: EngineApi, id: string, project: string): Promise<number> {
  const found = await find(api, id);
  const of = (all: readonly RunLeftovers[]) => all.filter((one) => one.project === project);
  const { containers, networks, volumes } = found;
  const tried = await removeOnce(api, { containers: of(containers), networks: of(networks), volumes: of(volumes), images: [] });
  return tried.filter(({ refusal }) => refusal === undefined).length;
}

const asLeft = (removed: Readonly<Record<keyof Left, ReadonlySet<string>>>): Left => ({
  containers: [...removed.containers],
  networks: [...removed.networks],
  volumes: [...removed.volumes],
  images: [...removed.images],
});

function stays(found: Left, cause: unknown): LabError {
  const left = Object.values(found).flat();
  return new LabError(
    'E_CLEAN',
    text(`could not remove ${left.join(', ')}`, `無法移除 ${left.join('、')}`),
    text(
      'see what holds it: `docker ps -a`, `docker network inspect`; then `lab clean`',
      '用 `docker ps -a`、`docker network inspect` 找出佔用它的資源，再執行 `lab clean`',
    ),
    { cause },
  );
}

/** Ignores 404 (already removed); after 409 ('removal in progress'), the next round looks again. */
async function removeOne(api: EngineApi, { path, query }: RunLeftovers): Promise<void> {
  try {
    await api.delete(path, query);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
}
