import type { StackSpec } from './tutorial.ts';

/** What a step's `run` acts on. Every command is shown exactly as it is run. */
export interface Stack {
  readonly spec: StackSpec;
  /**
   * Run Compose in the stack's folder: `` stack.compose`up -d --scale ${flask}=3` ``. Values are quoted for the shell.
   * Throws `LabError` (E_COMMAND_FAILED, with Compose's last words) unless it exits 0.
   */
  compose(pieces: TemplateStringsArray, ...values: (string | number)[]): Promise<void>;
  /** `pull` what is absent and not built here, in the words of the Compose at hand. */
  pull(): Promise<void>;
  /** Requests from the host to the published port, as `count` times `curl`. */
  curl(count: number): Promise<void>;
}
