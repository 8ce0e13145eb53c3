import { isTimeZone, parseMoment } from '../../formats/moment.ts';
import { text } from '../../lab/text.ts';
import type { RubricFile, Wrong } from '../rubric/parse-rubric.ts';

/** When submissions are due, and what being late costs. */
export interface Deadline {
  readonly dueMs: number;
  /** A name of the IANA database: of times without an offset, and in which times are shown. */
  readonly timezone: string;
  /** A submission this long after `due` is not late. */
  readonly graceMs: number;
  /** Points for each begun day. */
  readonly perDay: number;
  /** Afterwards nothing counts. */
  readonly latestMs?: number;
  /** Late days of the term that cost a student nothing. */
  readonly graceDays: number;
}

/** Which of several submissions of a student counts. */
export type Counting = 'last' | 'best' | 'last-before-due';

/** The rules for time of a rubric. They do not change what is graded, so they are no part of its hash. */
export interface TermRules {
  readonly deadline?: Deadline;
  readonly counting?: Counting;
}

const unitMs = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `max`: the points of the rubric. Throws LabError E_RUBRIC_INVALID at the position of a value that is wrong. */
export function termRulesOf({ deadline, attempts }: RubricFile, max: number, wrong: Wrong): TermRules {
  if (attempts === 'last-before-due' && !deadline)
    throw wrong(
      ['attempts'],
      text('last-before-due needs a `deadline`', 'last-before-due 需要 `deadline`'),
      text(
        'write when submissions are due: deadline: { due: 2026-12-01 23:59 }',
        '請寫截止時間：deadline: { due: 2026-12-01 23:59 }',
      ),
    );
  const counting = attempts === undefined ? {} : { counting: attempts };
  if (!deadline) return counting;
  const { timezone, perDay, grace, due, latest, graceDays } = deadline;
  if (timezone !== undefined && !isTimeZone(timezone))
    throw wrong(
      ['deadline', 'timezone'],
      text(`there is no time zone ${timezone}`, `沒有 ${timezone} 這個時區`),
      text('write a name of the IANA database, such as Asia/Taipei or UTC', '請寫 IANA 資料庫的名稱，例如 Asia/Taipei 或 UTC'),
    );
  const moment = (key: 'due' | 'latest', written: string): number => {
    const parsed = parseMoment(written, timezone, { dateMeans: 'end', twice: 'later' });
    if ('ms' in parsed) return parsed.ms;
    const hint = text(
      'write a time with an offset, or add `timezone: Asia/Taipei` to `deadline`',
      '請寫包含時差的時間，或在 `deadline` 加上 `timezone: Asia/Taipei`',
    );
    throw wrong(['deadline', key], text(`${key}: ${parsed.wrong.en}`, `${key}：${parsed.wrong['zh-TW']}`), hint);
  };
  const dueMs = moment('due', due);
  const latestMs = latest === undefined ? undefined : moment('latest', latest);
  const graceMs = durationMs(grace);
  if (latestMs !== undefined && latestMs < dueMs + graceMs)
    throw wrong(
      ['deadline', 'latest'],
      text('latest is before due and grace have ended', 'latest 早於 due 加上 grace 的時間'),
      text('write a later time', '請寫較晚的時間'),
    );
  if (graceDays > 0 && perDay === undefined)
    throw wrong(
      ['deadline', 'graceDays'],
      text('graceDays without perDay: late days cost nothing', '有 graceDays 卻沒有 perDay：遲交本來就不扣分'),
      text('write what a late day costs: perDay: 10%', '請寫遲交一天扣多少：perDay: 10%'),
    );
  return {
    ...counting,
    deadline: {
      dueMs,
      timezone: timezone ?? 'UTC',
      graceMs,
      perDay: pointsPerDay(perDay, max),
      ...(latestMs === undefined ? {} : { latestMs }),
      graceDays,
    },
  };
}

/** `2h`; the rubric's schema permits nothing else. */
function durationMs(written: string): number {
  const [, many = '0', unit = 's'] = /^(\d+)\s*(\w+)$/.exec(written) ?? [];
  return Number(many) * unitMs[unit as keyof typeof unitMs];
}

/** `10%` of the maximum, or points. */
const pointsPerDay = (perDay: string | number | undefined, max: number): number =>
  typeof perDay === 'string' ? (Number(perDay.replace('%', '')) * max) / 100 : (perDay ?? 0);
