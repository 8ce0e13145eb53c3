import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import type { Gradebook } from '../types.ts';
import { gradebook } from './schema.ts';

/** The gradebook in a folder; undefined: none yet. Throws LabError E_STATE for a file that is not a gradebook of labwright. */
export async function loadGradebook(dir: string): Promise<Gradebook | undefined> {
  const path = join(dir, 'grades.json');
  const hint = text('grade into another folder (--out), or move that file away', '請用 --out 指定另一個資料夾，或先移走這個檔案');
  const written = await loadPlain(path, { code: 'E_STATE', hint, maxBytes: 500_000_000 });
  if (written === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(written.toString());
  } catch {
    // the schema rejects undefined
  }
  const { success, data, error } = gradebook.safeParse(parsed);
  if (success) return data as Gradebook;
  throw new LabError(
    'E_STATE',
    text(`${path} is not a gradebook of this version: ${error.message}`, `${path} 不是這個版本的成績檔：${error.message}`),
    hint,
    { cause: error },
  );
}
