import { useEffect } from 'preact/hooks';
import { useSession } from '../state/use-page.ts';
import { actionOf } from './keys.ts';
import { moveRegion } from './regions.ts';

/** The keys of the page, while the focus is not where text is typed. */
export function useKeys(): void {
  const { store, press } = useSession();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { content, run, learn, settings, connection, class: joined } = store.get();
      if (!content || event.repeat || event.defaultPrevented || event.isComposing) return;
      const focus = document.activeElement;
      const action = actionOf(event, {
        mode: content.mode,
        typing: focus?.matches('input, textarea, select') === true || document.querySelector('dialog[open]') !== null,
        onControl: focus?.matches('a, button, summary, [role=separator]') === true,
        shortcuts: settings.shortcuts,
        asks: joined && joined.phase !== 'ended' && joined.phase !== 'refused' ? joined.help : undefined,
        pause: run?.pause === true,
        waits: run?.phase === 'paused',
      });
      if (!action) return;
      event.preventDefault();
      if (action.kind === 'dialog') store.dispatch({ kind: 'dialog', value: action.dialog });
      else if (action.kind === 'full-screen') toggleFullScreen();
      else if (action.kind !== 'press')
        moveRegion(action.kind === 'region-back', (tab) => store.dispatch({ kind: 'tab', value: tab }));
      // at the end, enter would end the program: that is the terminal screen's way, and a page is closed
      else if (connection === 'open' && !(learn?.phase === 'finished' && isEnter(action.press))) press(action.press);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [store, press]);
}

const isEnter = (press: { readonly kind: string; readonly key?: string }): boolean =>
  press.kind === 'key' && press.key === 'enter';

export function toggleFullScreen(): void {
  // a browser that refuses stays as it is
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  change.catch(() => undefined);
}
