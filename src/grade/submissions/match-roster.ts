import type { Student } from '../types.ts';
import type { Label } from './lms-filenames.ts';
import type { Roster } from './roster.ts';

/** The students of a roster that a label can mean: one, none, or several if it is ambiguous. */
export function matching(label: Label, entry: string, { students }: Roster): readonly Student[] {
  for (const isMeant of ways(label, entry)) {
    const found = students.filter(isMeant);
    if (found.length > 0) return found;
  }
  return [];
}

type Way = (student: Student) => boolean;

/** From certain to likely: the first way that finds a student decides. */
function ways({ layout, id, name, number }: Label, entry: string): readonly Way[] {
  const isNamed =
    (wanted: string): Way =>
    (one) =>
      spellings(one).includes(squeezed(wanted));
  if (layout === 'moodle')
    return [({ columns, id: own }) => endingNumber(columns?.['Identifier']) === number || own === number, isNamed(name ?? '')];
  if (layout === 'canvas')
    return [({ columns, id: own }) => number !== undefined && (columns?.['ID'] ?? own) === number, isNamed(name ?? '')];
  const wanted = low(id);
  return [
    (one) => low(one.id) === wanted,
    (one) => logins(one).includes(wanted),
    ({ columns }) => low(columns?.['student_repository_name']) === low(entry),
    ({ email }) => email !== undefined && [low(email), low(email.split('@')[0])].includes(wanted),
    isNamed(id),
    // Classroom: the assignment, then the login; both may contain `-`, so the longest login wins
    (one) => logins(one).some((login) => wanted.endsWith(`-${login}`)),
  ];
}

const low = (word: string | undefined): string => (word ?? '').normalize('NFC').toLowerCase().trim();

const logins = ({ columns }: Student): string[] =>
  ['github_username', 'Username', 'SIS Login ID'].map((column) => low(columns?.[column])).filter((login) => login !== '');

const endingNumber = (identifier: string | undefined): string | undefined => /\d+$/.exec(identifier ?? '')?.[0];

/** Letters and digits only, as Canvas keeps them. */
const squeezed = (name: string): string => low(name).replaceAll(/[^\p{L}\p{N}]/gu, '');

/** A name, and the same with the family name first. */
function spellings({ name, columns }: Student): string[] {
  return [name, columns?.['Student'], columns?.['Full name']].flatMap((one) => {
    if (one === undefined || squeezed(one) === '') return [];
    const words = one.split(/[\s,]+/).filter((word) => word !== '');
    return [
      squeezed(one),
      squeezed([words.at(-1), ...words.slice(0, -1)].join(' ')),
      squeezed([...words.slice(1), words[0]].join(' ')),
    ];
  });
}
