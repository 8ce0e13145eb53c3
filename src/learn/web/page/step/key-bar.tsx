import type { Press } from '../../protocol.ts';
import { Key } from '../layout/key.tsx';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';

type LearnKey = Extract<Press, { kind: 'key' }>['key'];
const keys = [
  ['hint', 'h'],
  ['solution', 's'],
  ['perform', 'd'],
  ['check', 'c'],
  ['reset', 'r'],
] as const satisfies readonly (readonly [LearnKey, string])[];

/** The keys of live mode as buttons. */
export function KeyBar() {
  const { press } = useSession();
  const { words } = useLanguage();
  const works = usePage((state) => state.learn?.phase === 'working' && state.connection === 'open');
  const shortcuts = usePage((state) => state.settings.shortcuts);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div class="key-bar" role="group" aria-label={words.actions}>
      {keys.map(([name, key]) => (
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
