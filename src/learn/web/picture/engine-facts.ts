import type { EngineApi } from '../../../docker/api/engine-api.ts';
import { projectFacts } from '../../../docker/api/project-facts.ts';
import { parseCidr } from '../../../formats/cidr.ts';
import { composeFileNames, parseCompose } from '../../../formats/compose-file.ts';
import { LabError } from '../../../lab/error.ts';
import { readHostFile } from '../../../platform/host-file.ts';
import type { EngineFacts } from './state.ts';

/** The parts of the engine's answer that are read here (https://docs.docker.com/reference/api/engine/). */
interface ListedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Internal: boolean;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null } | null;
}

/** A project's containers, with the networks that they are on: a Compose file may also name networks that exist already. */
export async function engineFacts(api: EngineApi, project: string): Promise<EngineFacts> {
  const [facts, listed] = await Promise.all([projectFacts(api, project), api.get<ListedNetwork[]>('/networks')]);
  const own = new Set(facts.networks.map(({ id }) => id));
  const used = new Map(
    facts.replicas.flatMap(({ networks }) => Object.entries(networks).map(([name, at]) => [at.networkId, name] as const)),
  );
  const external = listed.filter(({ Id }) => used.has(Id) && !own.has(Id));
  return {
    ...facts,
    networks: [
      ...facts.networks,
      ...external.map((one) => ({ id: one.Id, name: one.Name, key: one.Name, internal: one.Internal })),
    ],
    subnets: Object.fromEntries(
      listed
        .filter(({ Id }) => own.has(Id) || used.has(Id))
        .map(({ Id, IPAM }) => {
          const pools = IPAM?.Config ?? [];
          const ranges = pools.flatMap(({ Subnet }) => parseCidr(Subnet ?? '') ?? []);
          return [Id, { ranges, gateways: pools.flatMap(({ Gateway }) => Gateway?.split('/')[0] ?? []) }];
        }),
    ),
  };
}

/** The services of the Compose file in a folder, in its order; undefined: it has another name, or is being edited. */
export async function servicesIn(dir: string): Promise<string[] | undefined> {
  for (const name of composeFileNames) {
    const found = await readHostFile(dir, name);
    if (found.kind !== 'file') continue;
    try {
      return Object.keys(parseCompose(found.text, name).services);
    } catch (error) {
      if (error instanceof LabError) return undefined;
      throw error;
    }
  }
  return undefined;
}
