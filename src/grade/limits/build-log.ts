/** A failed build step, as BuildKit reports it in plain lines. */
export interface FailedStep {
  /** The service in the Compose file. */
  readonly service: string;
  /** The stage's name; left out if the Dockerfile has only one stage. */
  readonly stage?: string;
  /** `2/5`: the steps of a stage count from 1. */
  readonly at: number;
  readonly of: number;
  /** As executed: `RUN apk add gcc`. */
  readonly instruction: string;
  /** Its output; BuildKit's own error is last. */
  readonly output: readonly string[];
  /** It was stopped before it ended. */
  readonly cut: boolean;
}

interface Step {
  readonly heading: Omit<FailedStep, 'output' | 'cut'>;
  readonly output: string[];
}

/**
 * Returns the first failed step in the output of `docker compose build` with BUILDKIT_PROGRESS=plain, else the last step that was
 * cut short; undefined: there is none, or another builder was used.
 */
export function failedStep(lines: readonly string[]): FailedStep | undefined {
  const steps = new Map<string, Step>();
  for (const line of lines) {
    const [, id = '', rest = ''] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (id === '') continue;
    const step = steps.get(id);
    const heading = step ? undefined : headingOf(rest);
    if (heading) steps.set(id, { heading, output: [] });
    if (!step) continue;
    const [, error] = /^ERROR: (.*)$/.exec(rest) ?? [];
    if (error !== undefined) return { ...step.heading, output: [...step.output, error], cut: false };
    if (/^(?:DONE|CACHED)\b/.test(rest)) steps.delete(id);
    const [, printed] = /^\d+\.\d+ (.*)$/.exec(rest) ?? [];
    if (printed !== undefined) step.output.push(printed);
  }
  const last = [...steps.values()].at(-1);
  return last && { ...last.heading, output: last.output, cut: true };
}

/**
 * `[web builder 2/5] RUN apk add gcc`: BuildKit's name of a step (moby/buildkit, dockerfile2llb), after Compose's service name.
 */
function headingOf(line: string): Step['heading'] | undefined {
  const match = /^\[(\S+)(?: +(\S+))? +(\d+)\/(\d+)\] (.*)$/.exec(line);
  if (!match) return undefined;
  const [, service = '', stage, at, of, instruction = ''] = match;
  return { service, ...(stage === undefined ? {} : { stage }), at: Number(at), of: Number(of), instruction };
}
