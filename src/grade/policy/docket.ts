import { type Text, text } from '../../lab/text.ts';
import { singleLine } from '../../lab/untrusted-text.ts';
import type { Remark } from '../grade.ts';

/** Where a node of a file stands. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** So many remarks are kept: a file of nothing but mistakes is told in a page. */
const most = 100;

/** All that is said about one submission's files. */
export class Docket {
  readonly refusals: Remark[] = [];
  readonly notes: Remark[] = [];

  refuse(code: string, spot: Spot | undefined, why: Text, service?: string): void {
    add(this.refusals, code, spot, why, service);
  }

  note(code: string, spot: Spot | undefined, what: Text, service?: string): void {
    add(this.notes, code, spot, what, service);
  }
}

function add(list: Remark[], code: string, spot: Spot | undefined, said: Text, service: string | undefined): void {
  const same = (one: Remark) =>
    one.code === code &&
    one.text.en === said.en &&
    one.service === service &&
    one.place?.file === spot?.file &&
    one.place?.line === spot?.line &&
    one.place?.column === spot?.column;
  if (list.length >= most || list.some(same)) return;
  list.push({
    code,
    ...(service === undefined ? {} : { service }),
    ...(spot ? { place: { file: spot.file, line: spot.line, column: spot.column } } : {}),
    text: said,
  });
}

/** What a student wrote, made fit to be shown: short, on one line, nothing that cannot be seen. */
export const shown = (written: string): string => {
  const clean = singleLine(written);
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean;
};

/** `en` and `zhTW` with what the student wrote, in each language's quotes, in the place of `{}`. */
export const quoting = (written: string, en: string, zhTW: string): Text =>
  text(
    en.replace('{}', () => `"${shown(written)}"`),
    zhTW.replace(/ ?\{\} ?/, () => `「${shown(written)}」`),
  );
