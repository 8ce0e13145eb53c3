import type { Entry, Gradebook } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';

/** A gradebook with these entries. */
export const bookOf = (entries: readonly Entry[]): Gradebook => ({
  tool: 'labwright',
  version: '1.0.0',
  tutorial: 'compose-scale',
  title: text('Scaling', '擴展'),
  rubric: { path: 'rubric.yaml', hash: 'a'.repeat(64), max: 100 },
  engine: 'Docker 26.1.5 · Compose 2.26.1',
  weaker: [],
  startedAt: '2026-12-20T10:00:00.000Z',
  durationMs: 1000,
  entries,
});
