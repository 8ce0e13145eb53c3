import type { ComponentChildren } from 'preact';
import type { Block, Inline } from '../../protocol.ts';
import { CodeBlock } from './code-block.tsx';
import { safeHref } from './links.ts';

/** Markdown as elements: no HTML of a tutorial becomes a part of the page. */
export function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
    </>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Inlines content={block.content} />
        </p>
      );
    case 'heading':
      return (
        <h3>
          <Inlines content={block.content} />
        </h3>
      );
    case 'list': {
      const items = block.items.map((item, at) => (
        <li key={at}>
          <Blocks blocks={item} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.content} />
        </blockquote>
      );
    case 'code':
      return <CodeBlock shell={block.shell} lines={block.lines} />;
  }
}

function Inlines({ content }: { readonly content: readonly Inline[] }) {
  return (
    <>
      {content.map((inline, at) => (
        <InlineView key={at} inline={inline} />
      ))}
    </>
  );
}

function InlineView({ inline }: { readonly inline: Inline }): ComponentChildren {
  switch (inline.kind) {
    case 'text':
      return <>{inline.text}</>;
    case 'code':
      return <code>{inline.text}</code>;
    case 'strong':
      return (
        <strong>
          <Inlines content={inline.content} />
        </strong>
      );
    case 'emphasis':
      return (
        <em>
          <Inlines content={inline.content} />
        </em>
      );
    case 'link': {
      const href = safeHref(inline.href);
      const content = <Inlines content={inline.content} />;
      return href === undefined ? (
        <span>{content}</span>
      ) : (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {content}
        </a>
      );
    }
  }
}
