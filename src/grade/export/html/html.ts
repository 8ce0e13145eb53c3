import { capped } from '../../../formats/untrusted-text.ts';

/** Markup that is fit to stand in a page. Only `html` makes it, so nothing gets into a page unescaped. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}
/** What a template takes: texts are escaped, `false` and `undefined` are nothing. */
type Part = Html | string | number | false | undefined | readonly Part[];

/** The longest text that a page shows of any one thing. */
const longest = 2000;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (value: string): string => capped(value, longest).replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);

/**
 * A template of HTML that is also well-formed XML. What is put in is escaped for elements and for attributes in quotes, at most
 * so long, and with control characters and direction marks made visible.
 */
export const html = (markup: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(markup.reduce((done, next, at) => `${done}${rendered(parts[at - 1])}${next}`));

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'string') return escaped(part);
  return typeof part === 'number' ? String(part) : part.map(rendered).join('');
}

/** What others wrote, apart from the direction in which the words around it run. */
export const isolated = (value: string): Html => html`<bdi>${value}</bdi>`;
