import type { Text } from '../../lab/text.ts';

/** How a piece of work speaks with whoever asked for it. */
export interface EmbeddedOptions {
  /** Told at each stage that takes a while. */
  readonly progress?: (stage: Text) => void;
  /** May the system's packages be installed without asking. */
  readonly unattended: boolean;
  /** Asked before something is installed, where that may not be done without. Absent: the answer is no. */
  readonly ask?: (question: Text) => Promise<boolean>;
  readonly signal?: AbortSignal;
}
