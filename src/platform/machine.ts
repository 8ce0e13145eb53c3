import { stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Disk } from '../docker/doctor/health-facts.ts';
import { isAtLeast } from '../formats/version.ts';
import type { Homes } from './state-dirs.ts';

/** Space where the engine keeps its data, if that is on this machine, and where we keep ours; one line a file system. */
export async function freeSpace(homes: Homes, engineRoot: string | undefined): Promise<Disk[]> {
  const disks: Disk[] = [];
  const seen = new Set<number>();
  const places = [
    ...(engineRoot ? [{ id: 'engine', path: engineRoot } as const] : []),
    { id: 'labwright', path: homes.state } as const,
  ];
  for (const { id, path } of places) {
    const found = await diskAt(path, id === 'labwright');
    if (found && !seen.has(found.device)) disks.push({ id, path, freeBytes: found.freeBytes });
    if (found) seen.add(found.device);
  }
  return disks;
}

/** `upwards`: where the folder is not made yet, of the nearest one above. */
async function diskAt(path: string, upwards: boolean): Promise<{ device: number; freeBytes: number } | undefined> {
  try {
    const [{ dev }, { bavail, bsize }] = await Promise.all([stat(path), statfs(path)]);
    return { device: dev, freeBytes: bavail * bsize };
  } catch {
    return upwards && dirname(path) !== path ? diskAt(dirname(path), upwards) : undefined;
  }
}

/** Can a program listen on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** As package.json's `engines` says. */
export const nodeSupported = (version: string): boolean => isAtLeast(version, '20.19');
