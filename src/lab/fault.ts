import type { Text } from './text.ts';

/** A change to a file of a stack: the first occurrence of `from` is replaced. */
export interface FileEdit {
  /** Below the stack's folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A stack with one fault, for `lab break`: a learner finds and repairs it, and the labs' checks prove the repair. */
export interface Fault {
  /** Unique, of `a-z0-9-`. It is shown only after the repair: it names the fault. */
  readonly id: string;
  /** A key of the tutorial's stacks. */
  readonly stack: string;
  /** 1: a message names it. 2: the stack works in part. 3: the stack seems to work. */
  readonly level: 1 | 2 | 3;
  /** What a user of the stack reports, in one sentence, without the cause. */
  readonly report: Text;
  /** From vague to exact. */
  readonly hints: readonly [Text, Text, Text];
  /** What was wrong, shown after the repair. */
  readonly cause: Text;
  /** The command that shows it, and what it usually looks like. */
  readonly find: Text;
  readonly edits: readonly [FileEdit, ...FileEdit[]];
  /** The code with which the policy of `lab grade` refuses the stack as long as the fault is there; left out: it permits it. */
  readonly refusedAs?: string;
}
