/** Pure arithmetic of IPv4 ranges: which /16 an engine may have without being in anybody's way. */

export interface Range {
  readonly base: number;
  readonly bits: number;
}

/** `10.1.0.0/16`, or a single address. Undefined for anything else (`default`, IPv6). */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = match.slice(1).map((part) => (part === undefined ? 32 : Number(part)));
  if (Math.max(a, b, c, d) > 255 || bits > 32) return undefined;
  return { base: firstOf(((a << 24) | (b << 16) | (c << 8) | d) >>> 0, bits), bits };
}

const firstOf = (address: number, bits: number): number => (bits === 0 ? 0 : (address & (-1 << (32 - bits))) >>> 0);

export function overlaps(one: Range, other: Range): boolean {
  const bits = Math.min(one.bits, other.bits);
  return firstOf(one.base, bits) === firstOf(other.base, bits);
}

/** The parts of an engine's /16: its bridge's own network, and the pool that networks of /26 are cut from (512 of them). */
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

/** Private ranges (RFC 1918), each /16: those of 10/8 first, for Docker itself takes 172.17-31 and 192.168. */
function* candidates(id: string): Generator<string> {
  const start = Number.parseInt(id.slice(0, 2), 16);
  // 10.0 to 10.15 is where home and office networks are most often
  for (let step = 0; step < 240; step += 1) yield `10.${16 + ((start + step) % 240)}`;
  for (let second = 16; second < 32; second += 1) yield `172.${second}`;
  yield '192.168';
}

/** The first /16, from a place that the id decides, that meets none of those taken. Undefined if all do. */
export function chooseSubnets(id: string, taken: readonly string[]): Subnets | undefined {
  const ranges = taken.map(parseRange).filter((range) => range !== undefined);
  for (const prefix of candidates(id)) {
    const range = parseRange(`${prefix}.0.0/16`);
    if (range && !ranges.some((other) => other.bits > 0 && overlaps(range, other))) return subnetsOf(prefix);
  }
  return undefined;
}

/** May these be kept, now that others hold `taken`? */
export function isFree(subnets: Subnets, taken: readonly string[]): boolean {
  const own = parseRange(subnets.range);
  return own !== undefined && !taken.map(parseRange).some((other) => other && other.bits > 0 && overlaps(own, other));
}

/** Is this address or network inside the range? */
export function within(range: string, address: string): boolean {
  const [outer, inner] = [parseRange(range), parseRange(address)];
  return outer !== undefined && inner !== undefined && inner.bits >= outer.bits && overlaps(outer, inner);
}
