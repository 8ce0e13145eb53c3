import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { structureFindings } from '../../lab/structure.ts';
import { type Lang, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { problem } from './yaml-block.ts';

/** Where each part of a tutorial is in its file, by its path without the tutorial: `lab`, `lab/step`, `lab/step/check`. */
export class Places {
  /** The name of the main file. */
  readonly file: string;
  private readonly starts = new Map<string, SourceLocation>();
  private readonly stacks = new Map<string, SourceLocation>();
  private readonly needs = new Map<string, SourceLocation>();
  /** The same parts in each translation. */
  private readonly translated = new Map<Lang, Map<string, SourceLocation>>();
  /** Steps of which a check or an alternative has a problem, so that others may not find it. */
  private readonly incomplete = new Set<string>();

  constructor(file: string) {
    this.file = file;
  }

  set(path: string, at: SourceLocation, needs: SourceLocation = at): void {
    // of parts with the same ID, the first
    if (this.starts.has(path)) return;
    this.starts.set(path, at);
    this.needs.set(path, needs);
  }

  /** A part of a translation; the empty path is the tutorial itself. */
  setTranslated(lang: Lang, path: string, at: SourceLocation): void {
    const own = this.translated.get(lang) ?? new Map<string, SourceLocation>();
    this.translated.set(lang, own);
    if (!own.has(path)) own.set(path, at);
  }

  /** `stack` or `stack/role`. */
  setStack(part: string, at: SourceLocation): void {
    this.stacks.set(part, at);
  }

  ofStack(part: string): SourceLocation | undefined {
    return this.stacks.get(part);
  }

  setIncomplete(step: string): void {
    this.incomplete.add(step);
  }

  /** The place of the nearest part that contains this one: `tutorial/lab/step/check`. Undefined: none is in the file. */
  of(where: string, by: 'start' | 'needs' = 'start'): SourceLocation | undefined {
    return nearestIn(by === 'needs' ? this.needs : this.starts, where);
  }

  /** The same in the file of a translation. Undefined: the text is that of the main file. */
  inTranslation(lang: Lang, where: string): SourceLocation | undefined {
    const own = this.translated.get(lang);
    return own && (nearestIn(own, where) ?? own.get(''));
  }

  /** Needs of a tutorial that do not exist, come later or form a cycle. Other structural problems are reported where they are read. */
  needFindings(tutorial: Tutorial): Finding[] {
    return structureFindings(tutorial).flatMap((one) => {
      const step = one.where.split('/').slice(1, 3).join('/');
      const isOfCheck = one.where.split('/').length > 3 || (one.rule === 'need-circle' && one.where.split('/').length === 3);
      const at = this.of(one.where, 'needs');
      if (!one.rule.startsWith('need-') || !at || (isOfCheck && this.incomplete.has(step))) return [];
      return [problem(at, one.rule, one.message, one.help)];
    });
  }
}

function nearestIn(starts: ReadonlyMap<string, SourceLocation>, where: string): SourceLocation | undefined {
  const path = where.split('/').slice(1);
  for (let length = path.length; length > 0; length -= 1) {
    const at = starts.get(path.slice(0, length).join('/'));
    if (at) return at;
  }
  return undefined;
}

interface Identified {
  readonly id: string;
  readonly at: SourceLocation;
}

/** Adds a finding for each ID that an earlier item has. */
export function reportTwice(items: readonly Identified[], findings: Finding[]): void {
  const first = new Map<string, SourceLocation>();
  for (const { id, at } of items) {
    const { line } = first.get(id) ?? {};
    if (line === undefined) first.set(id, at);
    else
      findings.push(
        problem(
          at,
          'id-twice',
          text(`the ID ${id} occurs twice: also in line ${line}`, `ID ${id} 重複了：第 ${line} 行也有`),
          text('set another with `id:`', '請用 `id:` 設定另一個'),
        ),
      );
  }
}
