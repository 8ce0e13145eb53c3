import { durationMs } from './scalar.ts';

/** One `--name=value` of an instruction. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** The flags at the start of an instruction, and the text after them; undefined if they cannot be read reliably. */
export function readFlags(rest: string): { readonly flags: readonly Flag[]; readonly rest: string } | undefined {
  const flags: Flag[] = [];
  let left = rest;
  while (left.startsWith('--')) {
    const match = /^--([a-z][a-z-]*)(?:=([^\s\u0085"'\\`]*))?(?:[ \t]+|$)/.exec(left);
    if (!match) return undefined;
    flags.push({ name: match[1] ?? '', value: match[2] ?? '' });
    left = left.slice(match[0].length);
  }
  return /^[\s\u0085]/.test(left) ? undefined : { flags, rest: left };
}

export const flagWords = (flags: readonly Flag[]): string =>
  flags.map(({ name, value }) => `--${name}${value === '' ? '' : `=${value}`} `).join('');

/** The settings of a `--mount`; undefined if one occurs twice or has an unknown form. An `id` may have variables: it is not used. */
export function mountSettings(value: string): Map<string, string> | undefined {
  const settings = new Map<string, string>();
  for (const part of value.split(',')) {
    const match = /^([a-z]+)(?:=([^=]*))?$/.exec(part);
    if (!match || (match[1] !== 'id' && match[2]?.includes('$')) || settings.has(match[1] ?? '')) return undefined;
    settings.set(match[1] ?? '', match[2] ?? '');
  }
  return settings;
}

/** Whether the value of a HEALTHCHECK flag is within the permitted range. */
export const bounded = ({ name, value }: Flag): boolean => {
  if (name === 'retries') return /^\d{1,3}$/.test(value);
  const ms = durationMs(value);
  return ms !== undefined && ms <= 600_000 && (ms >= 100 || (ms === 0 && name !== 'start-interval'));
};
