import type { SourceLocation } from '../../formats/source-location.ts';

/**
 * A YAML file as plain data with positions: aliases and merges resolved, nothing interpolated. `size` counts its nodes, itself
 * included.
 */
export type Tree = Scalar | List | Mapping;

interface Scalar {
  readonly kind: 'scalar';
  readonly text: string;
  /** Unquoted: it may be a number, a boolean, null. */
  readonly plain: boolean;
  readonly location: SourceLocation;
  readonly size: number;
}
interface List {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly location: SourceLocation;
  readonly size: number;
}
export interface Entry {
  readonly key: string;
  /** Position of the key. */
  readonly location: SourceLocation;
  readonly value: Tree;
}
export interface Mapping {
  readonly kind: 'mapping';
  readonly entries: readonly Entry[];
  readonly location: SourceLocation;
  readonly size: number;
}

export const entryOf = (tree: Tree | undefined, key: string): Entry | undefined =>
  tree?.kind === 'mapping' ? tree.entries.find((entry) => entry.key === key) : undefined;

/** Null in YAML: empty, or a word for it. */
export const isNull = (tree: Tree): boolean => tree.kind === 'scalar' && tree.plain && /^(?:|~|null|Null|NULL)$/.test(tree.text);
