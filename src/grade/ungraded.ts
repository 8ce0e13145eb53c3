import { ApiError, asLabError } from '../docker/api/api-error.ts';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { root } from '../platform/package-root.ts';
import type { Homes } from '../platform/state-dirs.ts';
import { isSystemError } from '../platform/system-error.ts';
import { withoutMachinePaths } from './machine-paths.ts';
import type { Rubric } from './rubric/rubric.ts';
import type { Grade, Remark } from './types.ts';

/** The folders of labwright itself, which messages of the system and of internal errors may contain. */
export const foldersOf = ({ state, cache }: Homes): string[] => [state, cache, root];

/** A grade without anything judged. */
export const blank = (rubric: Rubric) => ({
  points: null,
  max: rubric.max,
  checks: [],
  deductions: [],
  notes: [],
  refusals: [],
  durationMs: 0,
});

/** The grade of a submission that could not be read: refused, or, without any Compose file, what the rubric defines. */
export function gradeUnread(rubric: Rubric, refusals: readonly Remark[]): Grade {
  const [only, ...others] = refusals;
  const isEmpty = only?.code === 'no-compose-file' && only.place === undefined && others.length === 0;
  if (rubric.empty === undefined || !isEmpty) return refused(rubric, refusals);
  const goals = Object.entries(rubric.goals ?? {}).map(([id, { title, points }]) => ({ id, title, points: 0, max: points }));
  return { ...blank(rubric), status: 'graded', points: rubric.empty, ...(rubric.goals ? { goals } : {}), label: nothingHandedIn };
}

const nothingHandedIn = text('nothing handed in: there is no Compose file', '未繳交內容：沒有 Compose 檔案');

export const refused = (rubric: Rubric, refusals: readonly Remark[]): Grade => ({
  ...blank(rubric),
  status: 'refused',
  refusals,
});

/** The grade of a student who handed in nothing. It is not zero: the teacher decides the points. */
export const notHandedIn = (rubric: Rubric): Grade => ({ ...blank(rubric), status: 'missing' });

/** The grade after a failure of labwright (including bugs) or the engine: needs review. */
export const unjudged = ({ rubric, homes }: { readonly rubric: Rubric; readonly homes: Homes }, error: unknown): Grade => ({
  ...blank(rubric),
  status: 'review',
  review: withoutMachinePaths(reasonOf(error), { files: [], machine: foldersOf(homes) }),
});

function reasonOf(error: unknown): Text {
  const known = error instanceof LabError || error instanceof ApiError || isSystemError(error) ? asLabError(error) : undefined;
  if (known) return text(`${known.code}: ${known.text.en}`, `${known.code}：${known.text['zh-TW']}`);
  const where = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const first = where.split('\n', 2).join(' ');
  return text(`internal error in labwright: ${first}`, `labwright 內部錯誤：${first}`);
}
