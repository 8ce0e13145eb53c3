import { createHash } from 'node:crypto';
import { jsonText } from '../../formats/untrusted-text.ts';

/** Lists the files that labwright wrote into the folder, with the SHA-256 of each; null: it was about to be written. */
export const manifestPath = 'manifest.json';
export type Manifest = ReadonlyMap<string, string | null>;

/** Only names that labwright itself uses, or used in earlier versions: an edited list must not cause the removal of other files. */
const ours =
  /^(?:[a-z-]+\.(?:csv|json|xml|md|html|zip)|(?:students|gradescope|classroom|classroom50|summary|comments|mail)\/(?!\.)[^/\0]+(?:\/results?\.json)?|similar\/(?:README\.txt|(?:base|jplag\/(?!\.)[^/\0]+)\/(?!\.)[A-Za-z0-9._-]+))$/;
const hash = /^[0-9a-f]{64}$/;

export const renderManifest = (manifest: Manifest): string =>
  `${jsonText({ tool: 'labwright', files: Object.fromEntries([...manifest].sort(([one], [other]) => (one < other ? -1 : 1))) }, 1)}\n`;

/** Undefined: not a manifest of labwright. */
export function parseManifest(written: string): Manifest | undefined {
  try {
    const { tool, files } = JSON.parse(written) as { tool?: unknown; files?: Record<string, unknown> };
    if (tool !== 'labwright' || typeof files !== 'object') return undefined;
    const entries = Object.entries(files).map(([path, value]) => {
      const fine = ours.test(path) && (value === null || (typeof value === 'string' && hash.test(value)));
      if (!fine) throw new Error(path);
      return [path, value as string | null] as const;
    });
    return new Map(entries);
  } catch {
    return undefined;
  }
}

export function digest(parts: Iterable<string | Uint8Array>): string {
  const made = createHash('sha256');
  for (const part of parts) made.update(part);
  return made.digest('hex');
}
