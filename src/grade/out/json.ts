import type { Gradebook } from '../grade.ts';
import { round } from './points.ts';

/** What JSON may hold as it is, but a terminal or an editor would act on. */
const steering = /[\u007f-\u009f]|(?=[^\u200c\u200d])[\p{Cf}\p{Zl}\p{Zp}\p{NChar}]/gu;
const units = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** `grades.json`, both languages in it, a part at a time: the head, then a student a line. Every text comes back as it was. */
export function* renderJson({ entries, ...head }: Gradebook): Generator<string> {
  yield `${written(head).slice(0, -1)},"entries":[`;
  for (const [at, entry] of entries.entries()) yield `${at === 0 ? '' : ','}\n${written(entry)}`;
  yield '\n]}\n';
}

const written = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => (isPoints(key, part) ? round(part) : part)).replaceAll(steering, units);

const isPoints = (key: string, part: unknown): part is number => typeof part === 'number' && (key === 'points' || key === 'max');
