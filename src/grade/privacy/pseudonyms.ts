import { createHmac } from 'node:crypto';

/** Digits and letters that are not confused with others, without vowels, so that no word results. */
const letters = '23456789bcdfghjkmnpqrstvwxyz';
const usualLength = 6;

/** Digits of the alphabet that depend on the key and on every character of the value. */
function keyed(secret: Uint8Array, kind: string, value: string, length: number): string {
  const digest = createHmac('sha256', secret).update(`${kind}\n`).update(value, 'utf8').digest('hex');
  let rest = BigInt(`0x${digest}`);
  let made = '';
  while (made.length < length) {
    made += letters[Number(rest % BigInt(letters.length))];
    rest /= BigInt(letters.length);
  }
  return made;
}

/** Identifies a key without revealing it. */
export const fingerprintOf = (secret: Uint8Array): string => keyed(secret, 'key', '', 8);

/** A name for an entry that is not a submission. */
export const fileAlias = (secret: Uint8Array, name: string): string => `f-${keyed(secret, 'file', name, usualLength)}`;

/** The pseudonym of one ID: `s-7kq2m9`. */
export const pseudonymOf = (secret: Uint8Array, id: string, length = usualLength): string =>
  `s-${keyed(secret, 'student', id, length)}`;

export const looksLikePseudonym = (word: string): boolean => new RegExp(`^s-[${letters}]{${usualLength},}$`).test(word);

/** The pseudonyms of a class, by ID: those that would be equal are longer. Stable for a key, but for that. */
export function pseudonymsOf(secret: Uint8Array, ids: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let open = [...new Set(ids)];
  for (let length = usualLength; open.length > 0; length += 2) {
    const made = open.map((id) => [id, pseudonymOf(secret, id, length)] as const);
    const many = new Map<string, number>();
    for (const [, name] of made) many.set(name, (many.get(name) ?? 0) + 1);
    for (const [id, name] of made) if (many.get(name) === 1) found.set(id, name);
    open = open.filter((id) => !found.has(id));
  }
  return found;
}
