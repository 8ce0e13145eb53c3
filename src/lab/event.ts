import type { Text } from './text.ts';
import type { Outcome, Verdict } from './verdict.ts';

export interface EngineLine {
  readonly kind: 'docker' | 'private';
  readonly version: string;
  readonly apiVersion: string;
  readonly compose: string;
  /** The Compose command of the user: `docker compose` or `docker-compose`. */
  readonly composeLine: string;
  readonly host: string;
}

export interface CheckResult {
  readonly id: string;
  readonly claim: Text;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  /** The facts judged. */
  readonly evidence: unknown;
  readonly looks: number;
  readonly durationMs: number;
}

/** The lab and step of an event. */
interface At {
  readonly lab: string;
  readonly step: string;
}

/** Every event of a run. Reporters receive them and cannot affect the run. `atMs` is the time since the run's start. */
export type RunEvent = { readonly atMs: number } & (
  | {
      readonly kind: 'run-started';
      /** Only observes the learner's own project, whose name is `runId`; omitted: performs the labs. */
      readonly mode?: 'verify';
      readonly runId: string;
      readonly tutorial: string;
      readonly title: Text;
      readonly engine: EngineLine;
      readonly startedAt: string;
      readonly plan: readonly { readonly lab: string; readonly title: Text; readonly steps: number }[];
    }
  /** A message that belongs to no command or check: a port that was taken or, in a step, that there was nothing to pull. */
  | { readonly kind: 'note'; readonly text: Text; readonly lab?: string; readonly step?: string }
  | { readonly kind: 'lab-started'; readonly lab: string; readonly title: Text }
  | (At & { readonly kind: 'step-started'; readonly title: Text; readonly teach: Text })
  | (At & { readonly kind: 'command-started'; readonly line: string })
  /** One line of the command's output, without control characters: results on stdout, progress on stderr. */
  | (At & { readonly kind: 'command-output'; readonly line: string; readonly stream: 'stdout' | 'stderr' })
  | (At & { readonly kind: 'command-finished'; readonly line: string; readonly exitCode: number; readonly durationMs: number })
  | (At & { readonly kind: 'verify-started'; readonly checks: readonly { readonly id: string; readonly claim: Text }[] })
  | (At & { readonly kind: 'check-finished'; readonly result: CheckResult })
  | (At & {
      readonly kind: 'step-finished';
      readonly outcome: Outcome;
      readonly durationMs: number;
      /** Why no check was made: the step's own commands failed, or a need did not pass. */
      readonly reason?: { readonly message: Text; readonly hint: Text };
      readonly hints: readonly Text[];
    })
  | { readonly kind: 'lab-finished'; readonly lab: string; readonly outcome: Outcome; readonly durationMs: number }
  | { readonly kind: 'teardown-started' }
  | { readonly kind: 'teardown-finished'; readonly removed: number; readonly durationMs: number }
  | { readonly kind: 'run-finished'; readonly outcome: Outcome; readonly durationMs: number }
);

/** Steps in skipped labs emit only `step-finished`, with outcome `skipped`. */
export type Listener = (event: RunEvent) => void;
