import type { Spot } from '../../formats/source-location.ts';
import type { Text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';

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
