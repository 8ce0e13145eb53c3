import type { Lang } from '../../../../lab/text.ts';

/** What a person chose; kept in the browser. */
export interface Settings {
  /** Omitted: the server's. */
  readonly lang?: Lang;
  readonly theme: 'system' | 'light' | 'dark';
  /** An index of `sizes`. */
  readonly size: number;
  /** Keys without a modifier, such as `h`. */
  readonly shortcuts: boolean;
  /** The terminal's content is offered to a screen reader. */
  readonly screenReader: boolean;
  /** The share of the width of the step, and of the height of the stack, in percent. */
  readonly left: number;
  readonly top: number;
}

/** Sizes of type, relative to the browser's own. */
export const sizes = [0.875, 1, 1.25, 1.5, 1.875] as const;

export const defaultSettings: Settings = {
  theme: 'system',
  size: 1,
  shortcuts: true,
  screenReader: false,
  left: 38,
  top: 60,
};

/** The limits of a share, in percent. */
export const shares = { least: 20, most: 80, step: 4 } as const;
export const share = (percent: number): number => Math.min(shares.most, Math.max(shares.least, Math.round(percent)));

/** What the browser kept; anything that is not a setting is ignored. */
export function parseSettings(json: string | null): Settings {
  const kept = objectOf(json);
  const { lang, theme, size, shortcuts, screenReader, left, top } = kept;
  return {
    ...defaultSettings,
    ...(lang === 'en' || lang === 'zh-TW' ? { lang } : {}),
    ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    ...(typeof size === 'number' && sizes[size] !== undefined ? { size } : {}),
    ...(typeof shortcuts === 'boolean' ? { shortcuts } : {}),
    ...(typeof screenReader === 'boolean' ? { screenReader } : {}),
    ...(typeof left === 'number' && Number.isFinite(left) ? { left: share(left) } : {}),
    ...(typeof top === 'number' && Number.isFinite(top) ? { top: share(top) } : {}),
  };
}

function objectOf(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
