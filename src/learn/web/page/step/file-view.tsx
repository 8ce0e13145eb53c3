import { useState } from 'preact/hooks';
import type { FileContent } from '../../protocol.ts';
import { useLanguage } from '../state/use-page.ts';
import { Line } from './code-block.tsx';
import { type Stretch, stretchesOf } from './lines.ts';

/** A file with line numbers; the lines to read are marked, by colour, a bar and for screen readers by words. */
export function FileView({ file }: { readonly file: FileContent }) {
  const { words } = useLanguage();
  const [whole, setWhole] = useState(false);
  const { path, lines, marked } = file;
  const all: readonly Stretch[] = [{ from: 0, to: lines.length }];
  const stretches = whole ? all : stretchesOf(lines.length, marked);
  const isCut = stretchesOf(lines.length, marked).reduce((sum, { from, to }) => sum + to - from, 0) < lines.length;
  return (
    <figure class="file">
      <figcaption>
        <span>{words.files}</span> <code>{path}</code>
        {isCut && (
          <button type="button" class="small" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? words.lessFile : words.wholeFile}
          </button>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <pre tabIndex={0}>
        <code>
          {stretches.map(({ from, to }, part) => (
            <span key={from} class={part > 0 ? 'stretch' : undefined}>
              {lines.slice(from, to).map((line, at) => {
                const isMarked = marked.includes(from + at);
                return (
                  <span key={at} class={isMarked ? 'file-line marked' : 'file-line'}>
                    <span class="file-number" aria-hidden="true">
                      {from + at + 1}
                    </span>
                    {isMarked && <span class="hidden">{words.marked}: </span>}
                    <Line line={line} />
                  </span>
                );
              })}
            </span>
          ))}
        </code>
      </pre>
    </figure>
  );
}
