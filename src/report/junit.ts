import XMLBuilder from 'fast-xml-builder';
import { mapTexts, multiLine } from '../formats/untrusted-text.ts';
import type { Outcome } from '../lab/verdict.ts';
import { wordsOf } from './messages.ts';
import type { RunReport } from './schema.ts';

type Lab = RunReport['labs'][number];
type Step = Lab['steps'][number];
type Check = Step['checks'][number];

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Details of a case that did not pass: its kind, a summary line, and the rest. */
  readonly type?: string;
  readonly message: string;
  readonly lines: readonly string[];
}

/** The report as JUnit XML, as CI servers read it: a lab is a suite, a check a case of the class `tutorial.lab.step`. */
export function renderJunit(report: RunReport): string {
  const suites = report.labs.map((lab) => ({ name: lab.id, durationMs: lab.durationMs, cases: casesOf(lab, report) }));
  const end = endOf(
    report,
    suites.flatMap(({ cases }) => cases),
  );
  if (end) suites.push({ name: 'run', durationMs: 0, cases: [end] });
  const totals = tally(suites.flatMap(({ cases }) => cases));
  return xml({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': report.tutorial.id,
      '@time': seconds(report.durationMs),
      '@tests': totals.tests,
      '@failures': totals.failures,
      '@errors': totals.errors,
      testsuite: suites.map(({ name, durationMs, cases }) => ({
        '@name': `${report.tutorial.id}.${name}`,
        ...tally(cases, '@'),
        '@time': seconds(durationMs),
        '@timestamp': report.startedAt,
        properties: { property: propertiesOf(report) },
        testcase: cases.map(drawn),
      })),
    },
  });
}

function casesOf(lab: Lab, report: RunReport): Case[] {
  return lab.steps.flatMap((step) => {
    const classname = [report.tutorial.id, lab.id, step.id].join('.');
    const checks = step.checks.map((check) => ({ ...ofCheck(check, report), classname }));
    const covered = step.outcome !== 'errored' || checks.some(({ outcome }) => outcome === 'errored');
    return checks.length > 0 && covered ? checks : [...checks, { ...ofCommands(step, report), classname }];
  });
}

function ofCheck(check: Check, { lang }: RunReport): Omit<Case, 'classname'> {
  const words = wordsOf(lang);
  const { id: name, claim, outcome, durationMs, expected, actual, help, said, reason } = check;
  if (outcome === 'failed') {
    const lines = [
      labelled(words.expected, expected),
      labelled(words.saw, actual),
      ...(said ? [labelled(words.log, said.lines.join('\n'))] : []),
      labelled(words.tryNext, help),
    ];
    return { name, outcome, durationMs, message: claim, lines };
  }
  const message = reason?.message ?? claim;
  const lines = [claim, message, ...(reason?.hint === undefined ? [] : [labelled(words.hint, reason.hint)])];
  return { name, outcome, durationMs, message, lines, ...(reason?.code === undefined ? {} : { type: reason.code }) };
}

/** A step without checks, or whose own commands failed. */
function ofCommands({ outcome, durationMs, reason, commands }: Step, { lang }: RunReport): Omit<Case, 'classname'> {
  const words = wordsOf(lang);
  const message = reason?.message ?? words.unfinished;
  const lines = [
    ...commands.map(({ line, exitCode }) => `$ ${line}${exitCode === null ? '' : `  (${words.exit(exitCode)})`}`),
    message,
    ...(reason ? [labelled(words.hint, reason.hint)] : []),
  ];
  return { name: 'step', outcome, durationMs, message, lines };
}

/** A case for a run without a verdict in which no other case shows this: the run must not look as if it had passed. */
function endOf({ tutorial, outcome, complete, lang }: RunReport, cases: readonly Case[]): Case | undefined {
  const words = wordsOf(lang);
  if (complete && (outcome !== 'errored' || cases.some((one) => one.outcome === 'errored'))) return undefined;
  const message = complete ? words.notYourFault : words.stopped;
  return { classname: tutorial.id, name: 'end', outcome: 'errored', durationMs: 0, message, lines: [message] };
}

const elements = { failed: 'failure', errored: 'error', skipped: 'skipped' } as const;

const drawn = ({ classname, name, outcome, durationMs, type, message, lines }: Case) => ({
  '@classname': classname,
  '@name': name,
  '@time': seconds(durationMs),
  ...(outcome === 'passed'
    ? {}
    : {
        [elements[outcome]]: {
          ...(type === undefined ? {} : { '@type': type }),
          '@message': capped(message.replaceAll(/\s+/g, ' '), 300),
          '#text': lines.map((line) => capped(line, 4000)).join('\n'),
        },
      }),
});

function tally(cases: readonly Case[], before = '') {
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  const counts = { tests: cases.length, failures: count('failed'), errors: count('errored'), skipped: count('skipped') };
  return Object.fromEntries(Object.entries(counts).map(([name, many]) => [before + name, many]));
}

const propertiesOf = ({ version, runId, engine }: RunReport) =>
  Object.entries({
    labwright: version,
    run: runId,
    engine: engine.kind,
    'engine.version': engine.version,
    'engine.api': engine.apiVersion,
    'engine.host': engine.host,
    compose: engine.compose,
    'compose.line': engine.composeLine,
  }).map(([name, value]) => ({ '@name': name, '@value': value }));

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const labelled = (label: string, value: string | null): string => `${label}: ${value ?? ''}`;

function capped(value: string, most: number): string {
  const points = [...multiLine(value)];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('');
}

const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  format: true,
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});
/** Characters that XML 1.0 cannot represent (control characters, lone surrogates, noncharacters) are replaced by their printable form too. */
const xml = (tree: object): string => builder.build(mapTexts(tree, multiLine));
