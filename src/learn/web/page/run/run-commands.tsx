import { useEffect, useRef } from 'preact/hooks';
import { useLanguage, usePage } from '../state/use-page.ts';
import { stillRuns } from './still-runs.ts';

/** The commands of the step that runs, with the last lines that they printed. */
export function RunCommands() {
  const { words } = useLanguage();
  const run = usePage((state) => state.run);
  const commands = run?.commands;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (commands) end.current?.scrollTo(0, end.current.scrollHeight);
  }, [commands]);
  return (
    <section class="panel terminal" id="terminal" data-region="terminal" tabIndex={-1} aria-labelledby="terminal-title">
      <header class="panel-head">
        <h2 id="terminal-title">{words.commands}</h2>
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div class="run-commands" ref={end} role="group" aria-label={words.commands} tabIndex={0}>
        {!run || !commands || commands.length === 0 ? (
          <p class="quiet">{words.noCommandsYet}</p>
        ) : (
          commands.map(({ line, output, exitCode }, at) => (
            <div key={at} class="run-command">
              <p>
                <span class="prompt" aria-hidden="true">
                  ${' '}
                </span>
                <code>{line}</code>
              </p>
              {output.length > 0 && <pre>{output.join('\n')}</pre>}
              {exitCode === undefined ? (
                <p class="quiet">{stillRuns(run) ? words.stillRuns : words.endedEarly}</p>
              ) : (
                exitCode !== 0 && (
                  <p class="bad">
                    <span aria-hidden="true">✗ </span>
                    {words.exitCode(exitCode)}
                  </p>
                )
              )}
            </div>
          ))
        )}
      </div>
    </section>
  );
}
