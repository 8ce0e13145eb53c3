import type { Tab } from '../state/page-state.ts';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';

const tabs: readonly Tab[] = ['step', 'stack', 'terminal'];

/** Where the screen is small: which part is shown. */
export function Tabs() {
  const { store } = useSession();
  const { words } = useLanguage();
  const tab = usePage((state) => state.tab);
  const runs = usePage((state) => state.content?.mode === 'run');
  return (
    <nav class="tabs" aria-label={words.parts}>
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          aria-current={one === tab ? 'true' : undefined}
          onClick={() => store.dispatch({ kind: 'tab', value: one })}
        >
          {one === 'terminal' && runs ? words.commands : words[one]}
        </button>
      ))}
    </nav>
  );
}
