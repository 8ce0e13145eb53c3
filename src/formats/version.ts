/**
 * Whether a version (`28.5.2`, `v2.40.3-desktop`) is at least another (`2.22`), compared number by number. `missing` replaces absent numbers: 0, or
 * Infinity for an image tag, where `1.27` means the newest `1.27.x`.
 */
export function isAtLeast(version: string, least: string, missing = 0): boolean {
  const [own, other] = [numbersOf(version), numbersOf(least)];
  const at = other.findIndex((part, index) => (own[index] ?? missing) !== part);
  return at < 0 || (own[at] ?? missing) > (other[at] ?? 0);
}

const numbersOf = (version: string): number[] => (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
