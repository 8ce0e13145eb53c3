import { ApiError } from '../../docker/api/api-error.ts';
import { type EngineApi, filters } from '../../docker/api/engine-api.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { loadEntries, projectPrefix, runLabel } from '../../run/journal.ts';

/**
 * Removes what labwright's own engine created for runs that no longer exist: an image may be finished seconds after its build was
 * stopped, and a starting container creates its volume again, without a label. Only for that engine: elsewhere a label or a name
 * does not identify the owner. Throws the engine's errors.
 */
export async function removeStale(api: EngineApi, homes: Homes): Promise<void> {
  const [images, volumes] = await Promise.all([
    api.get<{ Id: string; RepoTags: string[] | null; Labels: Record<string, string> }[]>('/images/json', {
      filters: filters({ label: [runLabel] }),
    }),
    api.get<{ Volumes: { Name: string }[] | null }>('/volumes'),
  ]);
  // after the listing: objects of a run that starts meanwhile are not listed, and its entry is written first
  const known = new Set((await loadEntries(homes, () => undefined)).map(({ id }) => id));
  const isLate = (id: string | undefined) => id !== undefined && !known.has(id);
  const paths = [
    ...images
      .filter(({ Labels }) => isLate(Labels[runLabel]))
      .flatMap(({ Id, RepoTags }) => (RepoTags?.length ? RepoTags : [Id]))
      .map((ref) => `/images/${ref}`),
    ...(volumes.Volumes ?? []).filter(({ Name }) => isLate(runOf(Name))).map(({ Name }) => `/volumes/${Name}`),
  ];
  for (const path of paths) await api.delete(path).catch(unlessHeld);
}

/** The run in the name of a Compose volume. */
const runOf = (volume: string): string | undefined => {
  const id = /^labwright-([0-9a-z]+)-/.exec(volume)?.[1];
  return id !== undefined && volume.startsWith(projectPrefix(id)) ? id : undefined;
};

/** The object is already gone or still in use: the next call tries again. */
function unlessHeld(error: unknown): void {
  if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 409)) throw error;
}
