import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

export interface Inside {
  /** Relative to the folder, all links resolved, with `/`; '.' is the folder itself. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'absent';
}
export type PathProblem = 'engine-socket' | 'path-absolute' | 'path-leaves-folder' | 'path-special' | 'path-invalid';

/** Sockets of engines, and the folders that hold them. */
const socket = /^(?:[/~\\].*(?:docker|containerd|podman|buildkitd)\.sock|.*[/\\]docker_engine|\/(?:var\/)?run)\/*$/;

/**
 * Resolves a path that a file names in the folder `dir` (absolute). No part of it may leave the folder, links included. `from` is
 * below `dir`.
 */
export function placeInside(dir: string, written: string, from = '.'): Inside | { readonly problem: PathProblem } {
  if (socket.test(written.slice(0, 1024))) return { problem: 'engine-socket' };
  if (/^[/~\\]|^[A-Za-z]:|\\/.test(written)) return { problem: 'path-absolute' };
  if (written === '' || written.length > 1024 || /[\p{Cc}\p{Cs}]/u.test(written)) return { problem: 'path-invalid' };
  const clean = posix.normalize(posix.join(from, written));
  if (clean === '..' || clean.startsWith('../')) return { problem: 'path-leaves-folder' };
  const names = clean.split('/').filter((name) => name !== '' && name !== '.');
  if (names.some((name) => Buffer.byteLength(name) > 255)) return { problem: 'path-invalid' };
  const root = realpathSync(dir);
  const below = (path: string) => relative(root, path).split(sep).join('/') || '.';
  let at = root;
  for (const [index, name] of names.entries()) {
    const next = join(at, name);
    const stat = look(next);
    if (!stat) return { path: posix.join(below(at), ...names.slice(index)), kind: 'absent' };
    const real = stat.isSymbolicLink() ? follow(next) : next;
    if (real === undefined || (real !== root && !real.startsWith(root + sep))) return { problem: 'path-leaves-folder' };
    const found = stat.isSymbolicLink() ? look(real) : stat;
    if (!found?.isDirectory() && !found?.isFile()) return { problem: 'path-special' };
    if (found.isFile()) return index === names.length - 1 ? { path: below(real), kind: 'file' } : { problem: 'path-invalid' };
    at = real;
  }
  return { path: below(at), kind: 'folder' };
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Undefined: it leads nowhere, or the links are circular. */
function follow(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
