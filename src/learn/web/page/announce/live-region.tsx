import { useRef } from 'preact/hooks';
import { useLanguage, usePage } from '../state/use-page.ts';

/** The region that a screen reader reads when it changes. A dialog that is open has its own: the rest of the page is inert. */
export function LiveRegion() {
  const { say, words } = useLanguage();
  const announcements = usePage((state) => state.announcements);
  // what was there before it is read already, by the other one
  const before = useRef(announcements.at(-1)?.id ?? 0).current;
  return (
    <div class="hidden" role="log" aria-live="polite" aria-label={words.announcements}>
      {announcements.map(({ id, text }) => id > before && <p key={id}>{say(text)}</p>)}
    </div>
  );
}
