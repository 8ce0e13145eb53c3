import { type EngineApi, filters, jsonLines } from '../../src/docker/api/engine-api.ts';

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/**
 * The scripts leave anonymous volumes of Redis behind, without labels. Records which volumes the containers of these projects mount from now on. Resolves to a
 * function that removes them.
 */
export async function sweepVolumes(api: EngineApi, projects: readonly string[]): Promise<() => Promise<void>> {
  const stream = await api.stream('GET', '/events', {
    filters: filters({ type: ['container', 'volume'], event: ['create', 'mount'] }),
  });
  const reader = stream.getReader();
  const containers = new Set<string>();
  const mounted = new Set<string>();
  const chunks = async function* () {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  };
  const listening = (async () => {
    for await (const { Type, Action, Actor } of jsonLines<EngineEvent>(chunks())) {
      if (Type === 'container' && projects.includes(Actor.Attributes['com.docker.compose.project'] ?? ''))
        containers.add(Actor.ID);
      if (Type === 'volume' && Action === 'mount' && containers.has(Actor.Attributes.container ?? '')) mounted.add(Actor.ID);
    }
  })();
  return async () => {
    await reader.cancel();
    await listening;
    // an interrupted script has left containers, which still use their volumes
    const removed = [...mounted].filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name) => api.delete(`/volumes/${name}`));
    const kept = (await Promise.allSettled(removed)).filter(({ status }) => status === 'rejected').length;
    if (kept > 0) console.error(`${kept} volumes of the scripts' are in use and stay: see \`docker ps -a\``);
  };
}
