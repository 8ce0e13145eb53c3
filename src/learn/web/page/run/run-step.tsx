import { useEffect, useRef } from 'preact/hooks';
import type { RunCheck } from '../../protocol.ts';
import { VerdictDetails } from '../checks/verdict-details.tsx';
import { Key } from '../layout/key.tsx';
import { useConnected, useLanguage, usePage, useSession } from '../state/use-page.ts';
import { Blocks } from '../step/blocks.tsx';
import { findStep, stepsOf } from '../step/find-step.ts';
import { showFromStart } from '../step/from-start.ts';
import { rich } from '../step/rich.tsx';

/** The step that labwright performs, for people who watch. */
export function RunStep() {
  const { lang, words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const run = usePage((state) => state.run);
  const at = run?.at;
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (at !== undefined) showFromStart(scroller.current);
  }, [at]);
  const found = content && at !== undefined ? findStep(content, at) : undefined;
  const passed = at !== undefined && run?.outcomes[at] === 'passed';
  return (
    <section class="panel step run" id="step" data-region="step" tabIndex={-1} aria-labelledby="step-title">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div class="step-scroll" ref={scroller} role="group" aria-labelledby="step-title" tabIndex={0}>
        {found ? (
          <>
            <p class="eyebrow">
              {say(found.lab.title)} · <code>{found.step.key}</code>
            </p>
            <h1 id="step-title">{say(found.step.title)}</h1>
            <div class="task">
              <h2>{words.task}</h2>
              <p>{rich(say(found.step.task))}</p>
            </div>
            <div class="teach">
              <Blocks blocks={found.step.teach[lang]} />
            </div>
            {passed && found.step.recap && (
              <div class="pass-note">
                <h2>{words.happened}</h2>
                <p>{rich(say(found.step.recap))}</p>
              </div>
            )}
          </>
        ) : (
          <h1 id="step-title">{content ? say(content.title) : words.connecting}</h1>
        )}
      </div>
      <div class="step-foot">
        <RunChecks />
        <RunTools />
      </div>
    </section>
  );
}

function RunTools() {
  const { press } = useSession();
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const run = usePage((state) => state.run);
  const shortcuts = usePage((state) => state.settings.shortcuts);
  const works = useConnected();
  if (!run || !content) return null;
  const outcomes = Object.values(run.outcomes);
  const passed = outcomes.filter((outcome) => outcome === 'passed').length;
  const ends = run.phase === 'removing' || run.phase === 'finished';
  const waits = run.phase === 'paused';
  const busy = !waits && run.phase !== 'finished';
  const next = waits ? stepsOf(content).find(({ key }) => run.outcomes[key] === undefined) : undefined;
  return (
    <div class="run-tools">
      {run.note && <p class="run-note">{rich(say(run.note))}</p>}
      <p class="run-phase">
        {busy && <span class="spinner" aria-hidden="true" />}
        <strong>{run.phase === 'running' && run.pause ? words.runsToPause : words.runPhases[run.phase]}</strong>
        {next && (
          <span>
            {words.next}
            {words.colon}
            {say(next.title)}
          </span>
        )}
        {run.phase === 'finished' && <span>{words.runResult(passed, stepsOf(content).length)}</span>}
      </p>
      {!ends && (
        <button
          type="button"
          class={waits ? 'primary large' : 'large'}
          aria-keyshortcuts={shortcuts ? 'p' : undefined}
          aria-disabled={!works}
          // after the first click of a double click the button can mean the opposite
          onClick={({ detail }) => works && detail < 2 && press({ kind: run.pause ? 'continue' : 'pause' })}
        >
          <span aria-hidden="true">{run.pause ? '▸ ' : '❚❚ '}</span>
          {waits ? words.keys.continue : run.pause ? words.keys.noPause : words.keys.pause}
          {shortcuts && <Key>p</Key>}
        </button>
      )}
    </div>
  );
}

const marks = { passed: '✓', failed: '✗', errored: '!', skipped: '·' } as const;

function RunChecks() {
  const { words } = useLanguage();
  const checks = usePage((state) => state.run?.checks ?? none);
  if (checks.length === 0) return null;
  const passed = checks.filter(({ verdict }) => verdict?.outcome === 'passed').length;
  return (
    <section class="checks" aria-labelledby="checks-title">
      <header>
        <h2 id="checks-title">{words.checks}</h2>
        <p class="quiet">{words.checksTrue(passed, checks.length)}</p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <ul tabIndex={0} aria-labelledby="checks-title">
        {checks.map((check) => (
          <Row key={check.id} check={check} />
        ))}
      </ul>
    </section>
  );
}

const none: readonly RunCheck[] = [];

function Row({ check: { claim, verdict } }: { readonly check: RunCheck }) {
  const { words, say } = useLanguage();
  const mark = verdict
    ? ({ passed: 'passed', failed: 'lost', errored: 'lost', skipped: 'unseen' } as const)[verdict.outcome]
    : 'waiting';
  const text = verdict ? { ...words.marks, lost: words.marks.failed }[mark] : words.notJudged;
  const head = (
    <>
      <span class="mark" aria-hidden="true">
        {verdict ? marks[verdict.outcome] : '○'}
      </span>
      <span class="claim">
        <span class="hidden">{text}: </span>
        {say(claim)}
      </span>
    </>
  );
  return (
    <li class={`check ${mark}`}>
      {verdict ? (
        <details open={verdict.outcome === 'failed' || verdict.outcome === 'errored'}>
          <summary>{head}</summary>
          <VerdictDetails verdict={verdict} />
        </details>
      ) : (
        <div class="summary">{head}</div>
      )}
    </li>
  );
}
