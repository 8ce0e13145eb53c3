import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting, shown } from '../../formats/untrusted-text.ts';
import { deepLine } from '../../formats/yaml-depth.ts';
import { text } from '../../lab/text.ts';
import type { Diagnostics } from './diagnostics.ts';
import { type Entry, isNull, type Mapping, type Tree } from './tree.ts';

/** Limits for a Compose file, far beyond what a person writes. */
const limits = { depth: 24, nodes: 20_000, keyLength: 256 };

/**
 * Parses one YAML document into a tree; undefined if it cannot be judged, with the reason in the diagnostics. Throws for no text.
 */
export function readYaml(yaml: string, file: string, diagnostics: Diagnostics): Tree | undefined {
  const top: SourceLocation = { file, line: 1, column: 1 };
  if (/[^\P{Cc}\t\n\r]|\p{Cs}/u.test(yaml)) {
    diagnostics.refuse('yaml-characters', top, text('the file has control characters', '檔案裡有控制字元'));
    return undefined;
  }
  // the parser of the package is recursive: text that is nested too deep must not reach it
  const deep = deepLine(yaml);
  if (deep !== undefined) {
    diagnostics.refuse('yaml-depth', { ...top, line: deep }, text('this is nested too deep', '巢狀層數太深'));
    return undefined;
  }
  const places = new LineCounter();
  const documents = parseAllDocuments(yaml, {
    schema: 'failsafe',
    lineCounter: places,
    prettyErrors: false,
    logLevel: 'silent',
    // the package's own check takes quadratic time
    uniqueKeys: false,
  });
  const at = (offset: number): SourceLocation => {
    const { line, col } = places.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (!Array.isArray(documents) || documents.length === 0) {
    diagnostics.refuse('yaml-empty', top, text('the file is empty', '檔案是空的'));
    return undefined;
  }
  const [first, second] = documents as Document.Parsed[];
  if (second) {
    const where = at(second.contents?.range?.[0] ?? second.range[0]);
    diagnostics.refuse(
      'yaml-documents',
      where,
      text('a file may contain only one document: remove the second', '一個檔案只能有一份文件，請移除第二份'),
    );
  }
  if (first?.directives?.yaml.explicit) {
    diagnostics.refuse('yaml-directive', top, text('remove the line with `%`', '請移除以 `%` 開頭的那一行'));
  }
  // one mistake causes further errors
  for (const error of first?.errors.slice(0, 10) ?? []) {
    const why = shown(error.message);
    diagnostics.refuse('yaml', at(error.pos[0]), text(`this is not valid YAML: "${why}"`, `這不是正確的 YAML：「${why}」`));
  }
  if (diagnostics.refusals.length > 0 || !first?.contents) return undefined;
  return new Reader(diagnostics, at).read(first.contents);
}

class Reader {
  private readonly anchors = new Map<string, Tree | 'open'>();
  private reported = false;
  private readonly diagnostics: Diagnostics;
  private readonly at: (offset: number) => SourceLocation;

  constructor(diagnostics: Diagnostics, at: (offset: number) => SourceLocation) {
    this.diagnostics = diagnostics;
    this.at = at;
  }

  read(node: Node): Tree | undefined {
    const before = this.diagnostics.refusals.length;
    const tree = this.tree(node, 0);
    return this.diagnostics.refusals.length > before ? undefined : tree;
  }

  private tree(node: Node | null, depth: number): Tree {
    const location = this.at(node?.range?.[0] ?? 0);
    const nothing: Tree = { kind: 'scalar', text: '', plain: true, location, size: 1 };
    if (!node) return nothing;
    if (depth > limits.depth) return this.no('yaml-depth', location, 'this is nested too deep', '巢狀層數太深', nothing);
    if (isAlias(node)) {
      const meant = this.anchors.get(node.source);
      if (meant && meant !== 'open') return meant;
      this.diagnostics.refuse(
        'yaml-alias',
        location,
        quoting(node.source, 'the alias {} refers to no complete value', '別名 {} 沒有指向完整的內容'),
      );
      return nothing;
    }
    if (node.tag) {
      this.diagnostics.refuse('yaml-tag', location, quoting(node.tag, 'remove the tag {}', '請移除標籤 {}'));
      return nothing;
    }
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const tree = this.bare(node, location, depth);
    if (anchor !== undefined) this.anchors.set(anchor, tree);
    return tree;
  }

  private bare(node: Node, location: SourceLocation, depth: number): Tree {
    if (isScalar(node))
      return { kind: 'scalar', text: String(node.value ?? ''), plain: node.type === 'PLAIN', location, size: 1 };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.tree(item as Node | null, depth + 1));
      return this.bounded({ kind: 'list', items, location, size: sum(items) });
    }
    if (!isMap(node)) return { kind: 'scalar', text: '', plain: true, location, size: 1 };
    const entries: Entry[] = [];
    const merges: Entry[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = this.tree(pair.key as Node | null, depth + 1);
      const value = this.tree(pair.value as Node | null, depth + 1);
      if (key.kind !== 'scalar' || key.text.length > limits.keyLength) {
        this.no('yaml-key', key.location, 'a key must be a short text', '鍵必須是簡短的文字', undefined);
        continue;
      }
      const entry = { key: key.text, location: key.location, value };
      if (seen.has(key.text))
        this.diagnostics.refuse('yaml-duplicate', key.location, quoting(key.text, 'the key {} occurs twice', '鍵 {} 重複出現'));
      else if (key.text === '<<' && key.plain) merges.push(entry);
      else entries.push(entry);
      seen.add(key.text);
    }
    const all = [...entries, ...merges.flatMap((merge) => this.merged(merge, seen))];
    return this.bounded({ kind: 'mapping', entries: all, location, size: sum(all.map(({ value }) => value)) });
  }

  /** What `<<` adds: keys that are not present yet, of one mapping or several, the earlier ones first. */
  private merged({ value, location }: Entry, seen: Set<string>): Entry[] {
    // already reported as too large: merging it would fill the memory
    if (value.size > limits.nodes) return [];
    const sources = value.kind === 'list' ? value.items : isNull(value) ? [] : [value];
    if (!sources.every((source): source is Mapping => source.kind === 'mapping')) {
      return this.no(
        'yaml-merge',
        location,
        '`<<` takes a mapping, or a list of them',
        '`<<` 後面要接對映（mapping），或對映的清單',
        [],
      );
    }
    const brought = sources.flatMap(({ entries }) => entries).filter(({ key }) => !seen.has(key) && seen.add(key));
    return brought;
  }

  private bounded<T extends Tree>(tree: T): T {
    if (tree.size <= limits.nodes || this.reported) return tree;
    this.reported = true;
    return this.no(
      'yaml-aliases',
      tree.location,
      'this becomes too large when its aliases are expanded',
      '別名展開之後內容過大',
      tree,
    );
  }

  private no<T>(code: string, location: SourceLocation, en: string, zhTW: string, instead: T): T {
    this.diagnostics.refuse(code, location, text(en, zhTW));
    return instead;
  }
}

const sum = (trees: readonly Tree[]): number => trees.reduce((total, { size }) => total + size, 1);
