import type { ComponentChildren } from 'preact';
import { useLanguage, usePage } from '../state/use-page.ts';
import { rich } from './rich.tsx';

/** What labwright does now, why nothing can pass, or its answer to a key. */
export function StatusLine() {
  const { words, say } = useLanguage();
  const learn = usePage((state) => state.learn);
  if (!learn) return null;
  const { phase, checks, evident, note, running, fileFault } = learn;
  const allTrue = phase === 'working' && checks.length > 0 && checks.every(({ mark }) => mark === 'passed');
  return (
    <>
      {phase === 'beginning' && <Status busy>{words.beginning}</Status>}
      {phase === 'restoring' && <Status busy>{words.restoring}</Status>}
      {phase === 'performing' && <Status busy>{words.performing}</Status>}
      {phase === 'lost' && <Status tone="bad">{words.engineLost}</Status>}
      {running && (phase === 'performing' || phase === 'restoring') && (
        <div class="running">
          <code>{running.line}</code>
          <p class="quiet clip">{running.output}</p>
        </div>
      )}
      {fileFault && phase === 'working' && (
        <Status tone="bad">
          <strong>{words.fault}</strong>
          <br />
          {say(fileFault.seen)}
          {fileFault.tryNext && (
            <>
              <br />
              {words.tryNext}
              {words.colon}
              {say(fileFault.tryNext)}
            </>
          )}
        </Status>
      )}
      {allTrue && <Status busy={evident}>{evident ? words.allTrue : words.alreadyTrue}</Status>}
      {note && <Status>{rich(say(note))}</Status>}
    </>
  );
}

interface StatusProps {
  readonly tone?: 'bad';
  readonly busy?: boolean;
  readonly children: ComponentChildren;
}

const Status = ({ tone, busy, children }: StatusProps) => (
  <div class={`status${tone ? ` ${tone}` : ''}`}>
    {tone === 'bad' ? (
      <span class="status-icon" aria-hidden="true">
        ✗
      </span>
    ) : (
      busy && <span class="spinner" aria-hidden="true" />
    )}
    <p>{children}</p>
  </div>
);
