import { join } from 'node:path';
import { text } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { randomId } from '../../platform/ids.ts';
import { loadPlain } from '../../platform/plain-file.ts';

/** Identifies an output folder on a queue server, so that its next coordinator removes what a killed one left there. */
export const ownerFile = '.labwright.queue';

/** The ID of an output folder, which exists and is locked. Throws LabError E_STATE if its file cannot be read. */
export async function ownerOf(out: string): Promise<string> {
  const path = join(out, ownerFile);
  const hint = text('remove this file', '請刪除這個檔案');
  const written = (await loadPlain(path, { code: 'E_STATE', hint, maxBytes: 100 }))?.toString().trim();
  if (written !== undefined && /^[0-9a-f]{16}$/.test(written)) return written;
  const id = randomId(8);
  await replaceFile(path, [`${id}\n`], 0o600);
  return id;
}
