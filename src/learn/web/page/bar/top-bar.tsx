import { useEffect, useState } from 'preact/hooks';
import { toggleFullScreen } from '../layout/use-keys.ts';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';
import { StepNav } from './step-nav.tsx';
import { countOf } from './steps.ts';

export function TopBar() {
  const { store } = useSession();
  const { lang, words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const learn = usePage((state) => state.learn);
  const run = usePage((state) => state.run);
  const shortcuts = usePage((state) => state.settings.shortcuts);
  const full = useFullScreen();
  const open = (value: 'list' | 'help' | 'settings') => () => store.dispatch({ kind: 'dialog', value });
  const other = lang === 'en' ? 'zh-TW' : 'en';
  const count = content && countOf(content, learn, run);
  return (
    <header class="bar" data-region="bar" tabIndex={-1}>
      <div class="bar-title">
        <p class="brand">labwright</p>
        {content && <p class="bar-name">{say(content.title)}</p>}
      </div>
      {content && <StepNav />}
      <div class="bar-tools">
        {count && content.mode !== 'break' && (
          <p class="bar-count">
            <progress value={count.passed} max={count.steps} aria-label={words.steps} />
            <span>{words.count(count.passed, count.steps)}</span>
          </p>
        )}
        {content && content.mode === 'learn' && (
          <button type="button" class="plain list-button" onClick={open('list')}>
            {words.list}
          </button>
        )}
        <button type="button" class="plain" lang={other} onClick={() => store.dispatch({ kind: 'set', value: { lang: other } })}>
          {other === 'en' ? 'English' : '繁體中文'}
        </button>
        <button type="button" class="plain" onClick={open('settings')}>
          {words.settings}
        </button>
        <button type="button" class="plain" onClick={open('help')}>
          {words.help}
        </button>
        <button
          type="button"
          class="plain full-screen"
          title={full ? words.leaveFullScreen : words.fullScreen}
          aria-label={full ? words.leaveFullScreen : words.fullScreen}
          aria-keyshortcuts={shortcuts ? 'f' : undefined}
          onClick={toggleFullScreen}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d={full ? 'M6 2v4H2M10 2v4h4M6 14v-4H2M10 14v-4h4' : 'M2 6V2h4M14 6V2h-4M2 10v4h4M14 10v4h-4'} />
          </svg>
        </button>
      </div>
    </header>
  );
}

function useFullScreen(): boolean {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const change = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', change);
    return () => document.removeEventListener('fullscreenchange', change);
  }, []);
  return full;
}
