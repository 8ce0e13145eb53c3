/** A range that networks get their addresses from: `base` is cut into subnets of prefix length `size`. */
export interface Pool {
  readonly base: string;
  readonly size: number;
}

/** What an engine has where nothing is configured (moby, libnetwork/ipamutils): 31 subnets, one of them docker0's. */
export const builtInPools: readonly Pool[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

interface Range {
  readonly from: number;
  readonly to: number;
}

/** IPv4 only; undefined for anything else. */
function rangeOf(cidr: string): Range | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!found) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = found.slice(1).map(Number);
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const from = Math.floor(address / size) * size;
  return { from, to: from + size - 1 };
}

/** How many more networks the pools have room for, beside the subnets in use. */
export function networksLeft(pools: readonly Pool[], subnets: readonly string[]): number {
  const used = subnets.map(rangeOf).filter((range) => range !== undefined);
  let left = 0;
  for (const { base, size } of pools) {
    const pool = rangeOf(base);
    if (!pool) continue;
    const step = 2 ** (32 - size);
    const slots = Math.floor((pool.to - pool.from + 1) / step);
    const taken = new Set<number>();
    for (const { from, to } of used) {
      if (to < pool.from || from > pool.to) continue;
      const first = Math.max(0, Math.floor((from - pool.from) / step));
      const last = Math.min(slots - 1, Math.floor((to - pool.from) / step));
      for (let slot = first; slot <= last; slot += 1) taken.add(slot);
    }
    left += slots - taken.size;
  }
  return left;
}
