import type { SourceLocation } from '../../formats/source-location.ts';
import type { Text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';

/** Maximum number of remarks: a file with more mistakes would fill a page. */
const most = 100;

/** Collects all remarks about one submission's files. */
export class Diagnostics {
  readonly refusals: Remark[] = [];
  readonly notes: Remark[] = [];

  refuse(code: string, location: SourceLocation | undefined, why: Text, service?: string): void {
    add(this.refusals, code, location, why, service);
  }

  note(code: string, location: SourceLocation | undefined, what: Text, service?: string): void {
    add(this.notes, code, location, what, service);
  }
}

function add(list: Remark[], code: string, location: SourceLocation | undefined, value: Text, service: string | undefined): void {
  const same = (one: Remark) =>
    one.code === code &&
    one.text.en === value.en &&
    one.service === service &&
    one.place?.file === location?.file &&
    one.place?.line === location?.line &&
    one.place?.column === location?.column;
  if (list.length >= most || list.some(same)) return;
  list.push({
    code,
    ...(service === undefined ? {} : { service }),
    ...(location ? { place: { file: location.file, line: location.line, column: location.column } } : {}),
    text: value,
  });
}
