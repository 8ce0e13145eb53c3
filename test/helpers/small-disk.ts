import { execFileSync } from 'node:child_process';
import { folder } from './folder.ts';

/** Does the work with a file system of its own, of this size (`64k`), that is gone afterwards. Needs root. */
export async function onSmallDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  try {
    await work(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}
