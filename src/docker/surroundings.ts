import { repositoryOf } from '../formats/image-name.ts';
import type { Replica } from '../lab/facts.ts';
import type { ConnectedContainer, OtherProject, PortHolder, RemovedContainer, Surroundings } from '../lab/world.ts';
import { processOnPort } from '../platform/port-holder.ts';
import { digestInside } from './api/container-file.ts';
import { type EngineApi, filters } from './api/engine-api.ts';
import { type EngineEvent, pastEvents } from './api/exec-events.ts';
import { countNetworksLeft } from './api/networks-left.ts';
import { stillRuns } from './api/project-facts.ts';

interface Listed {
  readonly Names: readonly string[];
  readonly State: string;
  readonly ImageID: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
  readonly Ports: readonly { readonly PublicPort?: number }[];
}

const label = (name: string) => `com.docker.compose.${name}`;
/** Images that Compose built have its labels for the project and the service, and so do containers of `docker run`. */
const isByCompose = (labels: Readonly<Record<string, string>>): boolean => labels[label('container-number')] !== undefined;
const isOneOff = (labels: Readonly<Record<string, string>>): boolean => labels[label('oneoff')]?.toLowerCase() === 'true';
const eventsMs = 5000;

const isOf =
  ({ id, startedAt }: Pick<Replica, 'id' | 'startedAt'>, action: string) =>
  ({ Type, Action, Actor, timeNano }: EngineEvent): boolean =>
    Type === 'container' && Action === action && Actor.ID === id && timeNano / 1e6 >= Date.parse(startedAt);

/** The last exit code other than 0 in the events of a container since its start. The engine reports 0 where it does not know the code. */
export const reportedExitCode = (
  events: readonly EngineEvent[],
  container: Pick<Replica, 'id' | 'startedAt'>,
): number | undefined =>
  events
    .filter(isOf(container, 'die'))
    .map(({ Actor }) => Number(Actor.Attributes['exitCode'] ?? 0))
    .findLast((code) => code !== 0);

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
      const wanted = filters({ label: [`${label('service')}=${service}`] });
      const listed = await api.get<Listed[]>('/containers/json', { all: 'true', filters: wanted });
      const found = new Map<string, OtherProject>();
      for (const { Labels, State } of listed) {
        const name = Labels[label('project')] ?? '';
        if (name === project || isOneOff(Labels) || !isByCompose(Labels)) continue;
        const dir = Labels[label('project.working_dir')] ?? '';
        const { running, stopped } = found.get(name) ?? { running: 0, stopped: 0 };
        const isRunning = State === 'running';
        found.set(name, { project: name, dir, running: running + Number(isRunning), stopped: stopped + Number(!isRunning) });
      }
      return [...found.values()];
    },
    connectedTo: async (networks) => {
      if (networks.length === 0) return [];
      const listed = await api.get<Listed[]>('/containers/json', { filters: filters({ network: networks }) });
      return listed.map(
        ({ Names, Labels, ImageID, NetworkSettings }): ConnectedContainer => ({
          name: Names[0]?.replace(/^\//, '') ?? '',
          project: (isByCompose(Labels) && Labels[label('project')]) || '',
          service: (isByCompose(Labels) && Labels[label('service')]) || '',
          oneOff: isOneOff(Labels),
          imageId: ImageID,
          addresses: Object.values(NetworkSettings.Networks).flatMap(({ IPAddress }) => (IPAddress === '' ? [] : [IPAddress])),
        }),
      );
    },
    removals: async () =>
      (await pastEvents(api, eventsMs)).flatMap(({ Type, Action, Actor, timeNano }): RemovedContainer[] => {
        const { Attributes } = Actor;
        const name = Attributes[label('project')];
        if (
          Type !== 'container' ||
          Action !== 'destroy' ||
          name === undefined ||
          isOneOff(Attributes) ||
          !isByCompose(Attributes)
        )
          return [];
        return [
          {
            id: Actor.ID,
            project: name,
            dir: Attributes[label('project.working_dir')] ?? '',
            service: Attributes[label('service')] ?? '',
            removedAt: new Date(timeNano / 1e6).toISOString(),
          },
        ];
      }),
    namesOf: async (imageId) =>
      (await api.get<{ RepoTags?: readonly string[] | null }>(`/images/${encodeURIComponent(imageId)}/json`)).RepoTags ?? [],
    tagsOf: async (name) => {
      const images = await api.get<{ RepoTags?: readonly string[] | null }[]>('/images/json');
      const wanted = repositoryOf(name);
      return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => repositoryOf(tag) === wanted);
    },
    signalsTo: async (container) =>
      (await pastEvents(api, eventsMs)).filter(isOf(container, 'kill')).map(({ Actor }) => Actor.Attributes['signal'] ?? ''),
    stillRuns: (container) => stillRuns(api, container),
    reportedExitCode: async (container) => reportedExitCode(await pastEvents(api, eventsMs), container),
  };
}
