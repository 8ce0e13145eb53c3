import type { ServiceNames } from '../../lab/stack.ts';

export interface PolicyRules {
  /**
   * The first match counts: `match` is a glob over the short name with its tag (`redis:*`), `as` the image that is run for it
   * (`redis:8.0`).
   */
  readonly images: readonly { readonly match: string; readonly as: string }[];
  /** Role → the service's name in submissions. */
  readonly services: ServiceNames;
  /** Services of the tutorial's other stacks: a stack with one of these is another stack, and is not judged as this one. */
  readonly without: readonly string[];
}
