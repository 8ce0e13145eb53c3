import { ApiError } from '../../docker/api/api-error.ts';
import { type EngineApi, filters } from '../../docker/api/engine-api.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { loadEntries, projectPrefix, runLabel } from '../../run/journal.ts';

/**
 * Removes what an engine of our own has made of runs that are no more: an image may be done seconds after its build was ended, and a container that is on its
 * way makes its volume anew, without a label. Only there: elsewhere a label or a name does not tell whose a thing is. Throws what the engine throws.
 */
export async function removeStale(api: EngineApi, homes: Homes): Promise<void> {
  const [images, volumes] = await Promise.all([
    api.get<{ Id: string; RepoTags: string[] | null; Labels: Record<string, string> }[]>('/images/json', {
      filters: filters({ label: [runLabel] }),
    }),
    api.get<{ Volumes: { Name: string }[] | null }>('/volumes'),
  ]);
  // after the looks: what a run that begins meanwhile makes is not among them, and its entry comes first
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

/** The run that a volume of Compose's is called after. */
const runOf = (volume: string): string | undefined => {
  const id = /^labwright-([0-9a-z]+)-/.exec(volume)?.[1];
  return id !== undefined && volume.startsWith(projectPrefix(id)) ? id : undefined;
};

/** Gone already, or still in use: whoever comes next looks again. */
function unlessHeld(error: unknown): void {
  if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 409)) throw error;
}
