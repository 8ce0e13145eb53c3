import type { Student } from '../types.ts';

/** What identifies a student, and what replaces it. */
export interface Identity {
  readonly pseudonym: string;
  /** As `wordsFor` returns them. */
  readonly words: readonly string[];
}

/** Columns of a roster that identify a student. The others are the same for many. */
const identifying = [
  ...['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Integration ID', 'Identifier', 'Full name', 'Email address'],
  ...['Username', 'github_username', 'student_repository_name'],
];

/** Everything by which texts can name a student, without words that are too short to be only that (`1`). `source`: the name of the submission's folder or archive. */
export function wordsFor({ id, name, email, columns = {} }: Student, source: string): readonly string[] {
  const mail = [email, columns['Email address']].flatMap((one) => (one === undefined ? [] : [one, one.split('@')[0] ?? '']));
  const all = [
    id,
    name ?? '',
    ...mail,
    ...identifying.map((column) => columns[column] ?? ''),
    source,
    source.replace(archive, ''),
  ];
  return [...new Set(all.map((one) => one.trim()).filter(isTelling))];
}

const archive = /\.(?:zip|tar|tar\.gz|tgz)$/i;
const han = /\p{Script=Han}/u;

/** Shorter words and numbers occur in texts that are about something else. */
function isTelling(word: string): boolean {
  if (/^\d+$/.test(word)) return word.length >= 4;
  const letters = [...word.matchAll(/[\p{L}\p{N}]/gu)].length;
  return letters >= (han.test(word) ? 2 : 3);
}

/** Letters and digits that continue a word. Chinese has no spaces between words. */
const continues = '(?!\\p{Script=Han})[\\p{L}\\p{N}]';
const escaped = (word: string): string => word.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, '\\$&');

/** A pattern for a word in any case; the parts of a name in both orders, together or separated. */
function patternOf(word: string): string {
  const parts = word.split(/[\s,]+/).filter((part) => part !== '');
  const [first, ...rest] = parts;
  if (first === undefined || rest.length === 0 || word.includes('@')) return bounded(word, escaped(word));
  const orders = [parts, [...rest, first], [parts.at(-1) ?? '', ...parts.slice(0, -1)]];
  const spellings = new Set(orders.map((order) => order.map(escaped).join("[\\s_.,'·+-]*")));
  return bounded(word, `(?:${[...spellings].join('|')})`);
}

/** A long ID with digits is one wherever it occurs; another word only as a whole. */
function bounded(word: string, pattern: string): string {
  const isNumber = /\d/.test(word) && word.length >= 6 && !word.includes(' ');
  const edge = (one: string | undefined) => {
    if (one === undefined || !/[\p{L}\p{N}]/u.test(one) || han.test(one)) return undefined;
    if (isNumber) return /\d/.test(one) ? '\\d' : undefined;
    return continues;
  };
  const [before, after] = [edge([...word][0]), edge([...word].at(-1))];
  return `${before === undefined ? '' : `(?<!${before})`}${pattern}${after === undefined ? '' : `(?!${after})`}`;
}

/** How many different short texts are remembered: those of a rubric are the same for all students. */
const mostKnown = 20_000;
const longestKnown = 500;

/**
 * Replaces everything that names a student of the class by the student's pseudonym: in any case, longer words first. Applied again, it changes nothing
 * unless a pseudonym contains a word.
 */
export function redactor(identities: readonly Identity[]): (value: string) => string {
  const words = wordList(identities);
  if (words.length === 0) return (value) => value;
  const replace = (value: string) => {
    const low = value.toLowerCase();
    // a search for all words at once takes a thousand times as long
    const found = words.filter(({ needle }) => low.includes(needle));
    if (found.length === 0) return value;
    const any = new RegExp(found.map(({ pattern }) => `(${pattern})`).join('|'), 'giu');
    return value.replaceAll(any, (...groups: unknown[]) => {
      const at = groups.slice(1, found.length + 1).findIndex((group) => group !== undefined);
      return found[at]?.pseudonym ?? '';
    });
  };
  const known = new Map<string, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const made = replace(value);
    if (value.length <= longestKnown && known.size < mostKnown) known.set(value, made);
    return made;
  };
}

interface SoughtWord {
  readonly word: string;
  /** Every text with this word contains it, in lower case. */
  readonly needle: string;
  readonly pattern: string;
  readonly pseudonym: string;
}

/** The words of all students, longer ones first. One that several students have is the first student's. */
function wordList(identities: readonly Identity[]): readonly SoughtWord[] {
  const found = new Map<string, SoughtWord>();
  for (const { words, pseudonym } of identities)
    for (const word of words.flatMap((one) => [one.normalize('NFC'), one.normalize('NFD')])) {
      const [needle = word] = word.toLowerCase().split(/[\s,]+/);
      if (!found.has(word)) found.set(word, { word, needle, pattern: patternOf(word), pseudonym });
    }
  return [...found.values()].sort((one, other) => other.word.length - one.word.length);
}

/** Fields whose values labwright or the rubric chose, and others refer to. */
const fixed: ReadonlySet<string> = new Set([
  ...['id', 'code', 'outcome', 'status', 'goal', 'excusedBy', 'follows', 'part', 'hash', 'keys', 'check', 'student', 'sameAs'],
]);

/** Plain data with its texts changed, at any depth, except the values of fixed fields. */
export function redacted<Value>(value: Value, change: (value: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((one) => redacted(one, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([key, one]) => [key, fixed.has(key) ? one : redacted(one, change)]);
  return Object.fromEntries(parts) as Value;
}
