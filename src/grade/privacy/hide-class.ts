import { basename, extname } from 'node:path';
import { LabError } from '../../lab/error.ts';
import type { FoundClass } from '../submissions/find-submissions.ts';
import type { Remark, Student } from '../types.ts';
import { fileAlias, fingerprintOf, looksLikePseudonym, pseudonymOf, pseudonymsOf } from './pseudonyms.ts';
import { type Identity, redacted, redactor, wordsFor } from './redact.ts';

/** Who a pseudonym is. `source`: the submission's name, or that of an entry that is not a submission. */
export interface KnownIdentity {
  readonly pseudonym: string;
  readonly student?: Student;
  readonly source: string;
}

/** A class with pseudonyms in place of its students. */
export interface HiddenClass {
  readonly submissions: FoundClass;
  /** Identifies the key. */
  readonly fingerprint: string;
  readonly identities: readonly KnownIdentity[];
  /** The student that a file of the teacher names, by pseudonym or real ID: always a pseudonym. */
  studentOf(written: string): string;
  /** Plain data without what identifies a student of the class. */
  hide<Value>(value: Value): Value;
  /** An error with the same code and exit code, without what identifies a student. */
  hideError(error: unknown): unknown;
}

/** Replaces the students of a class by pseudonyms. Submissions keep their paths, which are read but not shown. */
export function hideClass({ found, missing, leftOut }: FoundClass, secret: Uint8Array): HiddenClass {
  const students = [
    ...found.map(({ student, source }) => ({ student, source: basename(source) })),
    ...missing.map((student) => ({ student, source: '' })),
  ];
  const names = pseudonymsOf(
    secret,
    students.map(({ student }) => student.id),
  );
  const nameOf = (id: string) => names.get(id) ?? pseudonymOf(secret, id);
  const change = redactor(
    students.map(({ student, source }): Identity => ({ pseudonym: nameOf(student.id), words: wordsFor(student, source) })),
  );
  const hide = <Value>(value: Value): Value => redacted(value, change);
  const hidden = ({ id }: Student): Student => ({ id: nameOf(id) });
  const left = leftOut.map((remark) => hiddenEntry(remark, secret));
  return {
    submissions: {
      found: numbered(found.map(({ student, path }) => ({ student: hidden(student), source: nameOf(student.id), path }))),
      missing: missing.map(hidden),
      leftOut: left.map(({ remark }) => remark),
    },
    fingerprint: fingerprintOf(secret),
    identities: [
      ...students.map(({ student, source }) => ({ pseudonym: nameOf(student.id), student, source })),
      ...left.map(({ alias, name }) => ({ pseudonym: alias, source: name })),
    ],
    studentOf: (written) => {
      // the folder of an exam is named after its student: `ann/fault-3`
      const [, student = written, rest = ''] = /^(.*)(\/[\w-]+)$/.exec(written) ?? [];
      if (names.has(written) || rest === '') return looksLikePseudonym(written) ? written : nameOf(written);
      return `${looksLikePseudonym(student) ? student : nameOf(student)}${rest}`;
    },
    hide,
    hideError: (error) => hiddenError(error, hide),
  };
}

/** The sources of several submissions of a student differ. */
function numbered(found: FoundClass['found']): FoundClass['found'] {
  const counts = new Map<string, number>();
  return found.map((one) => {
    const count = (counts.get(one.source) ?? 0) + 1;
    counts.set(one.source, count);
    return count === 1 ? one : { ...one, source: `${one.source}-${count}` };
  });
}

/** An entry that is not a submission can belong to anyone: its whole name is replaced. */
function hiddenEntry(remark: Remark, secret: Uint8Array): { remark: Remark; alias: string; name: string } {
  const name = remark.place?.file ?? '';
  const alias = fileAlias(secret, name);
  const ending = /^\.\w{1,5}$/.exec(extname(name))?.[0] ?? '';
  return { remark: { ...remark, place: { file: `${alias}${ending}` } }, alias, name };
}

function hiddenError(error: unknown, hide: HiddenClass['hide']): unknown {
  if (error instanceof LabError) return new LabError(error.code, hide(error.text), hide(error.hint), { cause: error });
  // a bug is reported with its stack
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const message = hide(error.message);
  const shown = Object.assign(new Error(message), error, { message, name: error.name });
  if (error.stack !== undefined) shown.stack = hide(error.stack);
  return shown;
}
