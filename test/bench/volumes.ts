import { type EngineApi, filters, jsonLines } from '../../src/docker/api/engine-api.ts';

interface Told {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/**
 * The scripts leave Redis's anonymous volumes behind, which carry no label. From now on this notes which volumes the containers of
 * these projects mount; what it resolves to removes them.
 */
export async function sweepVolumes(api: EngineApi, projects: readonly string[]): Promise<() => Promise<void>> {
  const stream = await api.stream('GET', '/events', {
    filters: filters({ type: ['container', 'volume'], event: ['create', 'mount'] }),
  });
  const reader = stream.getReader();
  const theirs = new Set<string>();
  const mounted = new Set<string>();
  const chunks = async function* () {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  };
  const listening = (async () => {
    for await (const { Type, Action, Actor } of jsonLines<Told>(chunks())) {
      if (Type === 'container' && projects.includes(Actor.Attributes['com.docker.compose.project'] ?? '')) theirs.add(Actor.ID);
      if (Type === 'volume' && Action === 'mount' && theirs.has(Actor.Attributes.container ?? '')) mounted.add(Actor.ID);
    }
  })();
  return async () => {
    await reader.cancel();
    await listening;
    // a script that broke off has left its containers, which hold theirs
    const removed = [...mounted].filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name) => api.delete(`/volumes/${name}`));
    const kept = (await Promise.allSettled(removed)).filter(({ status }) => status === 'rejected').length;
    if (kept > 0) console.error(`${kept} volumes of the scripts' are in use and stay: see \`docker ps -a\``);
  };
}
