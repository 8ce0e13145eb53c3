import { isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { closestWord } from '../../formats/closest-word.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import { deepLine } from '../../formats/yaml-depth.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Text, text } from '../../lab/text.ts';

export type Path = readonly PropertyKey[];

/** A block of YAML in a Markdown file: its value, and the position of each part of it in the file. */
export interface YamlBlock {
  /** Undefined: it could not be read, for reasons that were reported. */
  readonly value: unknown;
  /** The position of the value at this path; of the nearest part that exists, if it does not. */
  at(path: Path): SourceLocation;
  /** The position of a key of the mapping at this path. */
  key(path: Path, key: string): SourceLocation;
}

/** The parser compares each key with all others. */
const maxLength = 64_000;

export const problem = ({ file, line, column }: SourceLocation, rule: string, message: Text, help: Text): Finding => ({
  where: `${file}:${line}:${column}`,
  rule,
  message,
  help,
});

/** Parses a block whose first line is `line` of the file. Adds a finding for each syntax error; the value is then undefined. */
export function parseYaml(source: string, at: SourceLocation, findings: Finding[]): YamlBlock {
  const { file, line, column } = at;
  const deep = source.length > maxLength ? 1 : deepLine(source);
  if (deep !== undefined) {
    findings.push(tooComplex({ file, line: line + deep - 1, column: 1 }));
    return { value: undefined, at: () => at, key: () => at };
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, logLevel: 'silent', prettyErrors: false, stringKeys: true });
  const place = (offset: number): SourceLocation => {
    const { line: row, col } = lines.linePos(offset);
    return { file, line: line + Math.max(row, 1) - 1, column: column + Math.max(col, 1) - 1 };
  };
  // one mistake causes further errors
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) findings.push(invalid(place(wrong.pos[0]), wrong));
  const nodeAt = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return document.contents?.range?.[0] ?? 0;
  };
  let value: unknown;
  if (!wrong) {
    try {
      value = document.toJS() ?? null;
    } catch (error) {
      // an alias without an anchor, or too many aliases
      const { message } = error as Error;
      findings.push(
        problem(
          place(nodeAt([])),
          'yaml-invalid',
          text(`YAML: ${message}`, `YAML 錯誤：${message}`),
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

const tooComplex = (at: SourceLocation): Finding =>
  problem(
    at,
    'yaml-complex',
    text(
      `this YAML is nested too deep, or longer than ${maxLength} characters`,
      `這段 YAML 的巢狀層數太深，或超過 ${maxLength} 個字元`,
    ),
    text('write less', '請寫得簡單一點'),
  );

const advice: Readonly<Partial<Record<YAMLError['code'], Text>>> = {
  BLOCK_AS_IMPLICIT_KEY: text('put a text that contains `: ` in quotes', '含有 `: ` 的文字請加上引號'),
  BAD_INDENT: text('align it with the lines around it', '請和前後各行對齊'),
  BAD_SCALAR_START: text('put the text in quotes', '請把文字加上引號'),
  DUPLICATE_KEY: text('remove one of the two', '請移除其中一個'),
  MISSING_CHAR: text('close what is open: a quote, `]` or `}`', '請補上結尾：引號、`]` 或 `}`'),
  MULTIPLE_DOCS: text('remove the line `---`', '請移除 `---` 那一行'),
  TAB_AS_INDENT: text('indent with spaces', '請用空格縮排'),
  TAG_RESOLVE_FAILED: text('remove the word with `!`', '請移除有 `!` 的字'),
};

function invalid(at: SourceLocation, { code, message }: YAMLError): Finding {
  const [, missing] = / end with an? ([}\]])/.exec(message) ?? [];
  if (missing !== undefined) {
    const open = missing === '}' ? '{' : '[';
    return problem(
      at,
      'yaml-invalid',
      text(
        `YAML: a \`${open}\` before this place has no \`${missing}\``,
        `YAML 錯誤：前面的 \`${open}\` 沒有對應的 \`${missing}\``,
      ),
      text(`close it with \`${missing}\``, `請補上 \`${missing}\``),
    );
  }
  return problem(
    at,
    'yaml-invalid',
    text(`YAML: ${message}`, `YAML 錯誤：${message}`),
    (/ end with /.test(message) ? advice.MISSING_CHAR : advice[code]) ??
      text('correct the YAML of this block', '請修正這個區塊的 YAML'),
  );
}

export function nearest(word: string, known: readonly string[]): Text {
  const close = closestWord(word, known);
  if (close !== undefined) return text(`did you mean ${close}?`, `是不是 ${close}？`);
  return known.length === 0
    ? text('remove it', '請移除')
    : text(`write one of: ${known.join(', ')}`, `請寫其中一個：${known.join('、')}`);
}
