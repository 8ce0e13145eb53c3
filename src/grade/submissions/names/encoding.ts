import iconv from 'iconv-lite';

/** Encodings of names on systems that do not use UTF-8, as on Windows. */
export type Encoding = 'cp950' | 'cp936' | 'cp932' | 'cp949' | 'cp437';

/** How frequent a character is: in the everyday part of an encoding, in the rest, or not a letter. */
type Use = 'common' | 'rare' | 'symbol' | 'odd';

interface DoubleByte {
  /** Number of characters in everyday use. */
  readonly many: number;
  use(lead: number, trail: number): Use;
}

const within = (value: number, from: number, to: number): boolean => value >= from && value <= to;

/**
 * The ranges of everyday characters of each encoding: Big5's level 1 (A440–C67E), GB 2312's level 1 (rows B0–D7), JIS X 0208's
 * kana and level 1 (889F–9872), KS X 1001's Hangul (rows B0–C8). Korean is included because its bytes are also valid Chinese.
 */
const doubleByte: Readonly<Record<Exclude<Encoding, 'cp437'>, DoubleByte>> = {
  cp950: {
    many: 5401,
    use: (lead) => (within(lead, 0xa4, 0xc6) ? 'common' : within(lead, 0xc9, 0xf9) ? 'rare' : symbolAt(lead)),
  },
  cp936: {
    many: 3755,
    use: (lead, trail) => {
      if (trail < 0xa1) return 'odd';
      return within(lead, 0xb0, 0xd7) ? 'common' : within(lead, 0xd8, 0xf7) ? 'rare' : symbolAt(lead);
    },
  },
  cp932: {
    many: 3134,
    use: (lead, trail) => {
      const code = lead * 256 + trail;
      if (within(code, 0x829f, 0x82f1) || within(code, 0x8340, 0x8396) || within(code, 0x889f, 0x9872)) return 'common';
      return within(code, 0x989f, 0xeaa4) ? 'rare' : within(code, 0x8140, 0x829a) ? 'symbol' : 'odd';
    },
  },
  cp949: {
    many: 2350,
    use: (lead, trail) => {
      if (trail < 0xa1) return 'odd';
      return within(lead, 0xb0, 0xc8) ? 'common' : within(lead, 0xca, 0xfd) ? 'rare' : symbolAt(lead);
    },
  },
};
const symbolAt = (lead: number): Use => (lead === 0xa1 || lead === 0xa3 ? 'symbol' : 'odd');

/** Natural logarithm of the probability of a byte or character. */
const ascii = Math.log(1 / 60);
const likely = (use: Use, many: number): number =>
  Math.log({ common: 0.97 / many, rare: 0.025 / 6000, symbol: 0.02 / 200, odd: 0.001 / 15_000 }[use]);

/** Accented letters that are the same in CP437 (DOS, and most zips of western Windows) and CP850. */
const accented = (byte: number): boolean => within(byte, 0x80, 0x9a) || within(byte, 0xa0, 0xa5) || byte === 0xe1;
const isLetter = (byte: number | undefined): boolean => byte !== undefined && within(byte | 0x20, 0x61, 0x7a);

/** Maximum number of names that are judged; more would only take time. */
const enough = 2000;

/** A reading that is 1,000 times more likely than every other counts as certain. */
const margin = Math.log(1000);

/**
 * The encoding of names that are not UTF-8, if it is certain; else undefined. All names are judged together, because one program
 * on one machine wrote them. A reading is certain if every byte is defined, hardly a character is rare, and it is 1,000 times as
 * likely as any other.
 */
export function certainEncoding(names: Iterable<Uint8Array>): Encoding | undefined {
  const distinct = [...new Map([...names].map((name) => [Buffer.from(name).toString('latin1'), Buffer.from(name)])).values()];
  const odd = distinct.filter((name) => name.some((byte) => byte >= 0x80)).slice(0, enough);
  if (odd.length === 0) return undefined;
  const all = [...(Object.keys(doubleByte) as (keyof typeof doubleByte)[]), 'cp437' as const];
  const ranked = all
    .map((encoding) => ({ encoding, ...(encoding === 'cp437' ? westernReading(odd) : reading(odd, encoding)) }))
    // compared, not subtracted: two impossible scores have no difference
    .sort((one, other) => (one.score === other.score ? 0 : one.score < other.score ? 1 : -1));
  const [best, second] = ranked;
  if (!best?.plausible) return undefined;
  return best.score - (second?.score ?? Number.NEGATIVE_INFINITY) >= margin ? best.encoding : undefined;
}

/** Decodes `name`; undefined bytes become U+FFFD. */
export const decoded = (name: Uint8Array, encoding: Encoding): string => iconv.decode(Buffer.from(name), encoding);

interface Reading {
  readonly score: number;
  readonly plausible: boolean;
}
const impossible: Reading = { score: Number.NEGATIVE_INFINITY, plausible: false };

function reading(names: readonly Buffer[], encoding: keyof typeof doubleByte): Reading {
  const { many, use } = doubleByte[encoding];
  const seen = { common: 0, rare: 0, symbol: 0, odd: 0 };
  let score = 0;
  for (const name of names) {
    const text = decoded(name, encoding);
    // round trip: a byte that is undefined or for private use does not return
    if (/[\ufffd\p{Co}\p{Cc}]/u.test(text) || !iconv.encode(text, encoding).equals(name)) return impossible;
    for (let at = 0; at < name.length; at++) {
      const lead = name[at] ?? 0;
      if (lead < 0x80) {
        score += ascii;
        continue;
      }
      // half-width katakana of Shift-JIS are one byte
      const single = encoding === 'cp932' && within(lead, 0xa1, 0xdf);
      const found = single ? 'odd' : use(lead, name[++at] ?? 0);
      seen[found] += 1;
      score += likely(found, many);
    }
  }
  return { score, plausible: seen.odd === 0 && seen.common > 0 && seen.rare * 4 <= seen.common };
}

/** Words of a western language: single accented letters among unaccented ones. */
function westernReading(names: readonly Buffer[]): Reading {
  let score = 0;
  let plausible = true;
  for (const name of names) {
    const high = name.filter((byte) => byte >= 0x80);
    const letters = name.filter(isLetter).length;
    const among = name.every((byte, at) => byte < 0x80 || (accented(byte) && (isLetter(name[at - 1]) || isLetter(name[at + 1]))));
    if (!among || high.length > letters) plausible = false;
    score += high.length * Math.log(among ? 0.1 / 30 : 0.001 / 128) + (name.length - high.length) * ascii;
  }
  return { score, plausible };
}
