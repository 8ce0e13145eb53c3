import { builtInPools, networksLeft, type Pool } from './address-pools.ts';
import type { EngineApi } from './engine-api.ts';

interface Info {
  readonly DefaultAddressPools?: readonly { readonly Base: string; readonly Size: number }[];
}

/** For how many more networks an engine has addresses now. Throws ApiError. */
export async function countNetworksLeft(api: EngineApi): Promise<number> {
  const [{ DefaultAddressPools: own }, networks] = await Promise.all([
    api.get<Info>('/info'),
    api.get<{ IPAM?: { Config?: { Subnet?: string }[] | null } }[]>('/networks'),
  ]);
  const subnets = networks.flatMap((network) => network.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []);
  const pools: readonly Pool[] = own?.map(({ Base, Size }) => ({ base: Base, size: Size })) ?? builtInPools;
  return networksLeft(pools, subnets);
}
