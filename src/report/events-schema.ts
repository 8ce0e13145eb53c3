import { z } from 'zod';
import { langs } from '../lab/text.ts';
import { check, count, durationMs, engine, mode, outcome } from './schema.ts';

/** A line of `--reporter ndjson`. `assets/events.schema.json` is generated from this schema; a test compares them. */

const atMs = z.number().nonnegative().describe('milliseconds since the run began');
const lab = z.string().describe('the lab’s id');
const step = z.string().describe('the step’s id');
const line = z.string().describe('a command, as a learner types it');
const advice = z.strictObject({ message: z.string(), hint: z.string() });

const event = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ kind: z.literal(kind), atMs, ...shape });

const runEvent = z.discriminatedUnion('kind', [
  event('run-started', {
    tool: z.literal('labwright'),
    version: z.string(),
    lang: z.enum(langs).describe('the language of every text in every line'),
    runId: z.string(),
    mode,
    tutorial: z.strictObject({ id: z.string(), title: z.string() }),
    engine,
    startedAt: z.iso.datetime({ offset: true }),
    plan: z.array(z.strictObject({ lab, title: z.string(), steps: count })),
  }),
  event('note', { text: z.string(), lab: lab.optional(), step: step.optional() }),
  event('lab-started', { lab, title: z.string() }),
  event('step-started', { lab, step, title: z.string(), teach: z.string() }),
  event('command-started', { lab, step, line }),
  event('command-output', {
    lab,
    step,
    line: z.string().describe('one line that it printed'),
    stream: z.enum(['stdout', 'stderr']),
  }),
  event('command-finished', { lab, step, line, exitCode: z.int(), durationMs }),
  event('verify-started', { lab, step, checks: z.array(z.strictObject({ id: z.string(), claim: z.string() })) }),
  event('check-finished', { lab, step, check: check.describe('as in the report of --reporter json') }),
  event('step-finished', {
    lab,
    step,
    outcome,
    durationMs,
    reason: advice.optional().describe('why no check was made'),
    hints: z.array(z.string()),
  }),
  event('lab-finished', { lab, outcome, durationMs }),
  event('teardown-started', {}),
  event('teardown-finished', { removed: count.describe('containers, networks, volumes and images'), durationMs }),
  event('run-finished', { outcome, durationMs }),
]);

export type EventLine = z.infer<typeof runEvent>;

/** As JSON Schema, draft 2020-12. */
export const eventsJsonSchema = (): unknown => ({
  title: 'labwright run event',
  ...z.toJSONSchema(runEvent, { target: 'draft-2020-12' }),
});
