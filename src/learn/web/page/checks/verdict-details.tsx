import type { ComponentChildren } from 'preact';
import type { Verdict } from '../../../../lab/verdict.ts';
import { useLanguage } from '../state/use-page.ts';
import { rich } from '../step/rich.tsx';
import { helpOf } from '../words/words.ts';
import { SpreadBars } from './spread.tsx';

/** What was expected and seen, and what to try next. */
export function VerdictDetails({ verdict }: { readonly verdict: Verdict }) {
  const { lang, words, say } = useLanguage();
  switch (verdict.outcome) {
    case 'passed':
      return (
        <div class="verdict">
          <dl>
            <Row name={words.sawActual}>{rich(say(verdict.actual))}</Row>
          </dl>
          {verdict.note && <p>{rich(say(verdict.note))}</p>}
          {verdict.spread && <SpreadBars spread={verdict.spread} />}
        </div>
      );
    case 'failed':
      return (
        <div class="verdict">
          <dl>
            <Row name={words.expected}>{rich(say(verdict.expected))}</Row>
            <Row name={words.sawActual}>{rich(say(verdict.actual))}</Row>
            <Row name={words.tryNext} strong>
              {rich(helpOf(verdict, lang))}
            </Row>
          </dl>
          {verdict.said && (
            <figure class="log">
              <figcaption>{words.log(verdict.said.service)}</figcaption>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
              <pre tabIndex={0}>{verdict.said.lines.join('\n')}</pre>
            </figure>
          )}
          {verdict.spread && <SpreadBars spread={verdict.spread} />}
        </div>
      );
    case 'errored':
      return (
        <div class="verdict">
          <p>{rich(say(verdict.reason.text))}</p>
          <p>{rich(say(verdict.reason.hint))}</p>
        </div>
      );
    case 'skipped':
      return (
        <div class="verdict">
          <p>{rich(say(verdict.because))}</p>
        </div>
      );
  }
}

interface RowProps {
  readonly name: string;
  readonly strong?: boolean;
  readonly children: ComponentChildren;
}

const Row = ({ name, strong = false, children }: RowProps) => (
  <>
    <dt>{name}</dt>
    <dd class={strong ? 'try-next' : undefined}>{children}</dd>
  </>
);
