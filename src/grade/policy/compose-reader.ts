import { interpolate } from '../../formats/interpolate.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { ImageChoice } from './images.ts';
import { type KeyRule, ruleOf, type Section, whyRefused } from './keys/rules.ts';
import { noteTexts, pathReasons } from './messages.ts';
import { type Inside, placeInside } from './paths.ts';
import type { PolicyRules } from './rules.ts';
import { plainWord, truth } from './scalar.ts';
import { type Entry, isNull, type Tree } from './tree.ts';

/** What reading a submission's files requires. */
export interface PolicyContext {
  /** The Compose file, relative to `dir`. */
  readonly composeFile: string;
  /** Absolute. */
  readonly dir: string;
  readonly rules: PolicyRules;
  readonly images: ImageChoice;
  /** The submission's own `.env`. */
  readonly env: ReadonlyMap<string, string>;
  readonly diagnostics: Diagnostics;
}

const most = { word: 4096, items: 128 };

/**
 * Reads values of a tree in the forms that Compose accepts; a value of another form is refused at its position, and is undefined.
 */
export class ComposeReader {
  readonly context: PolicyContext;
  readonly service: string | undefined;

  constructor(context: PolicyContext, service?: string) {
    this.context = context;
    this.service = service;
  }

  refuse(code: string, location: SourceLocation, why: Text): undefined {
    this.context.diagnostics.refuse(code, location, why, this.service);
    return undefined;
  }

  invalid(location: SourceLocation, what: Text): undefined {
    return this.refuse('invalid', location, what);
  }

  /** Records a key that is ignored. */
  note(code: string, location: SourceLocation): void {
    this.context.diagnostics.note(code, location, noteTexts[code] ?? text('this is ignored', '這項設定會被略過'), this.service);
  }

  /** A text, a number or a boolean, as the text that Compose makes of it. */
  word(tree: Tree): string | undefined {
    if (tree.kind !== 'scalar' || isNull(tree)) return this.invalid(tree.location, text('expected a text', '這裡應該是文字'));
    const plain = tree.plain ? plainWord(tree.text) : undefined;
    return plain ?? this.filled(tree.text, tree.location);
  }

  private filled(written: string, location: SourceLocation): string | undefined {
    const done = interpolate(written, this.context.env);
    if ('wrong' in done) {
      const { code, about, value } = done.wrong;
      if (code === 'variable-missing')
        return this.refuse(
          code,
          location,
          quoting(value ? `${about}: ${value}` : about, 'a variable must be set in .env: {}', '變數必須在 .env 中設定：{}'),
        );
      return this.refuse(code, location, quoting(about, 'this is not a variable: {}', '這不是正確的變數寫法：{}'));
    }
    if (done.text.length > most.word) return this.invalid(location, text('this text is too long', '這段文字太長'));
    if (/[^\P{Cc}\t\n\r]|\p{Cs}/u.test(done.text))
      return this.invalid(location, text('this has control characters', '這裡有控制字元'));
    for (const name of done.unset)
      this.context.diagnostics.note(
        'variable-unset',
        location,
        quoting(name, 'the variable {} is not set in .env: it is blank', '變數 {} 沒有在 .env 中設定，因此是空白'),
        this.service,
      );
    return done.text;
  }

  /** A word that matches a pattern. */
  matching(tree: Tree, form: RegExp, what: Text): string | undefined {
    const word = this.word(tree);
    if (word === undefined || form.test(word)) return word;
    return this.invalid(
      tree.location,
      text(`${what.en}, not ${quoting(word, '{}', '').en}`, `${what['zh-TW']}，而不是${quoting(word, '', '{}')['zh-TW']}`),
    );
  }

  truth(tree: Tree): boolean | undefined {
    const word = this.word(tree);
    if (word === undefined) return undefined;
    return truth(word) ?? this.invalid(tree.location, text('expected true or false', '這裡應該是 true 或 false'));
  }

  /** The items of a list. */
  items(tree: Tree): readonly Tree[] {
    if (tree.kind === 'list' && tree.items.length <= most.items) return tree.items;
    this.invalid(tree.location, text(`expected a list of at most ${most.items} items`, `這裡應該是最多 ${most.items} 項的清單`));
    return [];
  }

  /** One word or a list of words, with their positions. */
  words(tree: Tree): { readonly word: string; readonly location: SourceLocation }[] {
    if (isNull(tree)) return [];
    const items = tree.kind === 'scalar' ? [tree] : this.items(tree);
    return items.flatMap((item) => {
      const word = this.word(item);
      return word === undefined ? [] : [{ word, location: item.location }];
    });
  }

  /** The entries of a mapping; `x-…` are the student's own and ignored. */
  entries(tree: Tree): readonly Entry[] {
    if (isNull(tree)) return [];
    if (tree.kind === 'mapping' && tree.entries.length <= most.items)
      return tree.entries.filter(({ key }) => !key.startsWith('x-'));
    this.invalid(
      tree.location,
      text(`expected a mapping of at most ${most.items} keys`, `這裡應該是最多 ${most.items} 個鍵的對映（mapping）`),
    );
    return [];
  }

  /** Each key has its reader, or is ignored or refused by the rule for it. */
  fields(tree: Tree, section: Section, readers: ReadonlyMap<string, (entry: Entry) => void>): void {
    for (const entry of this.entries(tree)) {
      const reader = readers.get(entry.key);
      const rule = ruleOf(section, entry.key);
      if (reader) reader(entry);
      else if (rule?.rule === 'ignored') this.note(rule.note, entry.location);
      else if (rule?.rule === 'refused' && this.changesNothing(entry, rule)) this.noteIf(rule.unless?.note, entry);
      else this.refuseKey(entry, section);
    }
  }

  /** Whether the value of a refused key, or each of its list, is one that is accepted. */
  private changesNothing({ value }: Entry, { unless }: KeyRule & { rule: 'refused' }): boolean {
    const items = value.kind === 'list' ? value.items : [value];
    const plain = items.length > 0 && items.every((item) => item.kind === 'scalar' && !isNull(item));
    return unless !== undefined && plain && this.words(value).every(({ word }) => unless.words.test(word));
  }

  private noteIf(code: string | undefined, { location }: Entry): void {
    if (code !== undefined) this.note(code, location);
  }

  refuseKey({ key, location }: Entry, section: Section): void {
    const { code, why } = whyRefused(section, key);
    const what = quoting(key, '{} is not allowed', '不允許 {}');
    this.refuse(code, location, text(`${what.en}: ${why.en}`, `${what['zh-TW']}：${why['zh-TW']}`));
  }

  /** `A: b` or `- A=b`. A name without a value takes the one of `.env`, or is left out. */
  pairs(tree: Tree): Map<string, string> {
    const pairs = new Map<string, string>();
    const set = (name: string, location: SourceLocation, value: string | undefined) => {
      if (!/^[A-Za-z_][\w.-]{0,127}$/.test(name) || name in {})
        this.invalid(location, quoting(name, '{} is not the name of a variable', '{} 不是變數名稱'));
      else if (value !== undefined) pairs.set(name, value);
    };
    if (tree.kind === 'list') {
      for (const { word, location } of this.words(tree)) {
        const at = word.indexOf('=');
        if (at < 0) set(word, location, this.context.env.get(word));
        else set(word.slice(0, at), location, word.slice(at + 1));
      }
      return pairs;
    }
    for (const { key, location, value } of isNull(tree) ? [] : this.entriesOf(tree))
      set(key, location, isNull(value) ? this.context.env.get(key) : this.word(value));
    return pairs;
  }

  private entriesOf(tree: Tree): readonly Entry[] {
    if (tree.kind === 'mapping' && tree.entries.length <= most.items) return tree.entries;
    this.entries(tree);
    return [];
  }

  /** A path in the submission's folder, as the file names it. */
  path(written: string, location: SourceLocation, from?: string): Inside | undefined {
    const place = placeInside(this.context.dir, written, from);
    if (!('problem' in place)) return place;
    const why = pathReasons[place.problem];
    const which = quoting(written, '{}', '{}');
    return this.refuse(place.problem, location, text(`${which.en}: ${why.en}`, `${which['zh-TW']}：${why['zh-TW']}`));
  }
}
