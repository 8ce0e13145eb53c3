import { execFileSync } from 'node:child_process';
import { folder } from './folder.ts';

/** Runs `work` with a temporary file system of this size (`64k`), and unmounts it afterwards. Needs root. */
export async function onSmallDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  try {
    await work(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}
