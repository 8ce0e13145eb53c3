import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { closestWord } from '../../formats/closest-word.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';

export type Path = readonly PropertyKey[];

/** A block of YAML in a Markdown file: its value, and the position of each part of it in the file. */
export interface YamlBlock {
  readonly value: unknown;
  /** The position of the value at this path; of the nearest part that exists, if it does not. */
  at(path: Path): SourceLocation;
  /** The position of a key of the mapping at this path. */
  key(path: Path, key: string): SourceLocation;
}

const chinese = z.locales.zhTW().localeError;

export const placed = ({ file, line, column }: SourceLocation): string => `${file}:${line}:${column}`;

export const problem = (at: SourceLocation, rule: string, message: Text, help: Text): Finding => ({
  where: placed(at),
  rule,
  message,
  help,
});

/** Parses a block whose first line is `line` of the file. Adds a finding for each syntax error; the value is then undefined. */
export function parseYaml(source: string, { file, line, column }: SourceLocation, findings: Finding[]): YamlBlock {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const place = (offset: number): SourceLocation => {
    const { line: row, col } = lines.linePos(offset);
    return { file, line: line + row - 1, column: column + col - 1 };
  };
  for (const error of document.errors)
    findings.push(
      problem(
        place(error.pos[0]),
        'yaml-invalid',
        verbatim((error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')),
        text('correct the YAML of this block', '請修正這個區塊的 YAML'),
      ),
    );
  const nodeAt = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return document.contents?.range?.[0] ?? 0;
  };
  let value: unknown;
  if (document.errors.length === 0) {
    try {
      value = document.toJS();
    } catch (error) {
      // an alias without an anchor, or too many aliases
      findings.push(
        problem(
          place(nodeAt([])),
          'yaml-invalid',
          verbatim((error as Error).message),
          text('write it without aliases', '請不要使用別名'),
        ),
      );
    }
  }
  return {
    value,
    at: (path) => place(nodeAt(path)),
    key: (path, key) => {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(map) ? map.items.find((one) => isScalar(one.key) && one.key.value === key) : undefined;
      return place((isNode(pair?.key) ? pair.key.range?.[0] : undefined) ?? nodeAt(path));
    },
  };
}

/** Validates a part of a block. Adds a finding for each problem, at its place, with the nearest valid word; undefined: there is one. */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  block: YamlBlock,
  path: Path,
  findings: Finding[],
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) findings.push(...issueFindings(issue, schema, block, path));
  return undefined;
}

function issueFindings(issue: z.core.$ZodIssue, schema: z.ZodType, block: YamlBlock, base: Path): Finding[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) =>
      problem(
        block.key(path, key),
        'key-unknown',
        text(`there is no key ${key} here`, `這裡沒有 ${key} 這個鍵`),
        nearest(key, known),
      ),
    );
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return [problem(block.at(path), 'value-invalid', messageOf(issue), nearest(String(valueAt(block.value, path) ?? ''), known))];
  }
  const name = issue.path.at(-1);
  const isMissing = valueAt(block.value, path) === undefined;
  if (isMissing && name !== undefined)
    return [
      problem(
        block.at(path),
        'key-missing',
        text(`${String(name)} is missing`, `缺少 ${String(name)}`),
        text(`add ${String(name)}:`, `請加上 ${String(name)}:`),
      ),
    ];
  return [problem(block.at(path), 'value-invalid', messageOf(issue), text('correct this value', '請修正這個值'))];
}

function messageOf(issue: z.core.$ZodIssue): Text {
  const local = chinese(issue as z.core.$ZodRawIssue);
  const zh = typeof local === 'string' ? local : (local?.message ?? issue.message);
  return text(issue.message, zh);
}

export function nearest(word: string, known: readonly string[]): Text {
  const close = closestWord(word, known);
  if (close !== undefined) return text(`did you mean ${close}?`, `是不是 ${close}？`);
  return known.length === 0
    ? text('remove it', '請移除')
    : text(`write one of: ${known.join(', ')}`, `請寫其中一個：${known.join('、')}`);
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((whole, key) => (whole as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key], value);

/** The keys of the object that a schema has at a path; empty: any, or none. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let at: z.ZodType | undefined = schema;
  for (const step of path) at = at && inside(bare(at), step);
  const object = at && bare(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

const bare = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? bare(schema.unwrap() as z.ZodType) : schema;

function inside(schema: z.ZodType, step: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)] as z.ZodType | undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return undefined;
}

/** Whether a node at a path is a list. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) || isSeq(value);
