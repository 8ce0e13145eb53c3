import type { ComponentChildren } from 'preact';
import { SpreadBars } from '../checks/spread.tsx';
import { Key } from '../layout/key.tsx';
import { useConnected, useLanguage, usePage, useSession } from '../state/use-page.ts';
import { actionLine } from '../words/words.ts';
import { mostToSee } from './evidence.ts';
import { findStep, stepAfter } from './find-step.ts';
import { rich } from './rich.tsx';

/** A step that passed: what was done, what was seen, and what happened. */
export function Passed() {
  const { words } = useLanguage();
  return (
    <section class="pass-note" aria-labelledby="passed-title">
      <h2 id="passed-title">
        <span aria-hidden="true">✓ </span>
        {words.passed}
      </h2>
      <Evidence />
    </section>
  );
}

/** Goes to the next step. */
export function NextStep() {
  const { press } = useSession();
  const { words, say } = useLanguage();
  const next = usePage((state) => (state.content && state.learn ? stepAfter(state.content, state.learn.at) : undefined));
  const works = useConnected();
  const shortcuts = usePage((state) => state.settings.shortcuts);
  if (!next) return null;
  return (
    <p class="next">
      <button
        type="button"
        class="primary large"
        aria-disabled={!works}
        onClick={() => works && press({ kind: 'key', key: 'enter' })}
      >
        {words.keys.next}
        {shortcuts && <Key>↵</Key>}
      </button>
      <span>{say(next.title)}</span>
    </p>
  );
}

/** What was done and seen. */
export function Evidence() {
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const learn = usePage((state) => state.learn);
  const step = content && learn && findStep(content, learn.at)?.step;
  if (!step) return null;
  const shown = mostToSee(learn.checks);
  const seen = shown?.verdict?.outcome === 'passed' ? shown.verdict : undefined;
  return (
    <dl>
      {learn.performed ? (
        <Row name={words.performedFor}>
          <code>{step.commands.join('\n')}</code>
        </Row>
      ) : (
        learn.lastAction && <Row name={words.did}>{actionLine(learn.lastAction, words)}</Row>
      )}
      {shown && seen && (
        <Row name={words.saw}>
          {say(shown.claim)}
          {words.colon}
          {rich(say(seen.actual))}
          {seen.spread && <SpreadBars spread={seen.spread} />}
        </Row>
      )}
      {step.recap && <Row name={words.happened}>{rich(say(step.recap))}</Row>}
    </dl>
  );
}

const Row = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
