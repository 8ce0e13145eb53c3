import { isDeepStrictEqual } from 'node:util';
import { rounded } from '../scoring/points.ts';
import type { Entry, Gradebook, RegradeRequest } from '../types.ts';
import type { WrittenRequest } from './requests-file.ts';

/**
 * The entries with the requests of their students. What a request is about is the grade that the student saw: that of the gradebook before, or of the request
 * itself if it was read then.
 */
export function withRequests(
  entries: readonly Entry[],
  written: readonly WrittenRequest[],
  before: Gradebook | undefined,
): readonly Entry[] {
  const old = new Map((before?.entries ?? []).map((entry) => [entry.student.id, entry]));
  return entries.map((entry) => {
    const own = written.filter(({ student }) => student === entry.student.id);
    if (own.length === 0) return entry;
    const seen = old.get(entry.student.id) ?? entry;
    const requests = own.map(({ student: _, ...request }): RegradeRequest => {
      const same = seen.requests?.find(({ check, reason }) =>
        isDeepStrictEqual([check, reason], [request.check, request.reason]),
      );
      return { ...request, about: same?.about ?? { hash: seen.hash, points: seen.grade.points } };
    });
    return { ...entry, requests };
  });
}

/** A request, and whose it is. */
export interface StudentRequest {
  readonly entry: Entry;
  readonly request: RegradeRequest;
}

const all = ({ entries }: Gradebook): StudentRequest[] =>
  entries.flatMap((entry) => (entry.requests ?? []).map((request) => ({ entry, request })));

/** Requests without a decision. */
export const openRequests = (book: Gradebook): StudentRequest[] =>
  all(book).filter(({ request }) => request.decision === undefined);

/** Accepted requests since which nothing changed: no override, no other submission, and the same points. */
export const unmetRequests = (book: Gradebook): StudentRequest[] =>
  all(book).filter(({ entry, request }) => request.decision === 'accepted' && !isMet(entry, request));

function isMet({ hash, grade, overrides }: Entry, { check, about }: RegradeRequest): boolean {
  const isDecided = overrides.some((one) => one.check === undefined || check === undefined || one.check === check);
  const points = (value: number | null) => (value === null ? null : rounded(value));
  return isDecided || hash !== about.hash || points(grade.points) !== points(about.points);
}

/** Students in requests.csv who are not in the class. */
export function unknownRequesters(written: readonly WrittenRequest[], { entries }: Gradebook): string[] {
  const ids = new Set(entries.map(({ student }) => student.id));
  return [...new Set(written.map(({ student }) => student))].filter((id) => !ids.has(id));
}
