import type { SourceLocation } from '../../formats/source-location.ts';

/** A YAML file as plain data with places: aliases and merges followed, nothing interpolated. `size` counts what it holds, itself included. */
export type Tree = Scalar | List | Mapping;

interface Scalar {
  readonly kind: 'scalar';
  readonly text: string;
  /** Without quotes: it may be a number, a boolean, null. */
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
  /** Of the key. */
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

/** Null as YAML has it: nothing at all, or a word for it. */
export const isNull = (tree: Tree): boolean => tree.kind === 'scalar' && tree.plain && /^(?:|~|null|Null|NULL)$/.test(tree.text);
