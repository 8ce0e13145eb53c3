import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';

/** A gradebook or a journal: `pseudonyms` identifies the key of its pseudonyms; left out: it has real IDs. */
interface Named {
  readonly pseudonyms?: string;
}

/**
 * Throws LabError E_USAGE if an output folder has other names for students than this grading: real IDs must not be added to pseudonyms, and files with real IDs
 * must not stay beside pseudonyms.
 */
export function assertSameNames(out: string, written: Named, now: Named): void {
  if (written.pseudonyms === now.pseudonyms) return;
  if (written.pseudonyms === undefined)
    throw new LabError(
      'E_USAGE',
      text(`the grades in ${out} have real IDs, not pseudonyms`, `${out} 裡的成績使用真實學號，不是代號`),
      text(
        'grade into another folder with --out, or remove these grades first: lab grade purge',
        '請用 --out 指定另一個資料夾，或先移除這些成績：lab grade purge',
      ),
    );
  throw new LabError(
    'E_USAGE',
    now.pseudonyms === undefined
      ? text(`the grades in ${out} have pseudonyms`, `${out} 裡的成績使用代號`)
      : text(`the pseudonyms in ${out} are those of another key file`, `${out} 裡的代號屬於另一個金鑰檔`),
    text(
      'name the key file of these grades with --pseudonyms, or grade into another folder with --out',
      '請用 --pseudonyms 指定這些成績的金鑰檔，或用 --out 指定另一個資料夾',
    ),
  );
}
