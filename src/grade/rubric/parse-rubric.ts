import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';

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
const cpus = want('a number from 0.1 to 64', '0.1 到 64 的數字');

/** A key may be absent, or have only comments below it. */
const orNone = <T extends z.ZodType>(part: T, none: z.output<T>) => part.nullish().transform((it) => it ?? none);

const schema = z.strictObject(
  {
    tutorial: word,
    lab: word.optional(),
    labs: z.array(word, aList).min(1, aList).optional(),
    services: orNone(z.record(z.string(), word, aMap), {}),
    without: orNone(z.array(word, aList), []),
    images: z
      .array(
        z.strictObject(
          {
            match: matching(
              /^[a-z0-9*][^\s@]*$/,
              want('a pattern of image names such as alpine:*', '映像檔名稱的樣式，例如 alpine:*'),
            ),
            as: matching(
              /^[a-z0-9][a-z0-9._/-]*(?::\d+\/[a-z0-9._/-]+)?:[\w][\w.-]*$/,
              want('an image with its tag, such as alpine:3.22', '有標籤的映像檔，例如 alpine:3.22'),
            ),
          },
          aMap,
        ),
        aList,
      )
      .min(1, aList),
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
    parts: orNone(z.record(z.string(), points, aMap), {}),
    checks: z.record(
      z.string(),
      z.strictObject(
        {
          points,
          after: z.array(word, aList).default([]),
          visible: z.boolean({ error: want('true or false', 'true 或 false') }).default(true),
        },
        aMap,
      ),
      aMap,
    ),
    notes: orNone(z.record(z.string(), points, aMap), {}),
  },
  aMap,
);

/** A rubric's file as written. */
export type RubricFile = z.infer<typeof schema>;

type Path = readonly PropertyKey[];

/** Creates a LabError E_RUBRIC_INVALID with the position in the file: of a value, or of its key. */
export type Wrong = (at: Path, why: Text, hint?: Text, of?: 'key' | 'value') => LabError;

/**
 * Parses a rubric; `file` is its name in messages. Throws LabError E_RUBRIC_INVALID with line and column if it is not YAML or has
 * another shape.
 */
export function parseRubric(source: string, file: string): { readonly written: RubricFile; readonly wrong: Wrong } {
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
  const { success, data, error } = schema.safeParse(parsed);
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
