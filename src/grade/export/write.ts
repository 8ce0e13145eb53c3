import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lang } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { readPlain } from '../../platform/plain-file.ts';
import type { ClassChanges } from '../changes/compare.ts';
import type { Gradebook } from '../types.ts';
import { about, lookAt, makeFolder, notOurs, remove } from './atomic-write.ts';
import { similarPage } from './file-names.ts';
import { changeFiles, type Delivery, filesOf, type OutFile } from './formats.ts';
import { digest, type Manifest, manifestPath, parseManifest, renderManifest } from './manifest.ts';

interface WriteOptions extends Delivery {
  /** Since the grading before. If nothing changed, the files about earlier changes stay; without, they are removed. */
  readonly changes?: ClassChanges;
  /** Further files, which are removed when they are no longer given. */
  readonly more?: readonly OutFile[];
}

/**
 * Writes a gradebook in every format into a folder, which is created if absent; texts for people in `lang`, or the student's own language, but pages and
 * `grades.json` in both languages. Each file is replaced atomically, and only if it changed. Files of students who are no longer
 * in the class are removed if they are still as labwright wrote them. Returns the paths of the written files. Throws LabError
 * E_STATE, which names the file, if it cannot be written or was not written by labwright.
 */
export async function writeGradebook(
  dir: string,
  book: Gradebook,
  lang: Lang,
  { changes, more = [], ...delivery }: WriteOptions = {},
): Promise<readonly string[]> {
  await about(dir, () => mkdir(dir, { recursive: true }));
  const before = await loadManifest(dir);
  const changed = (changes?.students.length ?? 0) > 0;
  const keepsChanges = changes !== undefined && !changed && changeFiles.every((path) => before.has(path));
  const hasSimilar = more.some(({ path }) => path === similarPage);
  const files = [
    ...filesOf(book, lang, { ...delivery, ...(changed && changes ? { changes } : {}), keepsChanges, hasSimilar }),
    ...more,
  ];
  const kept = new Map(before);
  for (const file of files) {
    if (before.has(file.path)) continue;
    await refuseForeign(dir, file);
    kept.set(file.path, null);
  }
  // written first, so that after a crash all written files are known
  await writeManifest(dir, kept, before);
  const written: string[] = [];
  const after = new Map<string, string | null>();
  const waiting = files.values();
  const work = async () => {
    for (const file of waiting) {
      const { changed, hash } = await write(dir, file);
      after.set(file.path, hash);
      if (changed) written.push(join(dir, file.path));
    }
  };
  await allOf(Array.from({ length: atOnce }, work));
  for (const [path, hash] of before) {
    if (after.has(path)) continue;
    if (keepsChanges && changeFiles.includes(path)) after.set(path, hash);
    else await removeStale(dir, path, hash);
  }
  await writeManifest(dir, after, kept);
  return written;
}

/** Number of concurrent writes, whose flushes to the disk wait together. */
const atOnce = 8;

/** Waits for all, then throws the first error. */
async function allOf(all: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(all);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Throws if a file is in place that labwright is not known to have written, unless it has exactly the new content. */
async function refuseForeign(dir: string, { path, parts }: OutFile): Promise<void> {
  const file = join(dir, path);
  const found = await about(file, () => lookAt(dir, path));
  if (found.kind === 'other') throw notOurs(found.at);
  if (found.kind === 'file' && found.hash !== digest(parts())) throw notOurs(file);
}

async function write(dir: string, { path, parts }: OutFile): Promise<{ changed: boolean; hash: string }> {
  const file = join(dir, path);
  return about(file, async () => {
    const hash = digest(parts());
    const found = await lookAt(dir, path);
    if (found.kind === 'other') throw notOurs(found.at);
    const changed = found.kind === 'none' || found.hash !== hash;
    if (changed) {
      await makeFolder(dir, dirname(path));
      await replaceFile(file, parts());
    }
    return { changed, hash };
  });
}

/** Keeps a file that was changed since. */
async function removeStale(dir: string, path: string, hash: string | null): Promise<void> {
  await about(join(dir, path), async () => {
    const found = await lookAt(dir, path);
    if (found.kind === 'file' && found.hash === hash) await remove(dir, path);
  });
}

/** The files that labwright wrote into a folder; empty if it wrote none. Throws LabError E_STATE for a manifest that is not labwright's. */
export async function loadManifest(dir: string): Promise<Manifest> {
  const file = join(dir, manifestPath);
  return about(file, async () => {
    const found = await lookAt(dir, manifestPath);
    if (found.kind === 'none') return new Map();
    const manifest =
      found.kind === 'file'
        ? parseManifest((await readPlain(file, { maxBytes: 500_000_000, follow: false })).toString())
        : undefined;
    if (!manifest) throw notOurs(file);
    return manifest;
  });
}

async function writeManifest(dir: string, manifest: Manifest, before: Manifest): Promise<void> {
  const contents = renderManifest(manifest);
  const file = join(dir, manifestPath);
  if (contents !== renderManifest(before)) await about(file, () => replaceFile(file, [contents]));
}
