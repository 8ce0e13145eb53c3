import type { CheckResult, EngineLine } from '../lab/event.ts';
import type { Lang } from '../lab/text.ts';
import type { Verdict } from '../lab/verdict.ts';
// Only types: zod is not loaded by a run.
import type { RunReport } from './schema.ts';

/** Converts parts of events to plain data with texts in one language, for reports that programs read. */

type Check = RunReport['labs'][number]['steps'][number]['checks'][number];

/** Field by field: fields that are not in the schema are left out. */
export const engineOf = ({ kind, version, apiVersion, compose, composeLine, host }: EngineLine): RunReport['engine'] => ({
  kind,
  version,
  apiVersion,
  compose,
  composeLine,
  host,
});

export function checkOf(result: CheckResult, lang: Lang): Check {
  const { id, claim, outcome, verdict, evidence, looks, durationMs } = result;
  return { id, claim: claim[lang], outcome, ...found(verdict, lang), evidence: evidence ?? null, looks, durationMs };
}

function found(
  verdict: Verdict,
  lang: Lang,
): Pick<Check, 'expected' | 'actual' | 'help' | 'said' | 'note' | 'reason' | 'spread'> {
  const none = { expected: null, actual: null, help: null };
  const spread = 'spread' in verdict && verdict.spread ? { spread: spreadOf(verdict.spread) } : {};
  switch (verdict.outcome) {
    case 'passed':
      return { ...none, actual: verdict.actual[lang], ...(verdict.note ? { note: verdict.note[lang] } : {}), ...spread };
    case 'failed': {
      const { expected, actual, help, said } = verdict;
      const words = said ? { said: { service: said.service, lines: [...said.lines] } } : {};
      return { expected: expected[lang], actual: actual[lang], help: help[lang], ...words, ...spread };
    }
    case 'errored': {
      const { code, text, hint } = verdict.reason;
      return { ...none, reason: { code, message: text[lang], hint: hint[lang] } };
    }
    case 'skipped':
      return { ...none, reason: { message: verdict.because[lang] } };
  }
}

const spreadOf = ({ bars, fairness }: NonNullable<Extract<Verdict, { outcome: 'passed' }>['spread']>) => ({
  bars: bars.map(({ label, count }) => ({ label, count })),
  ...(fairness === undefined ? {} : { fairness }),
});
