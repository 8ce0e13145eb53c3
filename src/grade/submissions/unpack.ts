import { chmod, lstat, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../formats/untrusted-text.ts';
import type { Remark } from '../types.ts';
import { archiveItems, classLimits } from './archive.ts';
import type { ExtractedEntry, IntakeLimits, Item } from './archive-entry.ts';
import { Extractor, hashOf } from './extractor.ts';
import { bytePartsOf } from './names/safe-paths.ts';
import { assertReadable } from './open-file.ts';
import { findProject, type Project } from './project.ts';
import { folderItems } from './read-folder.ts';
import { gitItems } from './read-git.ts';
import { Refused } from './refusal.ts';

const MiB = 1024 * 1024;
/** Limits for one submission. The sample stack has 20 KiB; a report with pictures may be included. */
export const intakeLimits: IntakeLimits = { bytes: 128 * MiB, files: 5000, ratio: 200, depth: 3, fileBytes: 32 * MiB };

export type Unpacked =
  | {
      readonly ok: true;
      /** Absolute path of the folder with the Compose file. */
      readonly dir: string;
      /** Its name. */
      readonly composeFile: string;
      /** SHA-256 of the content of `dir`, hexadecimal. */
      readonly hash: string;
      /** Remarks about names in `dir` that could not be decoded. */
      readonly notes: readonly Remark[];
    }
  | {
      readonly ok: false;
      /** Hash of the whole submission; '' if it could not be read completely. */
      readonly hash: string;
      readonly refusals: readonly Remark[];
    };

/** Finds the project in what was unpacked. */
export type FindProject = (all: readonly ExtractedEntry[]) => Project;

/** The source of items, with the size of the archive. */
interface Source {
  readonly packed?: number;
  items(): AsyncIterable<Item>;
}

/**
 * Copies or unpacks a submission: a folder, a git repository, an archive, or an entry of an archive (`class.zip/ann`). A path
 * that is not UTF-8 is given as bytes. `into` is absolute and created here with mode 0700; after a refusal the caller removes its
 * content. Never reads or writes outside, whatever the content. Files and folders in it are readable for all users, so that
 * containers can use them. `own`: the folder to use if there are several projects, or how to find the project. Throws the signal's reason on abort, and
 * system errors such as a full disk.
 */
export async function unpack(
  path: string | Buffer,
  into: string,
  limits: IntakeLimits,
  signal: AbortSignal,
  own: string | FindProject = '',
): Promise<Unpacked> {
  await mkdir(into, { mode: 0o700 });
  await chmod(into, 0o700);
  const used = { bytes: 0, files: 0 };
  try {
    let source = await sourceOf(Buffer.from(path), limits, signal);
    for (let level = 0; ; level++) {
      if (level > limits.depth) throw new Refused('archive-depth');
      const dir = join(into, String(level));
      const landing = new Extractor(dir, limits, used, source.packed);
      const all = await landing.takeAll(source.items(), signal);
      if (landing.refusals.length > 0) return { ok: false, hash: '', refusals: landing.refusals };
      if (level > 0) await rm(join(into, String(level - 1)), { recursive: true });
      const found = typeof own === 'string' ? findProject(all, own) : own(all);
      if (found.kind === 'refused') return { ok: false, hash: hashOf(all, ''), refusals: [found.remark] };
      if (found.kind === 'project') {
        const { top, composeFile } = found;
        // entries beside the project are not in its hash and not reported: identical submissions share a grade
        const notes = landing.notes.filter(({ place }) => top === '' || place?.file.startsWith(`${top}/`));
        return { ok: true, dir: join(dir, top), composeFile, hash: hashOf(all, top), notes };
      }
      const next = join(dir, found.path);
      source = found.kind === 'archive' ? await archiveAt(next, whole, limits, signal) : { items: () => gitItems(next, signal) };
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Refused) return { ok: false, hash: '', refusals: [error.remark] };
    throw error;
  }
}

const whole = Buffer.alloc(0);
const lastOf = (path: Buffer): string => printable(bytePartsOf(path).at(-1) ?? path);

async function sourceOf(path: Buffer, limits: IntakeLimits, signal: AbortSignal): Promise<Source> {
  const here = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    // the path of an archive member may be longer than the disk accepts
    if (error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG') return undefined;
    return assertReadable(error, lastOf(path));
  });
  if (!here) return memberOf(path, signal);
  if (here.isSymbolicLink()) throw new Refused('link-leaves-folder', lastOf(path));
  if (here.isDirectory()) return { items: () => folderItems(path) };
  return archiveAt(path, whole, limits, signal);
}

/** A path that continues inside a file: the archive of a class. */
async function memberOf(path: Buffer, signal: AbortSignal): Promise<Source> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const above = path.subarray(0, end);
    const isFile = await stat(above).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return archiveAt(above, path.subarray(end + 1), classLimits, signal);
  }
  throw new Refused('unreadable', lastOf(path));
}

async function archiveAt(path: string | Buffer, inside: Buffer, limits: IntakeLimits, signal: AbortSignal): Promise<Source> {
  const { size } = await lstat(path);
  return { packed: size, items: () => archiveItems(path, inside, limits, signal) };
}
