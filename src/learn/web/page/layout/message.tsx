import { useEffect } from 'preact/hooks';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';

const shownMs = 6000;

/** What the page answered last. The live region says it too. */
export function Message() {
  const { store } = useSession();
  const { say } = useLanguage();
  const message = usePage((state) => state.message);
  const id = message?.id;
  useEffect(() => {
    if (id === undefined) return;
    const timer = setTimeout(() => store.dispatch({ kind: 'message-over', id }), shownMs);
    return () => clearTimeout(timer);
  }, [store, id]);
  return message ? (
    <p class="message" aria-hidden="true">
      {say(message.text)}
    </p>
  ) : null;
}
