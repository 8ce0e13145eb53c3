import { z } from 'zod';
import { closestWord } from '../../formats/closest-word.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Text, text } from '../../lab/text.ts';
import { languagesMessage } from './front-matter.ts';
import { namePattern } from './name-pattern.ts';
import { nearest, type Path, problem, type YamlBlock } from './yaml-block.ts';

const chinese = z.locales.zhTW().localeError;

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
  const { issues } = result.error;
  // a misspelled key is not missing, too
  const meant = new Set(
    issues.flatMap((one) =>
      one.code === 'unrecognized_keys'
        ? one.keys.flatMap((key) => [...one.path, closestWord(key, keysAt(schema, one.path)) ?? []].flat().join('\n'))
        : [],
    ),
  );
  for (const issue of issues)
    if (issue.code === 'unrecognized_keys' || !meant.has(issue.path.join('\n')))
      findings.push(...issueFindings(issue, schema, block, path));
  return undefined;
}

type Issue = z.core.$ZodIssue;

function issueFindings(issue: Issue, schema: z.ZodType, block: YamlBlock, base: Path): Finding[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union') return issueFindings(likeliest(issue), schema, block, base);
  if (issue.code === 'invalid_key') {
    const [why] = issue.issues;
    const at = block.key(path.slice(0, -1), String(path.at(-1)));
    return [problem(at, 'key-invalid', messageOf((why ?? issue) as Issue, path.at(-1)), text('rename it', '請改名'))];
  }
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
    return [
      problem(
        block.at(path),
        'value-invalid',
        messageOf(issue, valueAt(block.value, path)),
        nearest(String(valueAt(block.value, path) ?? ''), known),
      ),
    ];
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
  return [problem(block.at(path), 'value-invalid', messageOf(issue, valueAt(block.value, path)), helpFor(issue))];
}

/** Of the alternatives that a value may be, the problem that is deepest inside it; the last of equal ones. */
function likeliest({ path, message, errors }: z.core.$ZodIssueInvalidUnion): Issue {
  const [found] = errors
    .flatMap(([first]) => (first ? [first] : []))
    .sort((a, b) => b.path.length - a.path.length)
    .map((one): Issue => ({ ...one, path: [...path, ...one.path] }));
  return found ?? { code: 'custom', path, message };
}

const wanted: Readonly<Record<string, Text>> = {
  string: text('write a text; put a number or true in quotes', '請寫文字；數字或 true 請加上引號'),
  number: text('write a number, without quotes', '請寫數字，不加引號'),
  int: text('write a whole number', '請寫整數'),
  boolean: text('write true or false', '請寫 true 或 false'),
  array: text('write a list: [a, b]', '請寫清單：[a, b]'),
  object: text('write keys and values: { key: value }', '請寫鍵和值：{ key: value }'),
  record: text('write keys and values: { key: value }', '請寫鍵和值：{ key: value }'),
};

/** The types of values, as in "expected a number, not a text". */
const typeNames: Readonly<Record<string, Text>> = {
  string: text('a text', '文字'),
  number: text('a number', '數字'),
  int: text('a whole number', '整數'),
  boolean: text('true or false', ' true 或 false'),
  array: text('a list', '清單'),
  object: text('keys and values', '鍵和值'),
  record: text('keys and values', '鍵和值'),
  null: text('nothing', '空白'),
};

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

const helpFor = (issue: Issue): Text =>
  (issue.code === 'invalid_type' ? wanted[issue.expected] : undefined) ?? text('correct this value', '請修正這個值');

/** Messages of the schemas themselves. */
const own: Readonly<Record<string, string>> = {
  [namePattern.message]: '請使用 a-z、0-9 和 -',
  [languagesMessage.message]: languagesMessage.zh,
};

function messageOf(issue: Issue, input: unknown): Text {
  const [expected, given] = [issue.code === 'invalid_type' ? typeNames[issue.expected] : undefined, typeNames[typeOf(input)]];
  if (expected && given && expected !== given)
    return text(`expected ${expected.en}, not ${given.en}`, `這裡應該是${expected['zh-TW']}，不是${given['zh-TW']}`);
  const local = chinese({ ...issue, input } as z.core.$ZodRawIssue);
  const zh = own[issue.message] ?? (typeof local === 'string' ? local : (local?.message ?? issue.message));
  return text(issue.message, zh);
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
