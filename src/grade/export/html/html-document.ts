import { createHash } from 'node:crypto';
import { type Lang, langs } from '../../../lab/text.ts';
import { Html, html } from './html.ts';
import { style } from './style.ts';

const digest = (content: string): string => `'sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}'`;
/** Allows this one style sheet, and the page's own script if it has one: no other script, no request, no form. */
const policyFor = (sheet: string, script: string | undefined): string =>
  `default-src 'none'; style-src ${digest(sheet)}; ${script === undefined ? '' : `script-src ${digest(script)}; `}img-src data:; base-uri 'none'; form-action 'none'`;

const ownNames: Readonly<Record<Lang, string>> = { en: 'English', 'zh-TW': '中文' };
const switchNames: Readonly<Record<Lang, string>> = { en: 'Language', 'zh-TW': '語言' };

/** The parts of a page. */
interface Page {
  readonly title: string;
  /** The language that is shown first. */
  readonly first: Lang;
  readonly body: (lang: Lang) => Html;
  /** Source code without `<` and `&`, as in XML. The page is complete without it. */
  readonly script?: string;
  /** Rules of style that only this page needs. */
  readonly more?: string;
}

/**
 * One HTML file with both languages. `#en` and `#zh-TW` select one through the style sheet alone: the language that is not shown
 * first precedes the other, and hides it when it is the target.
 */
export function renderPage({ title, first, body, script, more = '' }: Page): string {
  const sheet = style + more;
  const other = langs.filter((lang) => lang !== first);
  const article = (lang: Lang) =>
    html`<article id="${lang}" lang="${lang}" class="${lang === first ? 'first' : 'other'}">${languages(lang)}${body(lang)}</article>`;
  return html`<!DOCTYPE html>
<html lang="${first}"><head><meta charset="utf-8" /><meta http-equiv="Content-Security-Policy" content="${new Html(policyFor(sheet, script))}" />
<meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="referrer" content="no-referrer" />
<meta name="robots" content="noindex" /><meta name="color-scheme" content="light dark" /><link rel="icon" href="data:," />
<title>${title}</title>
<style>${new Html(sheet)}</style></head>
<body><main>${[...other, first].map(article)}</main>${script !== undefined && html`<script>${new Html(script)}</script>`}</body></html>
`.markup;
}

const languages = (shown: Lang): Html =>
  html`<nav class="languages" aria-label="${switchNames[shown]}">${langs.map((lang) =>
    lang === shown
      ? html`<span lang="${lang}" aria-current="true">${ownNames[lang]}</span>`
      : html`<a href="#${lang}" lang="${lang}" hreflang="${lang}">${ownNames[lang]}</a>`,
  )}</nav>`;
