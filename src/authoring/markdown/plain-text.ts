import type { Nodes } from 'mdast';
import { type Text, text } from '../../lab/text.ts';
import { nodesOf } from './sections.ts';

/** Markdown as a terminal shows it: a link is its text, and each paragraph one line. */
export const plain = (markdown: Text): Text => {
  const one = (value: string) =>
    value
      .split(/\n{2,}/)
      // most paragraphs have no link, and are not read again
      .map((paragraph) => (paragraph.includes('](') ? withoutTargets(paragraph, nodesOf(paragraph)) : paragraph))
      .map((paragraph) =>
        paragraph
          .replace(/\*\*([^*]+)\*\*/g, '$1')
          .replace(/\s*\n\s*/g, ' ')
          .trim(),
      )
      .filter((paragraph) => paragraph !== '')
      .join('\n');
  const en = one(markdown.en);
  return text(en, markdown['zh-TW'] === markdown.en ? en : one(markdown['zh-TW']));
};

const startOf = ({ position }: Nodes): number => position?.start.offset ?? 0;
const endOf = ({ position }: Nodes): number => position?.end.offset ?? 0;

/** The source of a node, in which a link is only its text, and an image what describes it. */
function withoutTargets(source: string, node: Nodes): string {
  if (node.type === 'image') return node.alt ?? '';
  if (!('children' in node)) return source.slice(startOf(node), endOf(node));
  const [first] = node.children;
  const isLink = node.type === 'link';
  let at = isLink && first ? startOf(first) : startOf(node);
  const parts = node.children.map((child) => {
    const before = source.slice(at, startOf(child));
    at = endOf(child);
    return before + withoutTargets(source, child);
  });
  return parts.join('') + (isLink ? '' : source.slice(at, endOf(node)));
}
