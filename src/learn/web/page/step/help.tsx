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
  return (
    <>
      {hints.slice(0, shown).map((hint, at) =>
        // the last hint is the solution
        at === hints.length - 1 && solutionShown ? null : (
          <aside key={at} class="hint" aria-labelledby={`hint-${at}`}>
            <h2 id={`hint-${at}`}>{words.hint(at + 1, hints.length)}</h2>
            <Blocks blocks={hint} />
          </aside>
        ),
      )}
      {solutionShown && (
        <aside class="hint solution" aria-labelledby="solution">
          <h2 id="solution">{words.solution}</h2>
          {step.commands.length > 0 ? <Commands lines={step.commands} /> : <Blocks blocks={hints.at(-1) ?? []} />}
        </aside>
      )}
    </>
  );
}
