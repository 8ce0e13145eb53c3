import { readdir, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseMoment } from '../../formats/moment.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { archiveItems, archiveNames, classLimits } from '../submissions/archive.ts';
import { isArchiveName } from '../submissions/archive-entry.ts';
import { findNamed } from '../submissions/named-path.ts';
import { Refused } from '../submissions/refusal.ts';
import type { Roster } from '../submissions/roster.ts';
import type { ListedTime } from './times-file.ts';

const fileName = 'submission_metadata.yml';
const mostBytes = 64_000_000;

const text = z.string().optional().catch(undefined);
const id = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const submission = z.object({
  ':submitters': z.array(z.object({ ':sid': id, ':email': text, ':name': text })).min(1),
  ':created_at': z.string(),
});

/**
 * The students and times of a path that is Gradescope's export of submissions: a folder or an archive with `submission_metadata.yml` at the top or in its
 * only folder. Empty for anything else. Of a group, the first member. A student is identified by the roster, otherwise by the `sid` or the email.
 */
export async function loadGradescope(
  given: string,
  roster: Roster | undefined,
  signal: AbortSignal,
): Promise<readonly ListedTime[]> {
  const source = await metadataIn(given, signal).catch((error: NodeJS.ErrnoException) => {
    // finding the submissions reports what cannot be read
    if (error instanceof Refused || error.code !== undefined) return undefined;
    throw error;
  });
  return source === undefined ? [] : parseMetadata(source, roster);
}

/** The entries with the names that Gradescope gives to folders; a student's file of this name so cannot be about other submissions. */
export function parseMetadata(source: string, roster: Roster | undefined): readonly ListedTime[] {
  let parsed: unknown;
  try {
    parsed = parse(source, { maxAliasCount: 0 });
  } catch {
    return [];
  }
  const entries = z.record(z.string(), z.unknown()).safeParse(parsed).data ?? {};
  return Object.entries(entries).flatMap(([folder, value]): ListedTime[] => {
    const { data } = submission.safeParse(value);
    const student = data && studentOf(data[':submitters'][0], roster);
    if (!data || !student || !/^submission_\d+$/.test(folder)) return [];
    const time = parseMoment(data[':created_at']);
    return [{ student, folder, source: 'gradescope', ...('ms' in time ? { ms: time.ms } : {}) }];
  });
}

type Submitter = z.output<typeof submission>[':submitters'][number];

function studentOf(one: Submitter | undefined, roster: Roster | undefined): string | undefined {
  const { ':sid': sid, ':email': email, ':name': name } = one ?? {};
  const low = email?.toLowerCase();
  const known = roster?.students.find((other) => other.id === sid || (low && other.email?.toLowerCase() === low));
  return known?.id ?? (sid || email || name);
}

async function metadataIn(given: string, signal: AbortSignal): Promise<string | undefined> {
  const { real, name } = await findNamed(given, 0);
  const here = await stat(real);
  if (here.isDirectory()) return inFolder(real);
  return here.isFile() && isArchiveName(name) ? inArchive(real, signal) : undefined;
}

async function inFolder(dir: Buffer): Promise<string | undefined> {
  const children = await readdir(dir, { withFileTypes: true });
  const [only] = children;
  const below = children.length === 1 && only?.isDirectory() ? [only.name] : [];
  const has = children.some((one) => one.isFile() && one.name === fileName);
  if (!has && below.length === 0) return undefined;
  const path = Buffer.concat([dir, Buffer.from(`/${[...(has ? [] : below), fileName].join('/')}`)]);
  return (await readPlain(path.toString(), { maxBytes: mostBytes, follow: false })).toString();
}

async function inArchive(path: Buffer, signal: AbortSignal): Promise<string | undefined> {
  let inside: Buffer | undefined;
  for await (const one of archiveNames(path, signal))
    if (/^(?:\.\/)?(?:[^/]+\/)?submission_metadata\.yml$/.test(Buffer.from(one.path).toString()))
      inside ??= Buffer.from(one.path);
  if (!inside) return undefined;
  for await (const { kind, read, size = 0 } of archiveItems(path, inside, classLimits, signal)) {
    if (kind !== 'file' || !read || size > mostBytes) continue;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of read()) {
      bytes += chunk.length;
      if (bytes > mostBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }
  return undefined;
}
