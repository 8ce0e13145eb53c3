import { useEffect, useRef } from 'preact/hooks';
import type { StepContent } from '../../protocol.ts';
import { useLanguage, usePage } from '../state/use-page.ts';
import { Blocks } from './blocks.tsx';
import { Commands } from './code-block.tsx';

/** The hints that were asked for, and the solution. */
export function Help({ step }: { readonly step: StepContent }) {
  const { lang, words } = useLanguage();
  const shown = usePage((state) => state.learn?.hints ?? 0);
  const solutionShown = usePage((state) => state.learn?.solutionShown === true);
  const hints = step.hints[lang];
  const last = useNewInView(shown + (solutionShown ? 1 : 0));
  return (
    <>
      {hints.slice(0, shown).map((hint, at) =>
        // the last hint is the solution
        at === hints.length - 1 && solutionShown ? null : (
          <aside key={at} ref={at === shown - 1 && !solutionShown ? last : null} class="hint" aria-labelledby={`hint-${at}`}>
            <h2 id={`hint-${at}`}>{words.hint(at + 1, hints.length)}</h2>
            <Blocks blocks={hint} />
          </aside>
        ),
      )}
      {solutionShown && (
        <aside ref={last} class="hint solution" aria-labelledby="solution">
          <h2 id="solution">{words.solution}</h2>
          {step.commands.length > 0 ? <Commands lines={step.commands} /> : <Blocks blocks={hints.at(-1) ?? []} />}
        </aside>
      )}
    </>
  );
}

/** Scrolls to what was asked for last. */
function useNewInView(count: number) {
  const last = useRef<HTMLElement>(null);
  const before = useRef(count);
  useEffect(() => {
    if (count > before.current) last.current?.scrollIntoView({ block: 'nearest' });
    before.current = count;
  }, [count]);
  return last;
}
