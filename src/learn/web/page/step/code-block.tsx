import type { Span } from '../../protocol.ts';
import { useLanguage, useSession } from '../state/use-page.ts';
import { useRun } from '../terminal/use-run.ts';
import { textOf } from '../words/words.ts';
import { commandsOf, lineText } from './lines.ts';

interface CodeBlockProps {
  readonly shell: boolean;
  readonly lines: readonly (readonly Span[])[];
}

/** Code with what can be done with it: commands are copied and run one by one. */
export function CodeBlock({ shell, lines }: CodeBlockProps) {
  if (shell) return <Commands lines={commandsOf(lines)} />;
  const text = lines.map(lineText).join('\n');
  return (
    <div class="code">
      <div class="code-tools">
        <CopyButton text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <pre tabIndex={0}>
        <code>
          {lines.map((line, at) => (
            <Line key={at} line={line} />
          ))}
        </code>
      </pre>
    </div>
  );
}

export function Line({ line }: { readonly line: readonly Span[] }) {
  return (
    <span class="code-line">
      {line.map(({ text, style }, at) => (
        <span key={at} {...(style ? { class: `code-${style}` } : {})}>
          {text}
        </span>
      ))}
      {'\n'}
    </span>
  );
}

export function Commands({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul class="commands">
      {lines.map((line, at) => (
        <li key={at}>
          <code>{line}</code>
          <span class="command-tools">
            <CopyButton text={line} line={line} />
            <RunButton line={line} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function CopyButton({ text, line }: { readonly text: string; readonly line?: string }) {
  const { store } = useSession();
  const { words } = useLanguage();
  const say = (name: 'copied' | 'notCopied') => store.dispatch({ kind: 'say', value: textOf((both) => both[name]), show: true });
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => say('copied'),
      () => say('notCopied'),
    );
  };
  return (
    <button type="button" class="small" onClick={copy} aria-label={line === undefined ? words.copy : words.copyLine(line)}>
      {words.copy}
    </button>
  );
}

function RunButton({ line }: { readonly line: string }) {
  const { words } = useLanguage();
  const { available, busy, run } = useRun();
  if (!available) return null;
  return (
    <button type="button" class="small primary" aria-disabled={busy} onClick={() => run(line)} aria-label={words.runLine(line)}>
      <span aria-hidden="true">▸ </span>
      {words.run}
    </button>
  );
}
