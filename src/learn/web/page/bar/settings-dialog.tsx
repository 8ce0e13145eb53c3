import { langs } from '../../../../lab/text.ts';
import type { Settings } from '../state/settings.ts';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';
import { Modal } from './modal.tsx';

const names = { en: 'English', 'zh-TW': '繁體中文' } as const;
const themes = ['system', 'light', 'dark'] as const;

/** Language, colours, size of type, and how the keyboard and a screen reader are served. */
export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { store } = useSession();
  const { lang, words } = useLanguage();
  const settings = usePage((state) => state.settings);
  const hasTerminal = usePage((state) => state.content?.terminal.kind === 'page' && state.content.mode !== 'run');
  const set = (value: Partial<Settings>) => store.dispatch({ kind: 'set', value });
  return (
    <Modal title={words.settings} onClose={onClose}>
      <div class="settings">
        <Choice
          name="lang"
          label={words.language}
          now={lang}
          choices={langs.map((one) => [one, names[one]])}
          onChoose={(one) => set({ lang: one })}
        />
        <Choice
          name="theme"
          label={words.theme}
          now={settings.theme}
          choices={themes.map((one) => [one, words.themes[one]])}
          onChoose={(theme) => set({ theme })}
        />
        <Choice
          name="size"
          label={words.size}
          now={settings.size}
          choices={words.sizes.map((one, at) => [at, one])}
          onChoose={(size) => set({ size })}
        />
        <label class="tick">
          <input
            type="checkbox"
            checked={settings.shortcuts}
            onChange={(event) => set({ shortcuts: event.currentTarget.checked })}
          />
          {words.shortcuts}
        </label>
        {hasTerminal && (
          <label class="tick">
            <input
              type="checkbox"
              checked={settings.screenReader}
              onChange={(event) => set({ screenReader: event.currentTarget.checked })}
            />
            {words.screenReader}
          </label>
        )}
      </div>
    </Modal>
  );
}

interface ChoiceProps<T extends string | number> {
  readonly name: string;
  readonly label: string;
  readonly now: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}

function Choice<T extends string | number>({ name, label, now, choices, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{label}</legend>
      {choices.map(([value, text]) => (
        <label key={value} class="choice">
          <input type="radio" name={name} checked={value === now} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
