import type { AnyCheck } from './check.ts';
import type { Stack, StackSpec } from './stack.ts';
import type { Lang, Text } from './text.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** A file of the stack's folder. */
interface FileView {
  /** Its path below the folder. */
  readonly file: string;
  /** The important lines of it, as the file has them; parts of lines are allowed. */
  readonly lines: readonly string[];
}

export interface Step<R extends string = string> {
  readonly id: string;
  readonly title: Text;
  readonly teach: Text;
  /** The explanation as Markdown, of which `teach` is what a terminal shows; omitted: `teach` is all. */
  readonly prose?: Text;
  /** From vague to exact. */
  readonly hints: readonly [Text, Text, Text];
  /** What to do, without how, for live mode; omitted: the title says it. */
  readonly task?: Text;
  /** What happened when it was done, for live mode: one or two sentences. */
  readonly recap?: Text;
  /** Files that a learner should read in this step. */
  readonly show?: readonly FileView[];
  /** Steps of the same lab; omitted: the previous step. */
  readonly needs?: readonly string[];
  /** Its claims hold when its lab begins, too: that they hold now does not show that the step was done. */
  readonly returnsToStart?: true;
  /** A stack that was started at once as the step leaves it shows the same: one look counts the step only after more than one command (see `isOneStart`). */
  readonly laterThanStart?: true;
  /** The lines that `run` performs, where it does nothing else. */
  readonly commands?: readonly string[];
  /** The solution: the commands as a learner types them. */
  run(stack: Stack<R>): Promise<void>;
  readonly verify: readonly AnyCheck<R>[];
  /**
   * Checks for graders only, made once after the others: they judge what cannot be faked, and stop and pause containers for that. They can need checks of
   * `verify`. Later steps can only remove the stack.
   */
  readonly audit?: readonly AnyCheck<R>[];
}

/** The checks of a step that count for a grade. */
export const gradedChecks = <R extends string>({ verify, audit = [] }: Step<R>): readonly AnyCheck<R>[] => [...verify, ...audit];

/** A section of a tutorial. `R`: the roles of its stack. */
export interface Lab<R extends string = string> {
  readonly id: string;
  readonly title: Text;
  /** A key of the tutorial's `stacks`. */
  readonly stack: string;
  /** What a learner has learned at its end, for live mode: one sentence. */
  readonly learned?: Text;
  /** Labs that must run first. */
  readonly needs?: readonly string[];
  readonly steps: readonly Step<R>[];
  /** The solutions of all steps, in order, without checks in between. */
  run(stack: Stack<R>): Promise<void>;
  /** One look at every claim of the lab's last step; the earlier steps lead to its state. */
  verify(world: World): Promise<Verdict[]>;
}

export interface Tutorial {
  readonly id: string;
  readonly title: Text;
  /** What a learner learns from it, in a few sentences. */
  readonly about?: Text;
  /** The original that it follows. */
  readonly source?: { readonly title: Text; readonly url: string; readonly licence: string };
  /** The folder that contains its stacks' folders, as an absolute path; omitted: its own folder below the package's assets. */
  readonly dir?: string;
  /** The languages of its texts; omitted: all. Users of another language see the first one. */
  readonly languages?: readonly Lang[];
  readonly stacks: Readonly<Record<string, StackSpec>>;
  readonly labs: readonly Lab[];
  /** One of its stacks' base images that has curl, dig and ping: grading sends requests from it. */
  readonly probeImage?: string;
}

/** The folder that contains a tutorial's stacks. `assets`: the package's. */
export const filesOf = ({ dir, id }: Pick<Tutorial, 'dir' | 'id'>, assets: string): string => dir ?? `${assets}/${id}`;
