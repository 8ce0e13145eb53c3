import { z } from 'zod';

/**
 * What a run is about to create, written before it exists, so that a later command can remove all of it. `endpoint`: the engine
 * that the run uses; `dir`: the run's own folder, with copies of the stacks and files that containers write there. `disk`: the
 * mount point of a disk of the run's own, below the engine's (`removeDisk`). `of`: a submission's grading; omitted: a run of
 * labs, which may have been kept on request.
 */
export const journalEntry = z.object({
  id: z.string().regex(/^[a-z0-9]+$/),
  startedAt: z.string(),
  endpoint: z.object({ host: z.string(), certificates: z.exactOptional(z.string()) }).readonly(),
  dir: z.string(),
  disk: z.exactOptional(z.string()),
  of: z.exactOptional(z.literal('grade')),
});

export type JournalEntry = z.infer<typeof journalEntry>;
