import { Key } from '../layout/key.tsx';
import { stepKeys } from '../layout/keys.ts';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';

/** What can be done in the step, as buttons. */
export function KeyBar() {
  const { press } = useSession();
  const { words } = useLanguage();
  const works = usePage((state) => state.learn?.phase === 'working' && state.connection === 'open');
  const mode = usePage((state) => state.content?.mode) ?? 'learn';
  const shortcuts = usePage((state) => state.settings.shortcuts);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div class="key-bar" role="group" aria-label={words.actions}>
      {stepKeys[mode].map(([name, key]) => (
        <button
          key={name}
          type="button"
          aria-disabled={!works}
          aria-keyshortcuts={shortcuts ? key : undefined}
          onClick={() => works && press({ kind: 'key', key: name })}
        >
          {words.keys[name]}
          {shortcuts && <Key>{key}</Key>}
        </button>
      ))}
    </div>
  );
}
