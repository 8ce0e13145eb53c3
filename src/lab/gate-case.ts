import type { Replica } from './facts.ts';
import type { Stack } from './stack.ts';
import type { Text } from './text.ts';

/** The environment of a gate case: its own project on the engine, a copy of the stack's files, and a learner's commands. */
export interface Scenario extends Stack {
  /** The project's name, and the name of a second project of the same files (`-p`). */
  readonly project: string;
  readonly other: string;
  /**
   * Runs one line of shell in the stack's folder: `` hands.sh`docker pause ${id}` ``. Values are quoted. A `docker run` must
   * include `hands.mark`, so that its container is removed. Throws LabError E_COMMAND_FAILED unless it exits 0.
   */
  sh(pieces: TemplateStringsArray, ...values: (string | number | readonly string[])[]): Promise<void>;
  /**
   * Options for `docker run` and `docker network create`: labels that assign the object to this case. Its name must begin with
   * `project` or `other`.
   */
  readonly mark: readonly string[];
  /** Changes a file of the copy in place, keeping its inode as some editors do. Throws if the content stays the same. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  /** Replaces a file of the copy, or creates it with its folders. */
  write(path: string, text: string): Promise<void>;
  /** The containers of a role, running or not, as the engine currently reports them: oldest first. */
  replicas(role: string): Promise<Replica[]>;
}

/** A state that a test of the checks creates before it verifies the step (`lab/step`). */
interface Case {
  /** Unique, of `a-z0-9-`. */
  readonly id: string;
  readonly at: string;
  /** What a student did, in one line: 'scaled the wrong service'. */
  readonly what: Text;
  /**
   * Performs the correct work before the step; watched checks compare with the state after it. `settled` waits until an earlier step (`lab/step`) passes, as a
   * learner does before going on, or until it is clear that it does not.
   */
  given?(scenario: Scenario, settled: (at: string) => Promise<void>): Promise<void>;
  make(scenario: Scenario): Promise<void>;
  /** Builds images from this case's own files; omitted: all cases share images that are built once. */
  readonly builds?: boolean;
}

/** A wrong state. The check `caughtBy` must fail, and report (in English: expected, saw, try next) what `says` requires. */
export interface Mistake extends Case {
  readonly caughtBy: string;
  readonly message: RegExp;
}

/**
 * Another correct solution: every check of the step must pass, except those in `skips`, which cannot be judged in it and must be
 * skipped.
 */
export interface Equivalent extends Case {
  readonly skips?: readonly string[];
}

/** The cases with which `lab test` tests a tutorial's checks. */
export interface Gate {
  readonly mistakes: readonly Mistake[];
  readonly equivalents: readonly Equivalent[];
}
