import { createHash } from 'node:crypto';
import { type Lang, langs } from '../../../lab/text.ts';
import { Html, html } from './html.ts';
import { style } from './style.ts';

const sheet = new Html(style);
const digest = createHash('sha256').update(style, 'utf8').digest('base64');
/** Allows this one style sheet only: no script, no request, no form. */
const policy = `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'`;

const ownNames: Readonly<Record<Lang, string>> = { en: 'English', 'zh-TW': '中文' };
const switchNames: Readonly<Record<Lang, string>> = { en: 'Language', 'zh-TW': '語言' };

/** The parts of a page. */
interface Page {
  readonly title: string;
  /** The language that is shown first. */
  readonly first: Lang;
  readonly body: (lang: Lang) => Html;
}

/**
 * One HTML file with both languages. `#en` and `#zh-TW` select one through the style sheet alone: the language that is not shown
 * first precedes the other, and hides it when it is the target.
 */
export function renderPage({ title, first, body }: Page): string {
  const other = langs.filter((lang) => lang !== first);
  const article = (lang: Lang) =>
    html`<article id="${lang}" lang="${lang}" class="${lang === first ? 'first' : 'other'}">${languages(lang)}${body(lang)}</article>`;
  return html`<!DOCTYPE html>
<html lang="${first}"><head><meta charset="utf-8" /><meta http-equiv="Content-Security-Policy" content="${new Html(policy)}" />
<meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="referrer" content="no-referrer" />
<meta name="robots" content="noindex" /><meta name="color-scheme" content="light dark" /><link rel="icon" href="data:," />
<title>${title}</title>
<style>${sheet}</style></head>
<body><main>${[...other, first].map(article)}</main></body></html>
`.markup;
}

const languages = (shown: Lang): Html =>
  html`<nav class="languages" aria-label="${switchNames[shown]}">${langs.map((lang) =>
    lang === shown
      ? html`<span lang="${lang}" aria-current="true">${ownNames[lang]}</span>`
      : html`<a href="#${lang}" lang="${lang}" hreflang="${lang}">${ownNames[lang]}</a>`,
  )}</nav>`;
