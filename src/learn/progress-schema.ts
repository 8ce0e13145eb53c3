import { z } from 'zod';

const stepProgress = z.object({
  outcome: z.literal('passed'),
  at: z.string(),
  /** How many hints were shown. */
  hints: z.number().int().min(0),
  solutionShown: z.boolean(),
  /** The commands were run for the learner. */
  performed: z.boolean(),
});

/** `.labwright/progress.json` in a learner's folder. Keys of `steps`: `lab/step`. */
export const progressFile = z.object({
  version: z.literal(1),
  tutorial: z.string(),
  current: z.string(),
  /** A claim of the current step cannot become true any more, until the step is set up again. Omitted: all can. */
  spoiled: z.literal(true).optional(),
  steps: z.record(z.string(), stepProgress),
});

export type StepProgress = Readonly<z.infer<typeof stepProgress>>;
export type Progress = Readonly<z.infer<typeof progressFile>>;
