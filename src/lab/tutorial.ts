import type { AnyCheck } from './check.ts';
import type { Stack, StackSpec } from './stack.ts';
import type { Text } from './text.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

export interface Step<R extends string = string> {
  readonly id: string;
  readonly title: Text;
  readonly teach: Text;
  /** From vague to exact. */
  readonly hints: readonly [Text, Text, Text];
  /** Steps of the same lab; left out: the step before. */
  readonly needs?: readonly string[];
  /** The solution: the commands as a learner types them. */
  run(stack: Stack<R>): Promise<void>;
  readonly verify: readonly AnyCheck<R>[];
}

/** A section of a tutorial. `R`: the roles of the stack that it acts on. */
export interface Lab<R extends string = string> {
  readonly id: string;
  readonly title: Text;
  /** A key of the tutorial's `stacks`. */
  readonly stack: string;
  /** Labs that are to be run first. */
  readonly needs?: readonly string[];
  readonly steps: readonly Step<R>[];
  /** All steps' solutions, in order, without a check in between. */
  run(stack: Stack<R>): Promise<void>;
  /** One look at every claim of the lab's last step, whose state the earlier ones lead to. */
  verify(world: World): Promise<Verdict[]>;
}

export interface Tutorial {
  readonly id: string;
  readonly title: Text;
  readonly stacks: Readonly<Record<string, StackSpec>>;
  readonly labs: readonly Lab[];
  /** An image with curl, dig and ping, of those that its stacks start from: a grade's requests are sent from it. */
  readonly probeImage?: string;
}
