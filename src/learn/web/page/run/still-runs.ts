import type { RunPageState } from '../../protocol.ts';

/** Whether a command without an exit code still runs; otherwise it was ended, as by a timeout or Ctrl-C. */
export const stillRuns = ({ at, phase, outcomes }: RunPageState): boolean =>
  at !== undefined && outcomes[at] === undefined && phase !== 'removing' && phase !== 'finished';
