import { jsonText } from '../../formats/untrusted-text.ts';
import type { Gradebook } from '../types.ts';
import { round } from './points.ts';

/** `grades.json`, both languages in it, a part at a time: the head, then a student a line. Every text comes back as it was. */
export function* renderJson({ entries, ...head }: Gradebook): Generator<string> {
  yield `${written(head).slice(0, -1)},"entries":[`;
  for (const [at, entry] of entries.entries()) yield `${at === 0 ? '' : ','}\n${written(entry)}`;
  yield '\n]}\n';
}

const written = (value: unknown): string => jsonText(value, undefined, (key, part) => (isPoints(key, part) ? round(part) : part));

const isPoints = (key: string, part: unknown): part is number => typeof part === 'number' && (key === 'points' || key === 'max');
