import { jsonText } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Gradebook, Student } from '../../types.ts';
import { feedbackOf, languageOf } from './content.ts';
import { addressesOf } from './recipients.ts';
import { feedbackText } from './render.ts';

/** The user in Canvas's API: its own number, or an ID of the institution. Only an export of Canvas's gradebook has them. */
function userOf({ columns = {} }: Student): string | undefined {
  const value = (name: string) => columns[name]?.trim() || undefined;
  const [number, sis, login] = [value('ID'), value('SIS User ID'), value('SIS Login ID')];
  if (number !== undefined && /^\d{1,20}$/.test(number)) return number;
  if (sis !== undefined) return `sis_user_id:${sis}`;
  return login === undefined ? undefined : `sis_login_id:${login}`;
}

const addressed = ({ entries }: Gradebook) => addressesOf(entries, ({ student }) => userOf(student));

/** Whether Canvas knows any of these students. */
export const hasCanvasComments = (book: Gradebook): boolean => addressed(book).length > 0;

/**
 * The body of Canvas's "Grade or comment on multiple submissions" (`submissions/update_grades`) with a comment for each student, and no grades: those are
 * in canvas.csv. Canvas's gradebook imports no comments, and its upload of files shows each under the name of the submitted file.
 */
export function renderCanvasComments(book: Gradebook, lang: Lang): string {
  const comments = addressed(book).map(({ to, of }) => {
    const text_comment = feedbackText(feedbackOf(book, of, languageOf(of, lang)));
    return [to, { text_comment }] as const;
  });
  return `${jsonText({ grade_data: Object.fromEntries(comments) }, 1)}\n`;
}
