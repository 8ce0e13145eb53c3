import XMLBuilder from 'fast-xml-builder';
import { capped, mapTexts, multiLine, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { lostBy } from '../scoring/causes.ts';
import type { Entry, Grade, Gradebook, GradedCheck } from '../types.ts';
import { linesOf, reasonsOf, remarked } from './check-text.ts';
import { wordsOf } from './messages.ts';
import { printed } from './points.ts';

interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly lines: readonly string[];
}

/**
 * The class as JUnit XML for the teacher, generated in parts: a student is a suite, a check a case of the class
 * `tutorial.student`. A fault of the submission is a failure; what labwright or the engine could not determine is an error.
 */
export function* renderJunit(book: Gradebook, lang: Lang): Generator<string> {
  // the sums need all entries, the text one at a time
  const counts = book.entries.map((entry) => tally(casesOf(entry, lang)));
  const sum = (key: 'tests' | 'failures' | 'errors') => counts.reduce((total, one) => total + one[key], 0);
  const root = {
    '@name': book.tutorial,
    '@time': seconds(book.durationMs),
    '@tests': sum('tests'),
    '@failures': sum('failures'),
    '@errors': sum('errors'),
  };
  yield xml({ '?xml': { '@version': '1.0', '@encoding': 'UTF-8' }, testsuites: root }).replace(/><\/testsuites>\s*$/, '>\n');
  for (const entry of book.entries) yield xml({ testsuite: suiteOf(book, entry, lang) });
  yield '</testsuites>\n';
}

function suiteOf(book: Gradebook, entry: Entry, lang: Lang): object {
  const cases = casesOf(entry, lang);
  const { tests, failures, errors, skipped } = tally(cases);
  const suite = `${book.tutorial}.${capped(entry.student.id, 300)}`;
  const properties = {
    labwright: book.version,
    engine: book.engine,
    rubric: book.rubric.hash,
    submission: entry.hash,
    status: entry.grade.status,
    ...Object.fromEntries(
      (entry.grade.goals ?? []).map(({ id, points, max }) => [`goal.${id}`, goalPoints(entry.grade, points, max)]),
    ),
    points: printed(entry.grade.points),
    max: printed(entry.grade.max),
  };
  return {
    '@name': suite,
    '@tests': tests,
    '@failures': failures,
    '@errors': errors,
    '@skipped': skipped,
    '@time': seconds(entry.grade.durationMs),
    '@timestamp': book.startedAt,
    properties: { property: Object.entries(properties).map(([name, value]) => ({ '@name': name, '@value': value })) },
    testcase: named(cases).map((one) => drawn(one, suite)),
  };
}

/** `8/14`; without a score, the points of a goal belong to no total. */
const goalPoints = ({ points: total }: Grade, points: number, max: number): string =>
  total === null ? '' : `${printed(points)}/${printed(max)}`;

const outcomes = { refused: 'failed', review: 'errored', missing: 'skipped' } as const;

function casesOf({ grade, ...entry }: Entry, lang: Lang): Case[] {
  const words = wordsOf(lang);
  const status: Case[] =
    grade.status === 'graded'
      ? []
      : [
          {
            name: grade.status,
            outcome: outcomes[grade.status],
            message: words.ungraded[grade.status],
            lines: [words.ungraded[grade.status], ...reasonsOf({ grade, ...entry }, lang)],
          },
        ];
  const taken = grade.deductions.map(({ remark, points }): Case => {
    const line = remarked(remark, lang);
    return {
      name: `note/${oneLine(remark.code, 100)}`,
      outcome: 'failed',
      message: line,
      lines: [`${line} (${printed(-points)})`],
    };
  });
  const nothing: Case[] = grade.label
    ? [{ name: 'nothing-handed-in', outcome: 'failed', message: grade.label[lang], lines: [grade.label[lang]] }]
    : [];
  const cases = [...status, ...nothing, ...grade.checks.map((check) => ofCheck(check, lang)), ...taken];
  // a total that only the teacher decided has no other case
  return cases.length > 0 ? cases : [{ name: 'total', outcome: 'passed', message: '', lines: [] }];
}

function ofCheck(check: GradedCheck, lang: Lang): Case {
  const message = check.because && check.outcome !== 'failed' ? check.because[lang] : check.claim[lang];
  const points = check.goal === undefined ? `${printed(check.points)}/${printed(check.max)}` : `${check.goal}: ${lossOf(check)}`;
  const lines = [`${oneLine(check.claim[lang], 500)} (${points})`, ...linesOf(check, lang)];
  return { name: oneLine(check.id, 200), outcome: check.outcome, message, lines };
}

const lossOf = (check: GradedCheck): string => printed(-lostBy(check));

/** Makes the names of a class's cases unique. */
function named(cases: readonly Case[]): Case[] {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    const times = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, times);
    return times === 1 ? one : { ...one, name: `${one.name} #${times}` };
  });
}

const elements = { failed: 'failure', errored: 'error', skipped: 'skipped' } as const;

const drawn = ({ name, outcome, message, lines }: Case, suite: string) => ({
  '@classname': suite,
  '@name': name,
  '@time': '0.000',
  ...(outcome === 'passed' ? {} : { [elements[outcome]]: { '@message': oneLine(message, 300), '#text': lines.join('\n') } }),
});

function tally(cases: readonly Case[]) {
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  return { tests: cases.length, failures: count('failed'), errors: count('errored'), skipped: count('skipped') };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  format: true,
  suppressBooleanAttributes: false,
});
const xml = (tree: object): string => builder.build(mapTexts(tree, multiLine));
