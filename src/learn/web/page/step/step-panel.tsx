import { useEffect, useRef } from 'preact/hooks';
import { CheckList } from '../checks/check-list.tsx';
import { useLanguage, usePage } from '../state/use-page.ts';
import { actionLine } from '../words/words.ts';
import { Blocks } from './blocks.tsx';
import { FileView } from './file-view.tsx';
import { findStep } from './find-step.ts';
import { Finished } from './finished.tsx';
import { showFromStart } from './from-start.ts';
import { Help } from './help.tsx';
import { KeyBar } from './key-bar.tsx';
import { NextStep, Passed } from './passed.tsx';
import { rich } from './rich.tsx';
import { StatusLine } from './status-line.tsx';

/** The step: what to do, why, what to read, hints, and its checks. */
export function StepPanel() {
  const { lang, words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const learn = usePage((state) => state.learn);
  const scroller = useRef<HTMLDivElement>(null);
  const at = learn?.at;
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef<string | undefined>(undefined);
  const ended = learn?.phase === 'passed' || learn?.phase === 'finished';
  useEffect(() => {
    const begins = before.current === undefined;
    before.current = at;
    if (at === undefined) return;
    showFromStart(scroller.current);
    // the button that had the focus, such as Next step, does not exist any more
    if (!begins && document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [at, ended]);
  const found = content && learn && findStep(content, learn.at);
  if (!found) return <section class="panel step" id="step" data-region="step" tabIndex={-1} aria-label={words.step} />;
  const { lab, step } = found;
  return (
    <section
      class={ended ? 'panel step ended' : 'panel step'}
      id="step"
      data-region="step"
      tabIndex={-1}
      aria-labelledby="step-title"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div class="step-scroll" ref={scroller} role="group" aria-labelledby="step-title" tabIndex={0}>
        <p class="eyebrow">
          {say(lab.title)} · <code>{step.key}</code>
        </p>
        <h1 id="step-title" tabIndex={-1} ref={title}>
          {say(step.title)}
        </h1>
        {learn.phase === 'passed' && <Passed />}
        {learn.phase === 'finished' && <Finished />}
        <div class="task">
          <h2>{words.task}</h2>
          <p>{rich(say(step.task))}</p>
        </div>
        <div class="teach">
          <Blocks blocks={step.teach[lang]} />
        </div>
        {step.files.map((file) => (
          <FileView key={file.path} file={file} />
        ))}
        <Help step={step} />
      </div>
      <div class="step-foot">
        <StatusLine />
        <CheckList />
        <p class="last quiet clip" title={learn.lastAction ? actionLine(learn.lastAction, words) : ''}>
          {words.last}
          {words.colon}
          {learn.lastAction ? actionLine(learn.lastAction, words) : words.nothingYet}
        </p>
        {learn.phase === 'passed' && <NextStep />}
        {!ended && <KeyBar />}
      </div>
    </section>
  );
}
