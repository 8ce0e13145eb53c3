import { addressBytes, addressOf } from '../../formats/cidr.ts';
import { type Text, text } from '../../lab/text.ts';

/** What a learner needs to join a class: where it is, how its certificate is recognised, and a secret that others do not have. */
export interface JoinCode {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** The first 128 bits of the certificate's SHA-256. */
  readonly fingerprint: Uint8Array;
  readonly secret: Uint8Array;
}

export const fingerprintBytes = 16;
export const secretBytes = 6;

/** Crockford's Base32: without I, L, O and U, which people confuse with other letters or with words. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const confused: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };
const checkLetters = 3;
const groupOf = 4;

/** Letters of a code for an IPv4 and for an IPv6 address. */
const lengths = [4, 16].map((address) => Math.ceil(((address + 2 + fingerprintBytes + secretBytes) * 8) / 5) + checkLetters);

/** The code as people copy it: groups of four letters. Throws TypeError for what is not an IP address. */
export function writeJoinCode({ address, port, fingerprint, secret }: JoinCode): string {
  const where = addressBytes(address);
  if (!where) throw new TypeError(`${address} is not an IP address`);
  const values = toLetters([...where, port >> 8, port & 0xff, ...fingerprint, ...secret]);
  const written = [...values, ...checkOf(values)].map((value) => letters[value]).join('');
  return (written.match(new RegExp(`.{1,${groupOf}}`, 'g')) ?? []).join('-');
}

/** The join code that a person typed or pasted; a text: why it is none. Case, spaces and hyphens do not matter. */
export function readJoinCode(typed: string): JoinCode | Text {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, '');
  const known = [...plain].map((one) => letters.indexOf(confused[one] ?? one));
  const unknown = known.indexOf(-1);
  if (unknown >= 0) return strangeLetter([...plain][unknown] ?? '');
  if (!lengths.includes(known.length)) return wrongLength(known.length);
  const values = known.slice(0, -checkLetters);
  const bytes = checkOf(values).every((value, at) => value === known[values.length + at]) ? toBytes(values) : [];
  const addressLength = bytes.length - 2 - fingerprintBytes - secretBytes;
  const rest = bytes.slice(Math.max(0, addressLength));
  const port = ((rest[0] ?? 0) << 8) | (rest[1] ?? 0);
  if (port === 0) return typingError;
  return {
    address: addressOf(bytes.slice(0, addressLength)),
    port,
    fingerprint: Uint8Array.from(rest.slice(2, 2 + fingerprintBytes)),
    secret: Uint8Array.from(rest.slice(2 + fingerprintBytes)),
  };
}

const strangeLetter = (letter: string): Text =>
  text(`the join code has a character that no code has: ${letter}`, `加入碼裡有不可能出現的字元：${letter}`);
const wrongLength = (length: number): Text =>
  text(
    `the join code has ${length} characters, and a code has ${lengths.join(' or ')}, without the hyphens: a part is missing or too much`,
    `加入碼有 ${length} 個字元，但應該是 ${lengths.join(' 或 ')} 個（不含連字號）：少了或多了一部分`,
  );
const typingError = text(
  'the join code has a typing error: its last three characters do not fit the others',
  '加入碼有打錯的地方：最後三個字元與其他字元不符',
);

/** Five bits for each letter; the last one is filled up with zeros. */
function toLetters(bytes: readonly number[]): number[] {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2));
}

/** The whole bytes in these letters. */
function toBytes(values: readonly number[]): number[] {
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  return (bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2));
}

/** The generator of CRC-15/CAN. */
const generator = 0x4599;

/**
 * CRC-15 of the letters, as three letters. It finds every error within 15 bits in a row: each wrong letter, two letters exchanged, and up to three wrong ones side
 * by side.
 */
function checkOf(values: readonly number[]): number[] {
  let crc = 0;
  for (const value of values)
    for (let bit = 4; bit >= 0; bit -= 1) {
      const carry = ((crc >> 14) ^ (value >> bit)) & 1;
      crc = ((crc << 1) & 0x7fff) ^ (carry === 1 ? generator : 0);
    }
  return [crc >> 10, (crc >> 5) & 31, crc & 31];
}
