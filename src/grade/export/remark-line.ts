import { oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Remark } from '../types.ts';
import { type Html, html, isolated } from './html/html.ts';

/** `compose.yaml:14:5` `web` and the remark. */
export function remarkLine({ place, service, text }: Remark, lang: Lang): Html {
  const where = place && [oneLine(place.file, 200), place.line, place.line && place.column].filter(Boolean).join(':');
  return html`${where !== undefined && html`<code>${isolated(where)}</code> `}${
    service !== undefined && html`(${isolated(oneLine(service, 100))}) `
  }<span class="prose">${isolated(text[lang])}</span>`;
}
