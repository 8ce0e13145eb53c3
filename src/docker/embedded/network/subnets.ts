import { contains, overlaps, parseCidr } from '../../../formats/cidr.ts';

/** The parts of an engine's /16: its bridge's own network, and the pool that networks of /26 are taken from (512 of them). */
export interface Subnets {
  readonly range: string;
  readonly gateway: string;
  readonly bridge: string;
  readonly pool: string;
}

const subnetsOf = (prefix: string): Subnets => ({
  range: `${prefix}.0.0/16`,
  gateway: `${prefix}.0.1/24`,
  bridge: `${prefix}.0.0/24`,
  pool: `${prefix}.128.0/17`,
});

/** Private ranges (RFC 1918), each a /16: those of 10/8 first, because Docker itself uses 172.17-31 and 192.168. */
function* candidates(id: string): Generator<string> {
  const start = Number.parseInt(id.slice(0, 2), 16);
  // 10.0 to 10.15 are the most frequent home and office networks
  for (let step = 0; step < 240; step += 1) yield `10.${16 + ((start + step) % 240)}`;
  for (let second = 16; second < 32; second += 1) yield `172.${second}`;
  yield '192.168';
}

/** A range of all addresses is a default route and occupies nothing. */
const overlapsAny = (range: string, taken: readonly string[]): boolean => {
  const own = parseCidr(range);
  return taken.map(parseCidr).some((other) => own && other && other.last - other.first < 2 ** 32 - 1 && overlaps(own, other));
};

/** The first /16 that overlaps none of `taken`; the search starts at a point that follows from the ID. Undefined if all overlap. */
export function chooseSubnets(id: string, taken: readonly string[]): Subnets | undefined {
  for (const prefix of candidates(id)) if (!overlapsAny(`${prefix}.0.0/16`, taken)) return subnetsOf(prefix);
  return undefined;
}

/** Whether these are still free, given that others use `taken`. */
export const isFree = (subnets: Subnets, taken: readonly string[]): boolean => !overlapsAny(subnets.range, taken);

/** Whether an address or network is inside the range. */
export function within(range: string, address: string): boolean {
  const [outer, inner] = [parseCidr(range), parseCidr(address)];
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}
