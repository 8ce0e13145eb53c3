import { useCallback } from 'preact/hooks';
import { type Lang, text } from '../../../../lab/text.ts';
import { usePage, useSession } from '../state/use-page.ts';
import { wordsOf } from '../words/words.ts';

const pauseMs = 30;
const coolDownMs = 2000;
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Types a command into the terminal. `available`: the page has a terminal; `busy`: it is not open, or another command was typed a moment ago. */
export function useRun(): { readonly available: boolean; readonly busy: boolean; run(line: string): void } {
  const { store, typist } = useSession();
  const available = usePage((state) => state.content?.mode !== 'run' && state.content?.terminal.kind === 'page');
  const busy = usePage((state) => state.typing || state.terminal !== 'open');
  const run = useCallback(
    async (line: string) => {
      const state = store.get();
      if (state.typing || state.terminal !== 'open') return;
      store.dispatch({ kind: 'typing', value: true });
      store.dispatch({ kind: 'tab', value: 'terminal' });
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      if (await typist.type(line, { pauseMs: still ? 0 : pauseMs, wait })) {
        const said = (lang: Lang) => wordsOf(lang).typed(line);
        store.dispatch({ kind: 'say', value: text(said('en'), said('zh-TW')) });
      }
      await wait(coolDownMs);
      store.dispatch({ kind: 'typing', value: false });
    },
    [store, typist],
  );
  return { available, busy, run };
}
