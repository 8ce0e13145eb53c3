import { z } from 'zod';
import { outcomes } from '../../lab/verdict.ts';

/** The receipt of a learner's work. `assets/receipt.schema.json` is generated from this schema; a test compares them. */

const text = z.strictObject({ en: z.string(), 'zh-TW': z.string() });
const time = z.iso.datetime({ offset: true });

/** The largest facts of a check, in characters of JSON. Those of the shipped tutorials have at most 15,000. */
export const mostFacts = 250_000;
/** More than a tutorial has, and than a step has. */
export const mostSteps = 1000;
export const mostChecks = 100;

/** No two with the same value of this field. */
const distinct =
  <K extends string>(field: K) =>
  (list: readonly Readonly<Record<K, string>>[]): boolean =>
    new Set(list.map((one) => one[field])).size === list.length;

const check = z.strictObject({
  id: z.string(),
  claim: text,
  outcome: z.enum(outcomes).describe('always passed in a receipt that labwright wrote: a step passes when all its checks do'),
  actual: text.nullable().describe('what was seen'),
  evidence: z.unknown().optional().describe('the facts judged; absent: see unrecorded'),
  before: z.unknown().optional().describe('the facts before the step began, for a check that compares with them'),
  unrecorded: z
    .enum(['too-large', 'not-json'])
    .optional()
    .describe('why there are no facts: they are too large, or more than JSON can hold'),
});

const step = z.strictObject({
  key: z.string().describe('lab/step'),
  title: text,
  at: time.describe('when it passed'),
  hints: z.int().nonnegative().describe('how many hints were shown'),
  solutionShown: z.boolean(),
  performed: z.boolean().describe('its commands were run for the learner'),
  checks: z.array(check).refine(distinct('id')).optional().describe('absent: the step passed before labwright recorded facts'),
});

export const receiptFile = z.strictObject({
  version: z.literal(1),
  labwright: z.string().describe('the version of labwright'),
  tutorial: z.strictObject({
    id: z.string(),
    title: text,
    digest: z.string().describe('SHA-256 of its labs, steps, checks and claims'),
    steps: z.int().nonnegative().describe('how many steps can be done in this folder'),
  }),
  folder: z.string().describe('the last two names of the path of the folder'),
  startedAt: time,
  finishedAt: time.optional().describe('when the last step passed; absent: some are open'),
  engine: z.strictObject({ kind: z.enum(['docker', 'private']), version: z.string(), compose: z.string() }),
  steps: z.array(step).refine(distinct('key')),
});

export type Receipt = Readonly<z.infer<typeof receiptFile>>;
export type ReceiptStep = Receipt['steps'][number];
export type ReceiptCheck = NonNullable<ReceiptStep['checks']>[number];

/** As JSON Schema, draft 2020-12. */
export const receiptJsonSchema = (): unknown => ({
  title: 'labwright receipt of a learner’s work',
  ...z.toJSONSchema(receiptFile, { target: 'draft-2020-12' }),
});
