import { jsonText } from '../../formats/untrusted-text.ts';
import type { Gradebook } from '../types.ts';
import { round } from './points.ts';

/**
 * `grades.json` in both languages, generated in parts: the header, then one student per line. Parsing returns every text
 * unchanged.
 */
export function* renderJson({ entries, ...head }: Gradebook): Generator<string> {
  yield `${written(head).slice(0, -1)},"entries":[`;
  for (const [at, entry] of entries.entries()) yield `${at === 0 ? '' : ','}\n${written(entry)}`;
  yield '\n]}\n';
}

const written = (value: unknown): string => jsonText(value, undefined, (key, part) => (isPoints(key, part) ? round(part) : part));

const isPoints = (key: string, part: unknown): part is number => typeof part === 'number' && (key === 'points' || key === 'max');
