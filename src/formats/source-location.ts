import type { Text } from '../lab/text.ts';

/** A position in a file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Receives what a parser refuses: a stable code, the position and the reason. */
export interface Refusals {
  refuse(code: string, location: SourceLocation | undefined, why: Text): void;
}
