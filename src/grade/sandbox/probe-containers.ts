import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from '../../docker/api/api-error.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { onPath } from '../../platform/system-error.ts';
import { madeLabel, runLabel } from '../../run/journal.ts';

/** Containers of ours, each in the network namespace of one of a submission's: they ask from where it stands, with nothing in them that a student has made. */
export interface ProbeContainers {
  /** The ID of the one beside a container as it was started at that time; made when first asked for. Throws ApiError. */
  beside(containerId: string, startedAt: string): Promise<string>;
  /** The same, ahead of the first question. */
  ahead(containerId: string): Promise<void>;
}

/** What names mean to a prober: Docker's own DNS answers. Those of the container beside it would be shared, and that can write them. */
const naming = { hosts: '127.0.0.1 localhost\n', 'resolv.conf': 'nameserver 127.0.0.11\noptions ndots:0\n' };

/** `image` has curl and dig; `dir` (absolute) is a folder of ours. */
export async function makeProbeContainers(
  api: EngineApi,
  { runId, project, image, dir }: { runId: string; project: string; image: string; dir: string },
): Promise<ProbeContainers> {
  for (const [name, text] of Object.entries(naming)) {
    await onPath(join(dir, name), () => writeFile(join(dir, name), text));
    // for who is root in there, whatever the umask here
    await chmod(join(dir, name), 0o644);
  }
  const made = new Map<string, Promise<string>>();
  const make = async (containerId: string, at: number): Promise<string> => {
    const created = await api.post<{ Id: string }>(
      '/containers/create',
      { name: `${project}-prober-${at}` },
      {
        Image: image,
        Entrypoint: ['sleep'],
        Cmd: ['infinity'],
        Labels: { [runLabel]: runId, [madeLabel]: runId },
        HostConfig: {
          // A network namespace of its own comes and goes with each start of its container.
          NetworkMode: `container:${containerId}`,
          Binds: Object.keys(naming).map((name) => `${join(dir, name)}:/etc/${name}:ro`),
          CapDrop: ['ALL'],
          // to ping: the engine has no other way for it in user namespaces
          CapAdd: ['NET_RAW'],
          SecurityOpt: ['no-new-privileges:true'],
          ReadonlyRootfs: true,
          Memory: 64 * 1024 * 1024,
          PidsLimit: 64,
          Init: true,
        },
      },
    );
    if (!created) throw new ApiError(500, 'no prober was made');
    await api.post(`/containers/${created.Id}/start`);
    return created.Id;
  };
  const beside = (containerId: string, startedAt: string): Promise<string> => {
    const key = `${containerId} ${startedAt}`;
    const there = made.get(key) ?? make(containerId, made.size);
    made.set(key, there);
    return there;
  };
  return {
    beside,
    ahead: async (containerId) => {
      const { State } = await api.get<{ State: { StartedAt: string } }>(`/containers/${containerId}/json`);
      await beside(containerId, State.StartedAt);
    },
  };
}
