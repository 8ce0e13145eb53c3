import type { Text } from '../../lab/text.ts';

/** How a task reports to its caller. */
export interface EmbeddedOptions {
  /** Called at each stage that takes a while. */
  readonly progress?: (stage: Text) => void;
  /** Whether system packages may be installed without asking. */
  readonly unattended: boolean;
  /** Asks before something is installed, if that requires consent. Absent: the answer is no. */
  readonly ask?: (question: Text) => Promise<boolean>;
  readonly signal?: AbortSignal;
  /** A tutorial's own folder of recipes for images. */
  readonly recipes?: string;
}
