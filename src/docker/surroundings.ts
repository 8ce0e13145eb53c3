import { repositoryOf } from '../formats/image-name.ts';
import type { PortHolder, Surroundings } from '../lab/world.ts';
import { processOnPort } from '../platform/port-holder.ts';
import { digestInside } from './api/container-file.ts';
import { type EngineApi, filters } from './api/engine-api.ts';
import { pastEvents } from './api/exec-events.ts';
import { countNetworksLeft } from './api/networks-left.ts';

interface Listed {
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Ports: readonly { readonly PublicPort?: number }[];
}

const label = (name: string) => `com.docker.compose.${name}`;
const eventsMs = 5000;

/** What is around a project on its engine. Each question is one or two requests; a process can be seen only on the engine's own machine. */
export function surroundings(api: EngineApi, project: string): Surroundings {
  const isLocal = /^(?:unix|npipe):/.test(api.endpoint.host);
  return {
    portHolder: async (port): Promise<PortHolder | undefined> => {
      const listed = await api.get<Listed[]>('/containers/json', { filters: filters({ publish: [String(port)] }) });
      const one = listed.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
      if (one)
        return {
          container: one.Names[0]?.replace(/^\//, '') ?? '',
          service: one.Labels[label('service')] ?? '',
          project: one.Labels[label('project')] ?? '',
        };
      const found = isLocal ? await processOnPort(port) : undefined;
      return found && { process: found.name, pid: found.pid };
    },
    digestInside: ({ id }, path) => digestInside(api, id, path),
    networksLeft: () => countNetworksLeft(api),
    projectsWith: async (service) => {
      const listed = await api.get<Listed[]>('/containers/json', {
        filters: filters({ label: [`${label('service')}=${service}`] }),
      });
      const found = listed.map(({ Labels }) => ({
        project: Labels[label('project')] ?? '',
        dir: Labels[label('project.working_dir')] ?? '',
      }));
      return [...new Map(found.map((one) => [one.project, one])).values()].filter((one) => one.project !== project);
    },
    tagsOf: async (name) => {
      const images = await api.get<{ RepoTags?: readonly string[] | null }[]>('/images/json');
      const wanted = repositoryOf(name);
      return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => repositoryOf(tag) === wanted);
    },
    signalsTo: async ({ id, startedAt }) => {
      const since = Date.parse(startedAt);
      return (await pastEvents(api, eventsMs)).flatMap(({ Type, Action, Actor, timeNano }) =>
        Type === 'container' && Action === 'kill' && Actor.ID === id && timeNano / 1e6 >= since
          ? [Actor.Attributes['signal'] ?? '']
          : [],
      );
    },
  };
}
