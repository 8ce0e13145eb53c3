/**
 * The value of an unquoted scalar, as Compose writes it (go-yaml v3, then Go's `%v`): `010` is 8, `1.10` is 1.1, `yes` and
 * `22:22` are text. Undefined: text, unchanged.
 */
export function plainWord(text: string): string | undefined {
  if (/^(?:true|True|TRUE)$/.test(text)) return 'true';
  if (/^(?:false|False|FALSE)$/.test(text)) return 'false';
  return integer(text) ?? float(text);
}

const radix: Readonly<Record<string, string>> = { '0x': '0x', '0o': '0o', '0b': '0b' };

function integer(text: string): string | undefined {
  const match = /^([-+]?)(0[xX](?=[\da-fA-F])|0[oO](?=[0-7])|0[bB](?=[01])|0(?=[0-7]))?([\da-fA-F_]+)$/.exec(text);
  if (!match) return undefined;
  const [, sign, prefix = '', rest = ''] = match;
  const digits = rest.replaceAll('_', '');
  const base = prefix === '0' ? '0o' : (radix[prefix.toLowerCase()] ?? '');
  const fits = { '': /^(?:0|[1-9]\d*)$/, '0x': /^[\da-fA-F]+$/, '0o': /^[0-7]+$/, '0b': /^[01]+$/ }[base] as RegExp;
  if (!/^\d/.test(rest) && base !== '0x') return undefined;
  if (!fits.test(digits)) return undefined;
  const value = BigInt(base + digits);
  // beyond 64 bits go-yaml uses a float
  if (value >= 1n << 64n || (sign === '-' && value > 1n << 63n)) return float(text);
  return `${sign === '-' && value !== 0n ? '-' : ''}${value}`;
}

function float(text: string): string | undefined {
  if (!/^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isFinite(value)) return undefined;
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return Object.is(value, -0) ? '-0' : String(value);
  return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2');
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  y: true,
  yes: true,
  on: true,
  t: true,
  '1': true,
  false: false,
  n: false,
  no: false,
  off: false,
  f: false,
  '0': false,
};

/** A boolean as Compose reads it, including YAML 1.1 words. */
export const truth = (word: string): boolean | undefined => {
  const lower = word.toLowerCase();
  return Object.hasOwn(words, lower) ? words[lower] : undefined;
};

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration in Go's form (`1m30s`, `500ms`), in milliseconds; undefined for anything else. */
export function durationMs(written: string): number | undefined {
  if (written === '0') return 0;
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(written)) return undefined;
  let sum = 0;
  for (const [, amount, unit = ''] of written.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g))
    sum += Number(amount) * (units[unit] ?? 0);
  return sum;
}
