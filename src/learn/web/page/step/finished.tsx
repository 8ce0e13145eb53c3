import { useLanguage, usePage, useSession } from '../state/use-page.ts';
import { stepsOf } from './find-step.ts';
import { Evidence } from './passed.tsx';
import { rich } from './rich.tsx';

/** The end of a folder: what was learned, and the receipt. */
export function Finished() {
  const { store } = useSession();
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const progress = usePage((state) => state.learn?.progress);
  if (!content || !progress) return null;
  const steps = stepsOf(content);
  const passed = steps.filter(({ key }) => progress[key]).length;
  const learned = content.labs.flatMap(({ id, learned }) => (learned ? [{ id, learned }] : []));
  return (
    <section class="pass-note" aria-labelledby="passed-title">
      <h2 id="passed-title">
        <span aria-hidden="true">✓ </span>
        {content.mode === 'break' ? words.repaired : words.finished(passed, steps.length)}
      </h2>
      <Evidence />
      {learned.length > 0 && (
        <>
          <h3>{words.learned}</h3>
          <ul class="learned">
            {learned.map(({ id, learned }) => (
              <li key={id}>{rich(say(learned))}</li>
            ))}
          </ul>
        </>
      )}
      {content.mode === 'learn' && (
        <p class="next">
          <button type="button" class="primary large" onClick={() => store.dispatch({ kind: 'dialog', value: 'receipt' })}>
            {words.receipt}
          </button>
          <a href="receipt.json" download="receipt.json">
            {words.download}
          </a>
        </p>
      )}
    </section>
  );
}
