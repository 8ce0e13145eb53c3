import { useCallback } from 'preact/hooks';
import { usePage, useSession } from '../state/use-page.ts';
import { textOf } from '../words/words.ts';

const pauseMs = 30;
const coolDownMs = 2000;
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** On a small screen the part with the button is not shown any more: the focus goes to the terminal, but not to its field, which would open a keyboard. */
function keepFocus(): void {
  const { activeElement: button } = document;
  requestAnimationFrame(() => {
    if (button && !button.checkVisibility()) document.getElementById('terminal')?.focus();
  });
}

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
      keepFocus();
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      if (await typist.type(line, { pauseMs: still ? 0 : pauseMs, wait }))
        store.dispatch({ kind: 'say', value: textOf((words) => words.typed(line)) });
      await wait(coolDownMs);
      store.dispatch({ kind: 'typing', value: false });
    },
    [store, typist],
  );
  return { available, busy, run };
}
