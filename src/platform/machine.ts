import { stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Disk } from '../docker/doctor/health-facts.ts';
import { isAtLeast } from '../formats/version.ts';
import type { Homes } from './state-dirs.ts';

/** Free space where the engine stores its data, if that is on this machine, and where labwright stores its own; one entry for each file system. */
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

/** `upwards`: for a folder that does not exist yet, uses the nearest existing parent. */
async function diskAt(path: string, upwards: boolean): Promise<{ device: number; freeBytes: number } | undefined> {
  try {
    const [{ dev }, { bavail, bsize }] = await Promise.all([stat(path), statfs(path)]);
    return { device: dev, freeBytes: bavail * bsize };
  } catch {
    return upwards && dirname(path) !== path ? diskAt(dirname(path), upwards) : undefined;
  }
}

/** Whether a program can listen on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** As in `engines` of package.json. */
export const nodeSupported = (version: string): boolean => isAtLeast(version, '20.19');
