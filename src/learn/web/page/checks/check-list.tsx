import type { CheckState } from '../../../state.ts';
import { useLanguage, usePage } from '../state/use-page.ts';
import { actionLine } from '../words/words.ts';
import { opensByItself } from './details.ts';
import { VerdictDetails } from './verdict-details.tsx';

const marks = { waiting: '○', passed: '✓', lost: '✗', unseen: '·' } as const;

/** The checks of the current step. */
export function CheckList() {
  const { words } = useLanguage();
  const checks = usePage((state) => state.learn?.checks);
  if (!checks) return null;
  const passed = checks.filter(({ mark }) => mark === 'passed').length;
  return (
    <section class="checks" aria-labelledby="checks-title">
      <header>
        <h2 id="checks-title">{words.checks}</h2>
        <p class="quiet">{words.checksTrue(passed, checks.length)}</p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <ul tabIndex={0} aria-labelledby="checks-title">
        {checks.map((check) => (
          <CheckRow key={check.id} check={check} />
        ))}
      </ul>
    </section>
  );
}

function CheckRow({ check }: { readonly check: CheckState }) {
  const { words, say } = useLanguage();
  const opens = usePage((state) =>
    opensByItself(check, {
      ...(state.first ? { first: state.first } : {}),
      asked: state.asked,
      checks: state.learn?.checks ?? [],
    }),
  );
  const { mark, claim, verdict, cause } = check;
  const head = (
    <>
      <span class="mark" aria-hidden="true">
        {marks[mark]}
      </span>
      <span class="claim">
        <span class="hidden">{words.marks[mark]}: </span>
        {say(claim)}
        {mark === 'lost' && cause && <span class="cause">{words.caused(actionLine(cause, words))}</span>}
      </span>
    </>
  );
  return (
    <li class={`check ${mark}`}>
      {verdict ? (
        <details open={opens}>
          <summary>{head}</summary>
          <VerdictDetails verdict={verdict} />
        </details>
      ) : (
        <div class="summary">{head}</div>
      )}
    </li>
  );
}
