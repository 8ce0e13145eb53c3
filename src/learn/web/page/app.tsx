import { useLayoutEffect } from 'preact/hooks';
import { LiveRegion } from './announce/live-region.tsx';
import { Dialogs } from './bar/dialogs.tsx';
import { TopBar } from './bar/top-bar.tsx';
import { ClassLine } from './layout/class-line.tsx';
import { ConnectionNotice } from './layout/connection-notice.tsx';
import { Message } from './layout/message.tsx';
import { goToRegion } from './layout/regions.ts';
import { Separator } from './layout/separator.tsx';
import { Tabs } from './layout/tabs.tsx';
import { useDark } from './layout/use-dark.ts';
import { useKeys } from './layout/use-keys.ts';
import { RunCommands } from './run/run-commands.tsx';
import { RunStep } from './run/run-step.tsx';
import { StackPanel } from './stack/stack-panel.tsx';
import { sizes } from './state/settings.ts';
import { useLanguage, usePage, useSession } from './state/use-page.ts';
import { StepPanel } from './step/step-panel.tsx';
import { TerminalPanel } from './terminal/terminal-panel.tsx';

export function App() {
  useKeys();
  useDocument();
  const { store } = useSession();
  const { words } = useLanguage();
  const mode = usePage((state) => state.content?.mode);
  const tab = usePage((state) => state.tab);
  const { left, top } = usePage((state) => state.settings);
  const runs = mode === 'run';
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a part of the page, which a small screen has to show first */}
      <a class="skip" href="#step" onClick={() => goToRegion('step', (value) => store.dispatch({ kind: 'tab', value }))}>
        {words.skip}
      </a>
      <TopBar />
      <ConnectionNotice />
      <ClassLine />
      {mode && (
        <>
          <main class={`body show-${tab}`} style={{ '--left': `${left}fr`, '--right': `${100 - left}fr` }}>
            {/* a small screen does not show the step's heading beside another part */}
            {tab !== 'step' && <h1 class="hidden other-tab">{runs && tab === 'terminal' ? words.commands : words[tab]}</h1>}
            {runs ? <RunStep /> : <StepPanel />}
            <Separator setting="left" label={words.widthOf} controls="step" />
            <div class="right" style={{ '--top': `${top}fr`, '--bottom': `${100 - top}fr` }}>
              <StackPanel />
              <Separator setting="top" label={words.heightOf} controls="stack" />
              {runs ? <RunCommands /> : <TerminalPanel />}
            </div>
          </main>
          <Tabs />
        </>
      )}
      <Dialogs />
      <LiveRegion />
      <Message />
      <span id="type-size" class="type-size" aria-hidden="true" />
    </>
  );
}

/** Language, title, colours and text size are properties of the whole document: set before the page is drawn, not a moment after. */
function useDocument(): void {
  const { lang, say } = useLanguage();
  const title = usePage((state) => state.content?.title);
  const size = usePage((state) => state.settings.size);
  const dark = useDark();
  useLayoutEffect(() => {
    const { documentElement: root } = document;
    root.lang = lang;
    root.dataset['theme'] = dark ? 'dark' : 'light';
    root.style.setProperty('--scale', String(sizes[size] ?? 1));
    document.title = title ? `${say(title)} · labwright` : 'labwright';
  }, [lang, title, size, dark]);
}
