import { useEffect, useRef } from 'preact/hooks';
import { useConnected, useLanguage, usePage, useSession } from '../state/use-page.ts';
import { markOf, type StepMark } from './steps.ts';

export const stepIcons: Readonly<Record<StepMark, string>> = {
  passed: '✓',
  current: '●',
  open: '○',
  failed: '✗',
  errored: '!',
  skipped: '–',
};

/** The steps by lab, as a line: where the learner is, and what has passed. A step leads to the question whether to go there. */
export function StepNav() {
  const { press } = useSession();
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const learn = usePage((state) => state.learn);
  const run = usePage((state) => state.run);
  const works = useConnected();
  const at = learn?.at ?? run?.at;
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    if (at !== undefined) list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [at]);
  if (!content || content.mode === 'break') return null;
  return (
    <nav class="step-nav" aria-label={words.steps} ref={list}>
      <ol>
        {content.labs.map((lab) => (
          <li key={lab.id}>
            <span class="lab-name clip" title={say(lab.title)}>
              {say(lab.title)}
            </span>
            <ol>
              {lab.steps.map(({ key, title }) => {
                const mark = markOf(key, learn, run);
                const text = `${say(title)}${words.colon}${words.stepStates[mark]}`;
                const parts = (
                  <>
                    <span class="step-icon" aria-hidden="true">
                      {stepIcons[mark]}
                    </span>
                    <span class="hidden">{text}</span>
                  </>
                );
                return (
                  <li key={key}>
                    {content.mode === 'learn' ? (
                      <button
                        type="button"
                        class={`step-mark ${mark}`}
                        title={text}
                        aria-current={key === at ? 'step' : undefined}
                        aria-disabled={!works}
                        onClick={() => works && key !== at && press({ kind: 'go-to', key })}
                      >
                        {parts}
                      </button>
                    ) : (
                      <span class={`step-mark ${mark}`} title={text} aria-current={key === at ? 'step' : undefined}>
                        {parts}
                      </span>
                    )}
                  </li>
                );
              })}
            </ol>
          </li>
        ))}
      </ol>
    </nav>
  );
}
