import { render } from 'preact';
import { App } from './app.tsx';
import { createRequestFeed } from './stack/request-feed.ts';
import { listen } from './state/events.ts';
import { newPage, reduce } from './state/page-state.ts';
import { sendPress } from './state/press.ts';
import { parseSettings } from './state/settings.ts';
import { createStore } from './state/store.ts';
import { SessionContext } from './state/use-page.ts';
import { allowTerminalStyles } from './terminal/strict-styles.ts';
import { createTypist } from './terminal/typist.ts';

allowTerminalStyles(document);

const kept = 'labwright';
const store = createStore(newPage(parseSettings(localStorage.getItem(kept))), reduce);
const requests = createRequestFeed();
let saved = store.get().settings;
store.subscribe(() => {
  const { settings } = store.get();
  if (settings === saved) return;
  saved = settings;
  localStorage.setItem(kept, JSON.stringify(settings));
});

const session = {
  store,
  requests,
  typist: createTypist(),
  press: (press: Parameters<typeof sendPress>[1]) => void sendPress(store, press),
};
listen(store, requests);
const root = document.getElementById('page');
if (root)
  render(
    <SessionContext.Provider value={session}>
      <App />
    </SessionContext.Provider>,
    root,
  );
