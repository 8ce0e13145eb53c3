import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { LabError } from '../../lab/error.ts';
import { mostSeed } from '../../lab/exam.ts';
import { type Text, text } from '../../lab/text.ts';
import { hostPattern, standardHosts } from '../build-network/package-hosts.ts';

/** What each part of a rubric must be: zod returns the English text as an issue's message. */
const wants = new Map<string, Text>();
const want = (en: string, zhTW: string): string => {
  wants.set(en, text(en, zhTW));
  return en;
};

const aMap = { error: want('a map of `key: value`', '`鍵: 值` 的對應表') };
const aList = { error: want('a list', '清單') };
const whole = (from: number, to: number) => {
  const error = want(`a whole number from ${from} to ${to}`, `${from} 到 ${to} 的整數`);
  return z.int({ error }).min(from, { error }).max(to, { error });
};
const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });
const word = matching(/^[\w./-]+$/, want('a name', '名稱'));
const aNumber = want('a number from 0 to 1000 with at most two decimals', '0 到 1000 的數字，小數最多兩位');
const points = z
  .number({ error: aNumber })
  .min(0, { error: aNumber })
  .max(1000, { error: aNumber })
  .refine((it) => Number(it.toFixed(2)) === it, { error: aNumber });
const host = matching(
  hostPattern,
  want(
    'a host such as pypi.org, mirror.example.org:8080 or *.example.org',
    '主機，例如 pypi.org、mirror.example.org:8080 或 *.example.org',
  ),
).max(260);
const cpus = want('a number from 0.1 to 64', '0.1 到 64 的數字');

/** A key may be absent, or have only comments below it. */
const orNone = <T extends z.ZodType>(part: T, none: z.output<T>) => part.nullish().transform((it) => it ?? none);

const pattern = want('a pattern of image names such as alpine:*', '映像檔名稱的樣式，例如 alpine:*');
const imageWords = want('`families`, or a map with `match` or `refuse`', '`families`，或有 `match` 或 `refuse` 的對應表');
/** The word `families` becomes a map too, so that a mistake in any other entry is reported where it is. */
const anImage = z.preprocess(
  (it) => (it === 'families' ? { families: true } : it),
  z.strictObject(
    {
      families: z.literal(true, { error: want('true', 'true') }).optional(),
      match: matching(/^[a-z0-9*][^\s@]*$/, pattern).optional(),
      as: matching(
        /^[a-z0-9][a-z0-9._/-]*(?::\d+\/[a-z0-9._/-]+)?:[\w][\w.-]*$/,
        want('an image with its tag, such as alpine:3.22', '有標籤的映像檔，例如 alpine:3.22'),
      ).optional(),
      refuse: matching(
        /^[a-z0-9*][^\s@]*[:*][^\s@/]*$/,
        want('a pattern with tags, such as alpine:*', '包含標籤的樣式，例如 alpine:*'),
      ).optional(),
    },
    { error: imageWords },
  ),
);

const kept = { error: want('review, or a number from 0 to 1', 'review，或 0 到 1 的數字') };

const aPercentage = want('a number of points, or a percentage such as 10%', '分數，或百分比，例如 10%');
const aTime = { error: want('a time such as 2026-12-01 23:59', '時間，例如 2026-12-01 23:59') };

/** When submissions are due. Times are judged in `termRulesOf`. */
const deadline = z.strictObject(
  {
    due: z.string(aTime),
    grace: matching(
      /^\d{1,6} *(?:s|m|min|h|d)$/,
      want('a duration such as 30m, 2h or 1d', '一段時間，例如 30m、2h 或 1d'),
    ).default('0s'),
    perDay: z.union([points, z.string().regex(/^(?:100|\d{1,2}(?:\.\d{1,2})?)%$/)], { error: aPercentage }).optional(),
    latest: z.string(aTime).optional(),
    graceDays: whole(0, 365).default(0),
    timezone: z.string({ error: want('a time zone such as Asia/Taipei', '時區，例如 Asia/Taipei') }).optional(),
  },
  aMap,
);

/** All keys but those that price checks and notes. */
const common = {
  tutorial: word,
  lab: word.optional(),
  labs: z.array(word, aList).min(1, aList).optional(),
  services: orNone(z.record(z.string(), word, aMap), {}),
  prescribed: orNone(
    z.record(
      z.string(),
      z.strictObject({ name: word.optional(), port: whole(1, 65_535).optional(), published: whole(1, 65_535).optional() }, aMap),
      aMap,
    ),
    {},
  ),
  without: orNone(z.array(word, aList), []),
  images: orNone(z.array(anImage, aList).min(1, aList), [{ families: true }]),
  packages: orNone(z.array(host, aList).max(100, aList), [...standardHosts]),
  limits: z.strictObject(
    {
      memoryMb: whole(16, 65_536),
      cpus: z.number({ error: cpus }).min(0.1, { error: cpus }).max(64, { error: cpus }),
      pids: whole(16, 4096),
      buildSeconds: whole(1, 3600),
      stepSeconds: whole(1, 3600),
      totalSeconds: whole(1, 7200),
      diskMb: whole(1, 65_536),
    },
    aMap,
  ),
  foundation: orNone(z.array(word, aList), []),
  works: orNone(z.array(word, aList), []),
  notShown: z.union([z.literal('review'), z.number().min(0, kept).max(1, kept)], kept).default(0),
  empty: z.literal(0, { error: want('0', '0') }).optional(),
  deadline: deadline.optional(),
  attempts: z
    .enum(['last', 'best', 'last-before-due'], {
      error: want('last, best or last-before-due', 'last、best 或 last-before-due'),
    })
    .optional(),
};
const ofCheck = {
  after: z.array(word, aList).default([]),
  visible: z.boolean({ error: want('true or false', 'true 或 false') }).default(true),
};
const title = matching(/^(?=.*\S).{1,200}$/, want('a text of one line', '一行文字'));

const ownPrices = z.record(
  z.string(),
  points.transform((all): Price => ({ points: all })),
  aMap,
);
const goalPrices = z.record(
  z.string(),
  z.strictObject({ goal: word, costs: points }, aMap).transform(({ goal, costs }): Price => ({ goal, points: costs })),
  aMap,
);

/** A rubric without goals: each check and each note has points of its own. */
const withPoints = z.strictObject(
  {
    ...common,
    checks: z.record(z.string(), z.strictObject({ points, ...ofCheck }, aMap), aMap),
    notes: orNone(ownPrices, {}),
    parts: orNone(ownPrices, {}),
  },
  aMap,
);

/** A rubric with goals: each check and each note costs points of a goal. */
const withGoals = z.strictObject(
  {
    ...common,
    goals: z.record(word, z.strictObject({ title: z.strictObject({ en: title, 'zh-TW': title }, aMap), points }, aMap), aMap),
    checks: z.record(
      z.string(),
      z
        .strictObject({ goal: word, costs: points, ...ofCheck }, aMap)
        .transform(({ costs, ...rest }) => ({ ...rest, points: costs })),
      aMap,
    ),
    notes: orNone(goalPrices, {}),
    parts: orNone(goalPrices, {}),
  },
  aMap,
);

/** The points that a note costs, and the goal that loses them. */
export interface Price {
  readonly points: number;
  readonly goal?: string;
}

/** A rubric's file. */
export interface RubricFile extends Omit<z.output<typeof withPoints>, 'checks'> {
  readonly goals?: z.output<typeof withGoals>['goals'];
  readonly checks: Readonly<Record<string, Price & Omit<z.output<typeof withPoints>['checks'][string], 'points'>>>;
}

/** The keys of a rubric for an exam: its checks and labs follow from its faults. */
const forExam = z.strictObject(
  {
    tutorial: common.tutorial,
    exam: z.strictObject(
      {
        count: whole(1, 999),
        seed: whole(0, mostSeed),
        points: z
          .union([points, z.strictObject({ 1: points, 2: points, 3: points }, aMap)], {
            error: want('a number of points, or a map of one for each level (1, 2, 3)', '分數，或每一級（1、2、3）的分數'),
          })
          .default(20),
        hintCosts: points.default(0),
      },
      aMap,
    ),
    images: z.array(anImage, aList).min(1, aList).optional(),
    packages: z.array(host, aList).max(100, aList).optional(),
    limits: common.limits.optional(),
  },
  aMap,
);

export type ExamRubricFile = z.output<typeof forExam>;

const hasGoals = (parsed: unknown): boolean => typeof parsed === 'object' && parsed !== null && 'goals' in parsed;

type Path = readonly PropertyKey[];

/** Creates a LabError E_RUBRIC_INVALID with the position in the file: of a value, or of its key. */
export type Wrong = (at: Path, why: Text, hint?: Text, of?: 'key' | 'value') => LabError;

/**
 * Parses a rubric; `file` is its name in messages. Throws LabError E_RUBRIC_INVALID with line and column if it is not YAML or has
 * another shape.
 */
export const parseRubric = (source: string, file: string): { readonly written: RubricFile; readonly wrong: Wrong } =>
  parse(source, file, (parsed): z.ZodType<RubricFile> => (hasGoals(parsed) ? withGoals : withPoints));

/** Whether a rubric is for an exam: it has the key `exam`. */
export const isExamRubric = (source: string): boolean => /^['"]?exam['"]?\s*:/m.test(source);

/** Parses the rubric of an exam, as `parseRubric` does. */
export const parseExamRubric = (source: string, file: string): { readonly written: ExamRubricFile; readonly wrong: Wrong } =>
  parse(source, file, () => forExam);

function parse<File>(
  source: string,
  file: string,
  schemaOf: (parsed: unknown) => z.ZodType<File>,
): { readonly written: File; readonly wrong: Wrong } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const invalid = (offset: number, why: Text, hint: Text = seeStandard): LabError => {
    const { line, col } = lines.linePos(offset);
    const place = `${file}:${line}:${col}`;
    return new LabError('E_RUBRIC_INVALID', text(`${place}: ${why.en}`, `${place}：${why['zh-TW']}`), hint);
  };
  const nodeAt = (at: Path): Node | undefined => {
    const node = at.length === 0 ? document.contents : document.getIn(at, true);
    return isNode(node) ? node : undefined;
  };
  const keyAt = (at: Path): Node | undefined => {
    const parent = nodeAt(at.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === at.at(-1)) : undefined;
    return isNode(pair?.key) ? pair.key : undefined;
  };
  /** An absent value is reported at the position of its parent. */
  const offsetOf = (at: Path, of: 'key' | 'value'): number => {
    const node = of === 'key' ? keyAt(at) : nodeAt(at);
    return node?.range?.[0] ?? (at.length === 0 ? 0 : offsetOf(at.slice(0, -1), 'key'));
  };
  const wrong: Wrong = (at, why, hint, of = 'value') => invalid(offsetOf(at, of), why, hint);

  const [broken] = document.errors;
  if (broken) throw invalid(broken.pos[0], text(`not valid YAML: ${broken.message}`, `不是有效的 YAML：${broken.message}`));
  let parsed: unknown;
  try {
    parsed = document.toJS();
  } catch (error) {
    // aliases are resolved only here, which throws plain errors
    const { message } = error as Error;
    throw invalid(0, text(`not valid YAML: ${message}`, `不是有效的 YAML：${message}`));
  }
  const { success, data, error } = schemaOf(parsed).safeParse(parsed);
  if (success) return { written: data, wrong };
  const first = error.issues[0];
  if (!first) throw error;
  if (first.code === 'unrecognized_keys') {
    const key = first.keys[0] ?? '';
    throw wrong([...first.path, key], text(`unknown key ${key}`, `未知的鍵 ${key}`), undefined, 'key');
  }
  throw wrong(first.path, mismatch(first.path, first.message, nodeAt(first.path)?.toJSON()));
}

function mismatch(at: Path, wanted: string, seen: unknown): Text {
  const name = at.map(String).join('.');
  const expected = wants.get(wanted) ?? text(wanted, wanted);
  const saw = seen === undefined ? text('nothing', '沒有內容') : text(short(seen), short(seen));
  const where = name === '' ? text('', '') : text(`${name}: `, `${name}：`);
  return text(
    `${where.en}expected ${expected.en}, saw ${saw.en}`,
    `${where['zh-TW']}應為${expected['zh-TW']}，實際是 ${saw['zh-TW']}`,
  );
}

const short = (seen: unknown): string => {
  const json = JSON.stringify(seen) ?? String(seen);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
};

const seeStandard = text(
  'compare it with the rubric that comes with labwright: labs/compose-scale/rubrics/rubric.yaml',
  '可以對照 labwright 附的評分標準：labs/compose-scale/rubrics/rubric.yaml',
);
