import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ProxySpec } from '../../lab/stack.ts';
import { placeInside } from '../policy/paths.ts';
import { readText } from '../policy/read-file.ts';
import type { NormalService } from '../policy/sanitized-stack.ts';

/** A file of a proxy's configuration in a submission. */
export interface ConfFile {
  /** Below the submission's folder. */
  readonly path: string;
  /** The path in the container. */
  readonly target: string;
  /** Undefined: the file was not handed in, or cannot be read. */
  readonly text?: string;
}

/** The most that is read of each file, and of how many files of a folder. */
const caps = { bytes: 64 * 1024, files: 32 };

/** The configuration files that a proxy mounts, or copies into its image; `dir` is the submission's folder, absolute. */
export function confFilesOf({ mounts, build }: NormalService, dir: string, { confDir }: ProxySpec): ConfFile[] {
  const mounted = mounts.flatMap((mount) => {
    if (mount.type !== 'bind' || !`${mount.target}/`.startsWith(`${confDir}/`)) return [];
    const names = confNamesIn(dir, mount.source);
    return names === undefined
      ? [{ path: mount.source, target: mount.target }]
      : names.map((name) => ({ path: posix.join(mount.source, name), target: posix.join(mount.target, name) }));
  });
  const copied = build && mounted.length === 0 ? copiedFiles(build.dockerfileText, build.context, confDir, dir) : [];
  return [...mounted, ...copied].flatMap(({ path: written, target }) => {
    const place = placeInside(dir, written);
    if ('problem' in place) return [];
    const { path } = place;
    const read = readText(join(dir, path), caps.bytes);
    return [{ path, target, ...('text' in read ? { text: read.text } : {}) }];
  });
}

const isConf = (name: string): boolean => /\.(?:conf|template)$/.test(name);

/** The configuration files in a folder; undefined: it is no folder, or has no file. */
function confNamesIn(dir: string, path: string): string[] | undefined {
  try {
    const names = readdirSync(join(dir, path), { withFileTypes: true }).filter((entry) => entry.isFile() && isConf(entry.name));
    return names.length === 0 ? undefined : names.slice(0, caps.files).map(({ name }) => name);
  } catch {
    return undefined;
  }
}

/** The files that a Dockerfile copies, one at a time, to the configuration's folder. */
function copiedFiles(dockerfile: string, context: string, confDir: string, dir: string): Omit<ConfFile, 'text'>[] {
  return dockerfile.split('\n').flatMap((line) => {
    const [word = '', ...rest] = line.slice(0, 1000).trim().split(/\s+/);
    const [from, to, ...more] = rest.filter((part) => !part.startsWith('--'));
    if (!/^(?:COPY|ADD)$/i.test(word) || from === undefined || !to?.startsWith(confDir) || more.length > 0) return [];
    const names = confNamesIn(dir, posix.join(context, from));
    if (names) return names.map((name) => ({ path: posix.join(context, from, name), target: posix.join(to, name) }));
    return isConf(from)
      ? [{ path: posix.join(context, from), target: to.endsWith('/') ? posix.join(to, posix.basename(from)) : to }]
      : [];
  });
}
