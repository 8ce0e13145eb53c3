/** Where a run's time goes, in milliseconds; the parts add up to the whole. */
export interface Spent {
  readonly parts: readonly (readonly [what: string, ms: number])[];
  readonly checks: number;
}

interface Line {
  readonly kind: string;
  readonly line?: string;
  readonly durationMs?: number;
  readonly step?: string;
  readonly outcome?: string;
  readonly check?: { readonly outcome: string };
}

/**
 * Reads the events of `--reporter ndjson`. `wallMs`: the time of the whole process. `startMs`: the time of a Compose command that does nothing. Throws unless
 * the run and all checks passed.
 */
export function spentBy(ndjson: string, wallMs: number, startMs: number, composeLine: string): Spent {
  const events = ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const of = (kind: string) => events.filter((event) => event.kind === kind);
  const sum = (some: readonly Line[]) => some.reduce((ms, event) => ms + (event.durationMs ?? 0), 0);
  const checks = of('check-finished');
  const wrong = checks.filter(({ check }) => check?.outcome !== 'passed').length;
  const [ended] = of('run-finished');
  if (ended?.outcome !== 'passed' || checks.length === 0 || wrong > 0)
    throw new Error(`the run ended ${ended?.outcome}, with ${wrong} of ${checks.length} checks not passed`);

  const commands = of('command-finished');
  const compose = commands.filter(({ line }) => line?.startsWith(`${composeLine} `));
  const starts = compose.length * startMs;
  const steps = sum(of('step-finished'));
  const runMs = ended.durationMs ?? 0;
  return {
    checks: checks.length,
    parts: [
      [`engine, at Compose's ${compose.length} commands`, sum(compose) - starts],
      [`Compose's own start, ${compose.length} times ${startMs.toFixed(0)} ms`, starts],
      [`requests from the host (${commands.length - compose.length} commands)`, sum(commands) - sum(compose)],
      [`${checks.length} checks: probes, looks before, apps on their way up`, steps - sum(commands)],
      ['removing all that was made', sum(of('teardown-finished'))],
      ['in between, less what was done at the same time', runMs - steps - sum(of('teardown-finished'))],
      ['before and after: loading, finding the engine, ending', wallMs - runMs],
    ],
  };
}
