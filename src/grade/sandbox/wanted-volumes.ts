import type { EngineApi } from '../../docker/api/engine-api.ts';
import { imageFacts } from '../../docker/api/project-facts.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';

/** By service: the paths where its image declares a volume. */
export async function wantedVolumes(api: EngineApi, normal: NormalStack): Promise<Record<string, readonly string[]>> {
  const found = Object.entries(normal.services).map(async ([name, { image, build }]) => {
    // a built image has its own volumes and those of its base images
    const lines = (build?.dockerfileText ?? `FROM ${image}`).split('\n');
    const volumes = lines.map(async (line) => {
      const [, word, rest = ''] = /^(FROM|VOLUME) (\S.*)$/.exec(line) ?? [];
      if (word === 'VOLUME') return [...rest.matchAll(/"([^"]+)"/g)].map(([, path = '']) => path);
      return word === 'FROM' ? (await imageFacts(api, rest.split(' ')[0] ?? '')).volumes : [];
    });
    return [name, [...new Set((await Promise.all(volumes)).flat())]] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
