import { z } from 'zod';
import { langs } from '../lab/text.ts';
import { outcomes } from '../lab/verdict.ts';

/** The document of `--reporter json`. `assets/report.schema.json` is generated from this schema; a test compares them. */

export const outcome = z
  .enum(outcomes)
  .describe('failed: the claim is false. errored: the result could not be determined, never the learner’s fault.');
export const durationMs = z.number().nonnegative().describe('milliseconds');
export const count = z.int().nonnegative();

export const check = z.strictObject({
  id: z.string().describe('stable: rubrics refer to it'),
  claim: z.string(),
  outcome,
  expected: z.string().nullable().describe('null unless failed'),
  actual: z.string().nullable().describe('what was seen; null when errored or skipped'),
  help: z.string().nullable().describe('what to try next; null unless failed'),
  said: z
    .strictObject({ service: z.string(), lines: z.array(z.string()) })
    .optional()
    .describe('the last lines of a service’s log, if they show the cause'),
  note: z.string().optional().describe('a remark although the claim is true'),
  reason: z
    .strictObject({ code: z.string().optional(), message: z.string(), hint: z.string().optional() })
    .optional()
    .describe('why it was skipped, or (with code and hint) why the result could not be determined'),
  spread: z
    .strictObject({
      bars: z.array(z.strictObject({ label: z.string(), count })),
      fairness: z.number().min(0).max(1).optional().describe('probability that a fair balancer looks this uneven'),
    })
    .optional(),
  evidence: z.unknown().describe('the facts judged; null if there are none'),
  looks: count.describe('how many times facts were gathered until it was decided'),
  durationMs,
});

const step = z.strictObject({
  id: z.string(),
  title: z.string().describe('the id, for a step that never started'),
  outcome,
  reason: z.strictObject({ message: z.string(), hint: z.string() }).optional().describe('why no check was made'),
  durationMs,
  commands: z.array(
    z.strictObject({
      line: z.string().describe('as a learner types it'),
      exitCode: z.int().nullable().describe('null: the run ended before the command did'),
      durationMs,
    }),
  ),
  checks: z.array(check),
});

const lab = z.strictObject({ id: z.string(), title: z.string(), outcome, durationMs, steps: z.array(step) });

export const mode = z
  .literal('verify')
  .optional()
  .describe('verifies the learner’s own project, whose name is then runId; absent: performs the labs');

export const engine = z.strictObject({
  kind: z.enum(['docker', 'private']),
  version: z.string(),
  apiVersion: z.string(),
  compose: z.string(),
  composeLine: z.string().describe('the Compose command: `docker compose` or `docker-compose`'),
  host: z.string(),
});

const runReport = z.strictObject({
  tool: z.literal('labwright'),
  version: z.string(),
  lang: z.enum(langs).describe('the language of every text in this document'),
  runId: z.string(),
  mode,
  tutorial: z.strictObject({ id: z.string(), title: z.string() }),
  engine,
  startedAt: z.iso.datetime({ offset: true }),
  durationMs,
  complete: z.boolean().describe('false: the run was stopped before its end; its outcome is then errored'),
  outcome,
  totals: z.strictObject({ passed: count, failed: count, skipped: count, errored: count }).describe('checks by outcome'),
  notes: z.array(z.string()).describe('messages of the run besides its steps: a port in use, an image pulled'),
  teardown: z
    .strictObject({ removed: count.describe('containers, networks, volumes and images'), durationMs })
    .nullable()
    .describe('null: nothing was torn down (--keep, or stopped)'),
  labs: z.array(lab),
});

export type RunReport = z.infer<typeof runReport>;

/** As JSON Schema, draft 2020-12. */
export const jsonSchema = (): unknown => ({
  title: 'labwright run report',
  ...z.toJSONSchema(runReport, { target: 'draft-2020-12' }),
});
