import { useLanguage, usePage } from '../state/use-page.ts';
import { rich } from '../step/rich.tsx';

/** Says that the page is not connected, and what to do. */
export function ConnectionNotice() {
  const { words, say } = useLanguage();
  const connection = usePage((state) => state.connection);
  const bye = usePage((state) => state.bye);
  const mode = usePage((state) => state.content?.mode);
  if (connection === 'open') return null;
  if (connection === 'connecting')
    return (
      <section class="notice" aria-label={words.connection}>
        <span class="spinner" aria-hidden="true" />
        <p>{words.connecting}</p>
      </section>
    );
  // another run has an address of its own
  const runs = mode === 'run';
  const command = <code>lab {mode ?? 'learn'} --web</code>;
  if (connection === 'lost')
    return (
      <section class="notice warn" aria-label={words.connection}>
        <span class="spinner" aria-hidden="true" />
        <p>
          <strong>{words.lost}</strong> {runs ? words.runLostHint : words.lostHint} {command}
        </p>
      </section>
    );
  return (
    <section class="notice warn" aria-label={words.connection}>
      <p>
        <strong>{bye ? rich(say(bye)) : words.ended}</strong>
        <br />
        {runs ? words.runAgain : words.startAgain} {command}
      </p>
    </section>
  );
}
