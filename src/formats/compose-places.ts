import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A value in a YAML file, and the line where it is written: for a key, the key's own line. Lines count from 1. */
export interface PlacedValue {
  readonly line: number;
  readonly value: unknown;
}

/** Values of a Compose file with their lines. A file that is not YAML has none. */
export class ComposePlaces {
  readonly #places = new LineCounter();
  readonly #document;

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#places, merge: true });
  }

  /** The value at a path: `['services', 'web', 'image']`. Undefined: there is none. */
  at(...path: readonly string[]): PlacedValue | undefined {
    let node: unknown = this.#document.contents;
    let line = 1;
    for (const key of path) {
      if (!isMap(node)) return undefined;
      const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
      if (!pair) return undefined;
      line = this.#lineOf(pair.key as Node) ?? line;
      node = pair.value;
    }
    return { line, value: this.#plain(node) };
  }

  /** The items of the list, or the entries `[key, value]` of the mapping, at a path. */
  itemsAt(...path: readonly string[]): PlacedValue[] {
    const node: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isSeq(node)) return node.items.map((one) => ({ line: this.#lineOf(one as Node) ?? 1, value: this.#plain(one) }));
    if (!isMap(node)) return [];
    return node.items.map((pair) => ({
      line: this.#lineOf(pair.key as Node) ?? 1,
      value: [isScalar(pair.key) ? String(pair.key.value) : '', this.#plain(pair.value)],
    }));
  }

  #plain(node: unknown): unknown {
    return typeof node === 'object' && node !== null && 'toJS' in node ? (node as Node).toJS(this.#document) : node;
  }

  #lineOf(node: Node | null): number | undefined {
    const offset = node?.range?.[0];
    return offset === undefined ? undefined : this.#places.linePos(offset).line;
  }
}
