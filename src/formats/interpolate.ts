/** Why a text cannot be interpolated. */
interface Wrong {
  readonly code: 'interpolation' | 'variable-missing';
  /** The variable, or the unreadable part. */
  readonly about: string;
  readonly value?: string;
}
export type Interpolated = { readonly text: string; readonly unset: readonly string[] } | { readonly wrong: Wrong };

const limits = { length: 16_384, depth: 8 };

class InterpolationError extends Error {
  readonly wrong: Wrong;
  constructor(code: Wrong['code'], about: string, value?: string) {
    super(about);
    this.wrong = { code, about, ...(value === undefined ? {} : { value }) };
  }
}

/** Replaces `$A`, `${A}`, `${A:-b}`, `${A-b}`, `${A:?e}`, `${A?e}`, `${A:+r}`, `${A+r}`, `$$`, also nested, as Compose does. */
export function interpolate(written: string, env: ReadonlyMap<string, string>): Interpolated {
  if (!written.includes('$')) return { text: written, unset: [] };
  const unset = new Set<string>();
  try {
    return { text: replace(written, env, unset, 0), unset: [...unset] };
  } catch (error) {
    if (error instanceof InterpolationError) return { wrong: error.wrong };
    throw error;
  }
}

/** The same as plain text: an unset variable is empty, and a text that Compose refuses is unchanged. */
export function filled(written: string, env: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const done = interpolate(written, new Map(set));
  return 'text' in done ? done.text : written;
}

function replace(written: string, env: ReadonlyMap<string, string>, unset: Set<string>, depth: number): string {
  if (depth > limits.depth) throw new InterpolationError('interpolation', written);
  let out = '';
  for (let at = 0; at < written.length; ) {
    const char = written[at];
    if (char !== '$') {
      out += char;
      at += 1;
    } else if (written[at + 1] === '$') {
      out += '$';
      at += 2;
    } else if (written[at + 1] === '{') {
      const end = closing(written, at);
      if (end < 0) throw new InterpolationError('interpolation', written.slice(at));
      out += braced(written.slice(at + 2, end), env, unset, depth);
      at = end + 1;
    } else {
      const name = /^[A-Za-z_]\w*/.exec(written.slice(at + 1, at + 258))?.[0];
      if (name === undefined) throw new InterpolationError('interpolation', written.slice(at));
      out += valueFor(name, env, unset);
      at += 1 + name.length;
    }
    if (out.length > limits.length) throw new InterpolationError('interpolation', written);
  }
  return out;
}

/** The `}` that ends the `${` at `from`. */
function closing(written: string, from: number): number {
  let open = 0;
  for (let at = from; at < written.length; at += 1) {
    if (written.startsWith('${', at)) {
      open += 1;
      at += 1;
    } else if (written[at] === '}') {
      open -= 1;
      if (open === 0) return at;
    }
  }
  return -1;
}

function braced(inner: string, env: ReadonlyMap<string, string>, unset: Set<string>, depth: number): string {
  const match = /^([A-Za-z_]\w*)(?:(:?[-?+])([\s\S]*))?$/.exec(inner);
  if (!match) throw new InterpolationError('interpolation', `\${${inner}}`);
  const [, name = '', how, rest = ''] = match;
  if (how === undefined) return valueFor(name, env, unset);
  const value = env.get(name);
  const there = value !== undefined && (!how.startsWith(':') || value !== '');
  const other = () => replace(rest, env, unset, depth + 1);
  if (how.endsWith('+')) return there ? other() : '';
  if (there) return value;
  if (how.endsWith('-')) return other();
  throw new InterpolationError('variable-missing', name, other());
}

function valueFor(name: string, env: ReadonlyMap<string, string>, unset: Set<string>): string {
  const value = env.get(name);
  if (value === undefined) unset.add(name);
  return value ?? '';
}
