import { capped } from '../../../formats/untrusted-text.ts';

/** Markup that is safe to insert into a page. Only `html` creates it, so nothing enters a page unescaped. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}
/** Values for a template: texts are escaped, `false` and `undefined` are omitted. */
type Part = Html | string | number | false | undefined | readonly Part[];

/** The longest text that a page shows of any value. */
const longest = 2000;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (value: string): string => capped(value, longest).replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);

/**
 * A template of HTML that is also well-formed XML. Inserted texts are escaped for elements and for attributes in quotes, cut at a
 * maximum length, and their control characters and direction marks are made visible.
 */
export const html = (markup: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(markup.reduce((done, next, at) => `${done}${rendered(parts[at - 1])}${next}`));

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'string') return escaped(part);
  return typeof part === 'number' ? String(part) : part.map(rendered).join('');
}

/** Untrusted text, isolated from the direction of the surrounding text. */
export const isolated = (value: string): Html => html`<bdi>${value}</bdi>`;
