import { useEffect, useRef, useState } from 'preact/hooks';
import { useDark } from '../layout/use-dark.ts';
import { sizes } from '../state/settings.ts';
import { useLanguage, usePage, useSession } from '../state/use-page.ts';
import { openShell, type Shell } from './shell.ts';

export function TerminalPanel() {
  const { words } = useLanguage();
  const terminal = usePage((state) => state.content?.terminal);
  return (
    <section class="panel terminal" id="terminal" data-region="terminal" tabIndex={-1} aria-labelledby="terminal-title">
      <header class="panel-head">
        <h2 id="terminal-title">{words.terminal}</h2>
        {terminal?.kind === 'page' && <p class="quiet">{words.leave}</p>}
      </header>
      {terminal?.kind === 'own' ? <OwnTerminal /> : terminal && <PageTerminal />}
    </section>
  );
}

/** Why the page has no terminal, and what to do. */
function OwnTerminal() {
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  if (content?.terminal.kind !== 'own') return null;
  return (
    <div class="own-terminal">
      <h3>{words.ownTerminal}</h3>
      <p>{say(content.terminal.why)}</p>
      <p>{words.ownTerminalHow}</p>
      <p>
        {words.folder}
        {words.colon}
        <code>{content.folder}</code>
      </p>
    </div>
  );
}

function PageTerminal() {
  const { store, typist } = useSession();
  const { words } = useLanguage();
  const state = usePage((page) => page.terminal);
  const connection = usePage((page) => page.connection);
  const screenReader = usePage((page) => page.settings.screenReader);
  const scale = usePage((page) => sizes[page.settings.size] ?? 1);
  const dark = useDark();
  const element = useRef<HTMLDivElement>(null);
  const [shell, setShell] = useState<Shell>();
  const size = Math.round(13.5 * scale * wideFactor());

  useEffect(() => {
    const own = element.current;
    if (!own) return;
    const opened = openShell(own, { dark, screenReader, size }, (value) => {
      typist.use(value === 'open' ? (text) => opened.connection.send(text) : undefined);
      store.dispatch({ kind: 'terminal', value });
    });
    const observer = new ResizeObserver(() => opened.fit());
    observer.observe(own);
    setShell(opened);
    return () => {
      observer.disconnect();
      typist.use(undefined);
      opened.close();
    };
  }, [store, typist]);

  useEffect(() => {
    if (connection === 'ended') shell?.connection.close();
    else shell?.connection.retry(connection === 'open');
  }, [shell, connection]);
  useEffect(() => shell?.show({ dark, screenReader, size }), [shell, dark, screenReader, size]);
  useEffect(() => {
    shell?.terminal.textarea?.setAttribute('aria-label', words.terminalLabel);
    shell?.terminal.textarea?.setAttribute('aria-describedby', 'terminal-how');
  }, [shell, words]);

  return (
    <div class="terminal-body">
      <p class="hidden" id="terminal-how">
        {words.leaveLong}
      </p>
      <div class="xterm-place" ref={element} />
      {state !== 'open' && (
        <div class="terminal-state">
          <p>{words.terminalStates[state]}</p>
          {state === 'ended' && (
            <button
              type="button"
              onClick={() => {
                shell?.connection.open();
                // the button does not exist any more
                shell?.terminal.focus();
              }}
            >
              {words.newShell}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** The sheet has larger type on a very wide screen. */
const wideFactor = (): number => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--wide')) || 1;
