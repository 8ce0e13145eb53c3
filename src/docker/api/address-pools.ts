import { type AddressRange, overlaps, parseCidr } from '../../formats/cidr.ts';

/** A range from which networks get their addresses: `base` is split into subnets of prefix length `size`. */
export interface Pool {
  readonly base: string;
  readonly size: number;
}

/** The pools of an engine without configuration (moby, libnetwork/ipamutils): 31 subnets, one of them for docker0. */
export const builtInPools: readonly Pool[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

/** How many more networks fit into the pools, given the subnets in use. */
export function networksLeft(pools: readonly Pool[], subnets: readonly string[]): number {
  const used = subnets.map(parseCidr).filter((range): range is AddressRange => range !== undefined);
  let left = 0;
  for (const { base, size } of pools) {
    const pool = parseCidr(base);
    if (!pool) continue;
    const step = 2 ** (32 - size);
    const slots = Math.floor((pool.last - pool.first + 1) / step);
    const taken = new Set<number>();
    for (const range of used) {
      if (!overlaps(pool, range)) continue;
      const first = Math.max(0, Math.floor((range.first - pool.first) / step));
      const last = Math.min(slots - 1, Math.floor((range.last - pool.first) / step));
      for (let slot = first; slot <= last; slot += 1) taken.add(slot);
    }
    left += slots - taken.size;
  }
  return left;
}
