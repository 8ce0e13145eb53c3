import { z } from 'zod';
import { langs } from '../../lab/text.ts';
import { outcomes } from '../../lab/verdict.ts';

/** The document `grades.json`. `assets/grades.schema.json` is generated from this schema; a test compares them. */

const text = z.strictObject({ en: z.string(), 'zh-TW': z.string() }).describe('the same in both languages');
const points = z.number();
const count = z.int().nonnegative();
const durationMs = z.number().nonnegative().describe('milliseconds');
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const place = z
  .strictObject({ file: z.string(), line: z.int().positive().optional(), column: z.int().positive().optional() })
  .describe('in the submission’s own files; lines and columns count from 1');
const excerpt = z.strictObject({ service: z.string(), lines: z.array(z.string()) });

const remark = z.strictObject({
  code: z.string().describe('stable: rubrics refer to it'),
  service: z.string().optional(),
  place: place.optional(),
  text,
});

const check = z.strictObject({
  id: z.string().describe('step/check; stable: rubrics and overrides refer to it'),
  claim: text,
  outcome: z.enum(outcomes).describe('errored: the result could not be determined, never the student’s fault'),
  max: points.describe('what it can cost; with goals, the sum over all checks may exceed the maximum of the grade'),
  points: points.describe('max without what it cost; with goals, these do not add up to the total: those of the goals do'),
  goal: z.string().optional().describe('the goal that it belongs to, if the rubric has goals'),
  capped: points.optional().describe('points that it does not cost, because its goal has none left'),
  notShown: z.number().min(0).max(1).optional().describe('the share of its points that it keeps, because it was not reached'),
  visible: z.boolean().describe('false: for the teacher only'),
  expected: text.optional(),
  actual: text.optional().describe('what was seen'),
  claimed: text.optional().describe('what the student’s own result file of an exam says; not verified'),
  help: text.optional().describe('what to try next'),
  because: text.optional().describe('why it was skipped, or could not be determined'),
  said: excerpt.optional().describe('the last lines of a log'),
  spread: z
    .strictObject({
      bars: z.array(z.strictObject({ label: z.string(), count })),
      fairness: z.number().min(0).max(1).optional().describe('probability that a fair balancer looks this uneven'),
    })
    .optional(),
  places: z.array(place).optional().describe('the files in which the mistake can be, the likeliest first'),
  excusedBy: z
    .string()
    .optional()
    .describe('the check, or the deduction (code/role), that it follows from: it costs no points again'),
  follows: z.string().optional().describe('the check whose failure it follows from, although it costs points too'),
  repaired: z
    .literal(true)
    .optional()
    .describe('it did not pass as handed in, because of `cause`: its points are those of the stack with that part replaced'),
});

const cause = z.strictObject({
  part: z.string().describe('conf, networks, or the role of a service; rubrics refer to it'),
  service: z.string().optional(),
  place: place.optional(),
  text,
  points: points.describe('what it costs; it is also one of the deductions'),
  said: excerpt.optional().describe('the last lines of the log, as handed in'),
});

const grade = z.strictObject({
  status: z
    .enum(['graded', 'refused', 'review', 'missing'])
    .describe('only graded ones have points; the teacher resolves the others'),
  points: points.nullable().describe('null: no score, which is not a zero'),
  max: points,
  goals: z
    .array(z.strictObject({ id: z.string(), title: text, points, max: points }))
    .optional()
    .describe('their points, minus the deductions without a goal, add up to the total; left out if the rubric has none'),
  checks: z.array(check),
  deductions: z.array(
    z.strictObject({
      remark,
      points,
      goal: z.string().optional().describe('the goal that loses the points'),
      capped: points.optional().describe('points that it does not cost, because its goal has none left'),
    }),
  ),
  notes: z.array(remark),
  cause: cause
    .optional()
    .describe(
      'the part because of which the submission does not work; checks that are not `repaired` were judged with it replaced',
    ),
  refusals: z.array(remark),
  label: text.optional().describe('why it was graded without any check: nothing was handed in'),
  review: text.optional().describe('why a person has to review it'),
  durationMs,
});

const time = z.iso.datetime();
const days = z.int().nonnegative();
const submitted = z.strictObject({
  at: time,
  source: z
    .enum(['times', 'gradescope', 'commit'])
    .describe('times: the teacher’s file; commit: the time of a commit, which is the student’s own claim'),
  from: z.string().optional().describe('what the teacher’s file says about where the time is from'),
});

const deadline = z.strictObject({
  due: time.describe('with the student’s extension'),
  timezone: z.string(),
  latest: time.optional().describe('afterwards nothing counts'),
  extension: z.strictObject({ due: time.optional(), graceDays: days.optional(), reason: z.string() }).optional(),
  submitted: submitted.optional().describe('left out: not known, or there is no submission'),
  markedLate: z.literal(true).optional().describe('Canvas marked it as late, and no time is known'),
  lateMs: durationMs.describe('milliseconds after `due`'),
  lateDays: days.describe('begun days after `due`; 0 within the grace'),
  tooLate: z.literal(true).optional().describe('it is after `latest`'),
  graceDays: z.strictObject({ used: days, usedInAll: days, left: days }).optional().describe('grace days of the term'),
  deduction: points.describe('what it cost; the deduction `late` of the grade'),
});

const attempt = z.strictObject({
  source: z.string(),
  counts: z.boolean().describe('it is the one that the entry is about'),
  submitted: submitted.optional(),
  lateDays: days,
  status: z.enum(['graded', 'refused', 'review', 'missing']),
  points: points.nullable().describe('after what lateness costs, before overrides'),
});

const entry = z.strictObject({
  student: z.strictObject({
    id: z.string().describe('unique in the class'),
    name: z.string().optional(),
    email: z.string().optional(),
    lang: z.enum(langs).optional().describe('the language of the feedback, if the roster names one'),
    columns: z.record(z.string(), z.string()).optional().describe('columns of the roster, unchanged'),
  }),
  source: z.string(),
  hash: z.union([hash, z.literal('')]).describe('SHA-256 of the content; empty if it could not be read'),
  sameAs: z.string().optional().describe('the student whose submission has the same content'),
  grade,
  overrides: z
    .array(z.strictObject({ student: z.string(), check: z.string().optional(), points, reason: z.string() }))
    .describe('the teacher’s decision, as applied'),
  deadline: deadline.optional().describe('left out if the rubric has no deadline'),
  attempts: z.array(attempt).optional().describe('all submissions of the student, if there are several'),
  keys: z
    .array(hash)
    .optional()
    .describe('the keys in journal.ndjson: each identifies everything that a grade depends on; several for an exam'),
  images: z.array(z.string()).optional().describe('the images that ran'),
  requests: z
    .array(
      z.strictObject({
        check: z.string().optional(),
        reason: z.string(),
        decision: z.enum(['accepted', 'rejected']).optional().describe('left out: open'),
        answer: z.string().optional(),
        about: z
          .strictObject({ hash: z.union([hash, z.literal('')]), points: points.nullable() })
          .describe('the content and the points when the request was first read'),
      }),
    )
    .optional()
    .describe('the student’s regrade requests; they never change points'),
});

export const gradebook = z.strictObject({
  tool: z.literal('labwright'),
  version: z.string(),
  tutorial: z.string(),
  title: text,
  rubric: z.strictObject({ path: z.string(), hash, max: points }),
  engine: z.string(),
  weaker: z.array(text).describe('in which points the isolation was weaker than with the grading engine'),
  builds: z.string().optional().describe('what builds could reach'),
  trust: z.boolean().optional().describe('the audits were skipped'),
  pseudonyms: z.string().optional().describe('students have pseudonyms: identifies the key'),
  startedAt: z.iso.datetime({ offset: true }),
  durationMs,
  entries: z.array(entry),
  leftOut: z
    .array(remark)
    .optional()
    .describe('entries among the submissions that are not submissions; `place.file` is the name'),
});

/** As JSON Schema, draft 2020-12. */
export const jsonSchema = (): unknown => ({
  title: 'labwright gradebook',
  ...z.toJSONSchema(gradebook, { target: 'draft-2020-12' }),
});
