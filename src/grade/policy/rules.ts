import type { ServiceNames } from '../../lab/stack.ts';
import type { ImageRule } from './images.ts';

export interface PolicyRules {
  readonly images: readonly ImageRule[];
  /** Role → the service's name in submissions. */
  readonly services: ServiceNames;
  /** Services of the tutorial's other stacks: a stack with one of these is another stack, and is not judged as this one. */
  readonly without: readonly string[];
}
