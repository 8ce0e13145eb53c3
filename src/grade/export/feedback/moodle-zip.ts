import { Zip, ZipDeflate } from 'fflate';
import type { Lang } from '../../../lab/text.ts';
import { moodleLabel } from '../../submissions/lms-filenames.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { renderStudentPage } from '../html/pages.ts';
import { languageOf } from './content.ts';
import { addressesOf } from './recipients.ts';

/** The number by which Moodle knows a participant of the assignment: the roster's Identifier, or from the name of the submission in Moodle's download. */
function participantOf({ student, source }: Entry): string | undefined {
  const listed = /^\D*(\d{1,15})$/.exec(student.columns?.['Identifier']?.trim() ?? '')?.[1];
  if (listed !== undefined) return listed;
  const label = moodleLabel(source.split('/').at(-1) ?? '');
  return label === undefined || label === 'none' ? undefined : label.number;
}

/** Moodle splits a name at `_`, and does not use the first part. */
function namePart({ student }: Entry): string {
  const kept = (student.name ?? '').normalize('NFKC').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...kept.join(' ')].slice(0, 60).join('').trim() || 'Participant';
}

export const moodleZipPath = 'moodle-feedback.zip';

/** The entries of the zip file: the page of each student whose participant number is known. */
const entriesOf = ({ entries }: Gradebook) =>
  addressesOf(entries, participantOf).map(({ to, of }) => ({
    path: `${namePart(of)}_${to}_assignfeedback_file/feedback.html`,
    of,
  }));

/** Whether Moodle knows any of these students. */
export const hasMoodleZip = (book: Gradebook): boolean => entriesOf(book).length > 0;

/**
 * The zip file for "Upload multiple feedback files in a zip" of a Moodle assignment, generated in parts. Moodle assigns an entry by the name of its
 * folder (`fullname_number_assignfeedback_file`), and stores the file as feedback.
 */
export function* renderMoodleZip(book: Gradebook, lang: Lang): Generator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  for (const { path, of } of entriesOf(book)) {
    const file = Object.assign(new ZipDeflate(path), { mtime: earliest, os: unix, attrs: 0o100644 << 16 });
    zip.add(file);
    file.push(Buffer.from(renderStudentPage(book, of, languageOf(of, lang))), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}

/** The same content is always the same file. Zip files know no earlier time. */
const earliest = new Date(1980, 0, 1);
const unix = 3;
