import type { CheckResult } from '../lab/event.ts';
import type { Text } from '../lab/text.ts';
import type { Verdict } from '../lab/verdict.ts';
import type { StepProgress } from './progress-schema.ts';

/** What live mode knows. Plain data: screens, plain lines and pages are made from it. */

/** `lost`: was true in this step, and no longer is. `unseen`: cannot be judged yet, because another check comes first. */
export type CheckMark = 'waiting' | 'passed' | 'lost' | 'unseen';

export interface CheckState {
  readonly id: string;
  readonly claim: Text;
  readonly mode: 'now' | 'once';
  readonly mark: CheckMark;
  /** The last one; undefined: not judged yet. */
  readonly verdict?: Verdict;
  /** What the learner did just before a check was lost. */
  readonly cause?: Action;
}

/** What the learner did, as far as it can be seen. */
export interface Action {
  /**
   * `command`: of Docker, on this machine. `exec`: in a container. `engine`: containers, networks or images changed, by a command that is not known. `edit`: a
   * file was written. `traffic`: the log of a service grew.
   */
  readonly kind: 'command' | 'exec' | 'engine' | 'edit' | 'traffic';
  /** ISO 8601. */
  readonly at: string;
  /** The command, or what changed. */
  readonly what: string;
  /** Equal for everything that one command did; omitted: unknown. */
  readonly id?: string;
  /** An image of the project was built or pulled. */
  readonly built?: boolean;
  /** `exec`: it has ended. */
  readonly exitCode?: number;
}

/** Why Compose cannot use the learner's file, with its line, and what to try: until it is corrected, no command can do what a step asks for. */
export interface FileFault {
  readonly seen: Text;
  readonly tryNext?: Text;
}

/** How long a verdict took, in milliseconds. */
export interface Timing {
  /** From the last event of the engine, or change of a file, before the look. */
  readonly latencyMs: number;
  /** The part of it in which probes ran: requests, DNS lookups and commands in containers. */
  readonly probesMs: number;
}

/** A step as live mode needs it. `key`: `lab/step`. */
export interface PlannedStep {
  readonly key: string;
  readonly checks: readonly { readonly id: string; readonly claim: Text; readonly mode: 'now' | 'once' }[];
  readonly hints: number;
}

type Dialog =
  | { readonly kind: 'help' }
  | { readonly kind: 'list'; readonly at: number }
  | { readonly kind: 'confirm'; readonly to: string };

export interface LearnState {
  readonly plan: readonly PlannedStep[];
  /** The key of the current step. */
  readonly at: string;
  /**
   * `beginning`: gathers what checks compare with. `restoring`: brings the stack to the state that the step requires. `performing`: runs the step's
   * commands. `lost`: the engine does not answer.
   */
  readonly phase: 'beginning' | 'working' | 'passed' | 'performing' | 'restoring' | 'lost' | 'finished';
  readonly checks: readonly CheckState[];
  /** Whether a check became true, or the learner's own work was seen, since the step began. */
  readonly evident: boolean;
  /** The hints shown so far. */
  readonly hints: number;
  readonly solutionShown: boolean;
  /** The step's commands were run for the learner. */
  readonly performed: boolean;
  readonly lastAction?: Action;
  /** The line that runs now, and the last line that it printed. */
  readonly running?: { readonly line: string; readonly output: string };
  /** A message about the last key or command. */
  readonly note?: Text;
  /** Omitted: Compose can use the file, or it was not saved since the session began. */
  readonly fileFault?: FileFault;
  readonly dialog?: Dialog;
  readonly progress: Readonly<Record<string, StepProgress>>;
}

export type Key =
  | 'hint'
  | 'solution'
  | 'perform'
  | 'enter'
  | 'list'
  | 'reset'
  | 'check'
  | 'quit'
  | 'help'
  | 'up'
  | 'down'
  | 'yes'
  | 'other';

export type LearnEvent =
  | { readonly kind: 'began'; readonly key: string; readonly results: readonly CheckResult[] }
  /** `timing`: omitted if the learner asked for the look. `early`: the check still waits, and the result shows why it is not true. */
  | {
      readonly kind: 'result';
      readonly key: string;
      readonly result: CheckResult;
      readonly timing?: Timing;
      readonly early?: true;
    }
  /** A look at all checks has ended. `at`: ISO 8601. */
  | { readonly kind: 'looked'; readonly key: string; readonly at: string }
  | { readonly kind: 'acted'; readonly action: Action }
  | { readonly kind: 'key'; readonly key: Key }
  /** A step was chosen, as in the list of steps: the learner is asked before it begins. */
  | { readonly kind: 'chosen'; readonly key: string }
  | { readonly kind: 'ran'; readonly line: string; readonly output: string }
  /** Our own commands have ended; `failure`: why they failed. */
  | { readonly kind: 'performed'; readonly failure?: Text }
  | { readonly kind: 'engine-lost'; readonly why: Text }
  | { readonly kind: 'engine-back' }
  /** The Compose file was saved with a fault; `fault` omitted: it has none any more. */
  | { readonly kind: 'file-saved'; readonly fault?: FileFault }
  | { readonly kind: 'note'; readonly note: Text };

export type Effect =
  /** Gather the baseline of a step and look at it. `prepare`: ahead of time, for a step that begins later. */
  | { readonly kind: 'begin' | 'prepare' | 'perform' | 'restore'; readonly key: string }
  | { readonly kind: 'look' }
  | { readonly kind: 'save' }
  | { readonly kind: 'quit' };

export interface Next {
  readonly state: LearnState;
  readonly effects: readonly Effect[];
}

/** The step with this key. Throws TypeError for an unknown one. */
export function plannedStep({ plan }: Pick<LearnState, 'plan'>, key: string): PlannedStep {
  const found = plan.find((one) => one.key === key);
  if (!found) throw new TypeError(`no step ${key} in the plan`);
  return found;
}

/** The key of the step after this one; undefined: it is the last. */
export const stepAfter = ({ plan }: Pick<LearnState, 'plan'>, key: string): string | undefined =>
  plan[plan.findIndex((one) => one.key === key) + 1]?.key;

/** A state in which a step is about to begin. */
export function stateAt(plan: readonly PlannedStep[], at: string, progress: LearnState['progress']): LearnState {
  const { checks } = plannedStep({ plan }, at);
  return {
    plan,
    at,
    progress,
    phase: 'beginning',
    checks: checks.map((check) => ({ ...check, mark: 'waiting' })),
    evident: false,
    hints: 0,
    solutionShown: false,
    performed: false,
  };
}
