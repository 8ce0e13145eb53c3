import type { StackSpec } from '../../lab/stack.ts';

export interface Stack {
  readonly name: string;
  readonly spec: StackSpec;
  /** `assets/<tutorial>/<dir>`, for people. */
  readonly shown: string;
  /** On the disk. */
  readonly dir: string;
  readonly tutorial: string;
}
