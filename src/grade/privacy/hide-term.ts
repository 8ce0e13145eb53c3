import type { ClassEntry } from '../grade-class.ts';
import type { FoundSubmission } from '../submissions/find-submissions.ts';
import type { Term } from '../term/final-entries.ts';
import type { HiddenClass } from './hide-class.ts';

/** What is known about time, by pseudonyms. `found`: the class's submissions with their real names, in the order of the hidden ones. */
export function hideTerm(term: Term, found: readonly FoundSubmission[], { submissions, studentOf }: HiddenClass): Term {
  const sources = new Map(submissions.found.map(({ source }, at) => [source, found[at]?.source ?? source]));
  const named = (entry: ClassEntry): ClassEntry => ({ ...entry, source: sources.get(entry.source) ?? entry.source });
  const byPseudonym = <Value>(all: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
    new Map([...all].map(([student, value]) => [studentOf(student), value]));
  return {
    ...term,
    extensions: byPseudonym(term.extensions),
    graceUsed: byPseudonym(term.graceUsed),
    listed: term.listed.map((one) => ({ ...one, student: studentOf(one.student) })),
    timeOf: (entry) => term.timeOf(named(entry)),
    isMarkedLate: (entry) => term.isMarkedLate(named(entry)),
  };
}
