import type { Nodes, PhrasingContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { multiLine } from '../../../formats/untrusted-text.ts';
import type { Block, Inline } from '../protocol.ts';

/** What is nested deeper is shown as text. */
const deepest = 12;

/** A code span: one or more backticks, up to as many again. */
const codeSpan = /(?<!`)(`+)(?!`)([^\n]*?[^`\n])\1(?!`)/g;

/** Text in which only backticks have a meaning: `*`, `_` and `<` are those of commands. Each line is a paragraph. */
export const blocksOfLines = (written: string): Block[] =>
  multiLine(written)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ kind: 'paragraph', content: inlinesOf(line.trim()) }));

function inlinesOf(line: string): Inline[] {
  const parts: Inline[] = [];
  let at = 0;
  for (const found of line.matchAll(codeSpan)) {
    if (found.index > at) parts.push({ kind: 'text', text: line.slice(at, found.index) });
    parts.push({ kind: 'code', text: found[2] ?? '' });
    at = found.index + found[0].length;
  }
  if (at < line.length) parts.push({ kind: 'text', text: line.slice(at) });
  return parts;
}

/** Markdown. HTML, and what the page has no form for, is text; links that lead nowhere on the web are their text. */
export const blocksOfMarkdown = (written: string): Block[] => blocksOf(fromMarkdown(multiLine(written)), 0);

function blocksOf(node: Nodes, depth: number): Block[] {
  if (depth > deepest) return paragraph([{ kind: 'text', text: textOf(node) }]);
  const inner = (): Block[] => ('children' in node ? node.children.flatMap((child) => blocksOf(child, depth + 1)) : []);
  switch (node.type) {
    case 'root':
    case 'listItem':
      return inner();
    case 'paragraph':
      return paragraph(joined(node.children.flatMap((child) => inlineOf(child, depth))));
    case 'heading':
      return [{ kind: 'heading', content: joined(node.children.flatMap((child) => inlineOf(child, depth))) }];
    case 'blockquote':
      return [{ kind: 'quote', content: inner() }];
    case 'list':
      return [{ kind: 'list', ordered: node.ordered === true, items: node.children.map((item) => blocksOf(item, depth + 1)) }];
    case 'code': {
      const shell = /^(?:sh|bash|shell|zsh)$/i.test(node.lang ?? '');
      return [{ kind: 'code', shell, lines: node.value.split('\n').map((line) => (line === '' ? [] : [{ text: line }])) }];
    }
    case 'html':
      return paragraph([{ kind: 'text', text: node.value }]);
    // an address for links elsewhere, or a line between paragraphs
    case 'definition':
    case 'thematicBreak':
      return [];
    default:
      return paragraph([{ kind: 'text', text: textOf(node) }]);
  }
}

const paragraph = (content: readonly Inline[]): Block[] => (content.length === 0 ? [] : [{ kind: 'paragraph', content }]);

function inlineOf(node: PhrasingContent, depth: number): Inline[] {
  if (depth > deepest) return [{ kind: 'text', text: textOf(node) }];
  const inner = (): Inline[] => ('children' in node ? joined(node.children.flatMap((child) => inlineOf(child, depth + 1))) : []);
  switch (node.type) {
    case 'inlineCode':
      return [{ kind: 'code', text: node.value }];
    case 'strong':
    case 'emphasis':
      return [{ kind: node.type, content: inner() }];
    case 'link':
      return isOfTheWeb(node.url) ? [{ kind: 'link', href: new URL(node.url).href, content: inner() }] : inner();
    case 'linkReference':
      return inner();
    default:
      return [{ kind: 'text', text: textOf(node) }];
  }
}

const isOfTheWeb = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url);

/** Neighbours that are both text become one. */
function joined(parts: readonly Inline[]): Inline[] {
  const all: Inline[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last?.kind === 'text' && part.kind === 'text') all[all.length - 1] = { kind: 'text', text: last.text + part.text };
    else if (part.kind !== 'text' || part.text !== '') all.push(part);
  }
  return all;
}

/** The text of a node; a line end within a paragraph is a blank. */
function textOf(node: Nodes): string {
  if (node.type === 'break') return ' ';
  if ('alt' in node) return node.alt ?? '';
  if ('value' in node) return node.type === 'text' ? node.value.replaceAll(/\s*\n\s*/g, ' ') : node.value;
  return 'children' in node ? node.children.map((child) => textOf(child)).join('') : '';
}
