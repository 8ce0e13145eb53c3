import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from '../../docker/api/api-error.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { onPath } from '../../platform/system-error.ts';
import { madeLabel, runLabel } from '../../run/journal.ts';

/**
 * Labwright's own containers, each in the network namespace of a submission's container: they send probes from there, and contain
 * nothing that a student wrote.
 */
export interface ProbeContainers {
  /** Returns the ID of the prober beside a container as started at that time; creates it on first use. Throws ApiError. */
  beside(containerId: string, startedAt: string): Promise<string>;
  /** Creates it before the first probe. */
  ahead(containerId: string): Promise<void>;
}

/**
 * A prober's files for name resolution: Docker's own DNS answers. It would otherwise share the files of the container beside it,
 * which that container can write.
 */
const naming = { hosts: '127.0.0.1 localhost\n', 'resolv.conf': 'nameserver 127.0.0.11\noptions ndots:0\n' };

/** `image` has curl and dig; `dir` is the absolute path of a folder of labwright's. */
export async function makeProbeContainers(
  api: EngineApi,
  { runId, project, image, dir }: { runId: string; project: string; image: string; dir: string },
): Promise<ProbeContainers> {
  for (const [name, text] of Object.entries(naming)) {
    await onPath(join(dir, name), () => writeFile(join(dir, name), text));
    // readable for the container's root, whatever the umask
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
          // Each start of the container creates a new network namespace.
          NetworkMode: `container:${containerId}`,
          Binds: Object.keys(naming).map((name) => `${join(dir, name)}:/etc/${name}:ro`),
          CapDrop: ['ALL'],
          // for ping: the engine has no other way in user namespaces
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
