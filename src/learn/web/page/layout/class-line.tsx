import { useLanguage, usePage, useSession } from '../state/use-page.ts';
import { Key } from './key.tsx';

/** The class that the learner joined, and the button that asks it for help. */
export function ClassLine() {
  const { press } = useSession();
  const { words, lang } = useLanguage();
  const joined = usePage((state) => state.class);
  const isOpen = usePage((state) => state.connection === 'open');
  const shortcuts = usePage((state) => state.settings.shortcuts);
  if (!joined || !isOpen) return null;
  const { phase, nickname, help, why } = joined;
  return (
    <section class={`notice class-line ${help ? 'warn' : ''}`} aria-label={words.class}>
      <p>
        {words.classStates[phase](nickname, why?.[lang])} {help && <strong>{words.asksForHelp}</strong>}
      </p>
      {phase !== 'ended' && phase !== 'refused' && (
        <button type="button" aria-keyshortcuts={shortcuts ? 'a' : undefined} onClick={() => press({ kind: 'help', on: !help })}>
          {help ? words.noHelp : words.askForHelp}
          {shortcuts && <Key>a</Key>}
        </button>
      )}
    </section>
  );
}
