import { z } from 'zod';

/**
 * What a run is about to make, written down before it exists: with it, whoever comes later can remove all of it. `endpoint` is the
 * engine that it works on; `dir` its own folder: copies of the stacks, with what containers write into them. `disk`: where a disk of the run's own is
 * mounted, below the engine's (`removeDisk`). `of`: a submission's grading; left
 * out: a run of labs, which may have been kept as asked.
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
