import type { StackSpec } from '../../lab/stack.ts';

export interface Stack {
  readonly name: string;
  readonly spec: StackSpec;
  /** `assets/<tutorial>/<dir>`, for messages. */
  readonly shown: string;
  /** The folder on the disk. */
  readonly dir: string;
  readonly tutorial: string;
}
