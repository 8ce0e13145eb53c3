import { readdir } from 'node:fs/promises';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { quoted } from './call-line.ts';

/** Throws LabError E_USAGE if `target` exists and is not an empty folder. `command` and `named`: as the user typed them. */
export async function assertFree(command: string, target: string, named: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries?.length === 0) return;
  throw new LabError(
    'E_USAGE',
    entries
      ? text(
          `${command}: ${target} exists and is not empty; nothing is overwritten`,
          `${command}：${target} 已經存在，而且不是空的；不會覆寫任何檔案`,
        )
      : text(`${command}: ${target} is a file`, `${command}：${target} 是檔案`),
    text(`name a new folder: ${command} ${quoted(`${named}-2`)}`, `請指定新的資料夾：${command} ${quoted(`${named}-2`)}`),
  );
}
