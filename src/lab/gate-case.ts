import type { Replica } from './facts.ts';
import type { Stack } from './stack.ts';
import type { Text } from './text.ts';

/** What a case of the gate is made with: a project of its own on the engine, the stack's files copied for it, and a learner's commands. */
export interface Scenario extends Stack {
  /** The project's name, and another one's for a second project of the same files (`-p`). */
  readonly project: string;
  readonly other: string;
  /**
   * One line of shell in the stack's folder: `` hands.sh`docker pause ${id}` ``. Values are quoted. What a `docker run` makes must
   * carry `hands.mark`, so that it is removed. Throws LabError E_COMMAND_FAILED unless it exits 0.
   */
  sh(pieces: TemplateStringsArray, ...values: (string | number | readonly string[])[]): Promise<void>;
  /** Options for `docker run` and `docker network create`: the labels that say whose it is. Names must begin with `project` or `other`. */
  readonly mark: readonly string[];
  /** Changes a file of the copy in place, as an editor that keeps the file. Throws if that changes nothing. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  /** Writes a file of the copy anew, its folders too. */
  write(path: string, text: string): Promise<void>;
  /** The containers of a role, running or not, as the engine tells them now: the oldest first. */
  replicas(role: string): Promise<Replica[]>;
}

/** A state that a test of the checks makes, for the step (`lab/step`) that is then verified. */
interface Case {
  /** A word of `a-z0-9-`, no other case's. */
  readonly id: string;
  readonly at: string;
  /** What was done, in a line, of a student: 'scaled the wrong service'. */
  readonly what: Text;
  /** What comes before the step, done rightly; watched checks compare with the state after it. */
  given?(scenario: Scenario): Promise<void>;
  make(scenario: Scenario): Promise<void>;
  /** Images are built from this case's own files; else all cases share those that are built once. */
  readonly builds?: boolean;
}

/** A wrong state. The check `caughtBy` must fail, and tell (in English: expected, saw, try next) what `says` asks for. */
export interface Mistake extends Case {
  readonly caughtBy: string;
  readonly message: RegExp;
}

/** Another right way: every check of the step must pass, but for those of `skips`, which say nothing in it and must be skipped. */
export interface Equivalent extends Case {
  readonly skips?: readonly string[];
}

/** What `lab test` tries a tutorial's checks with. */
export interface Gate {
  readonly mistakes: readonly Mistake[];
  readonly equivalents: readonly Equivalent[];
}
