import { useLanguage, usePage } from '../state/use-page.ts';

/** The one region that a screen reader reads when it changes. */
export function LiveRegion() {
  const { say, words } = useLanguage();
  const announcements = usePage((state) => state.announcements);
  return (
    <div class="hidden" role="log" aria-live="polite" aria-label={words.announcements}>
      {announcements.map(({ id, text }) => (
        <p key={id}>{say(text)}</p>
      ))}
    </div>
  );
}
