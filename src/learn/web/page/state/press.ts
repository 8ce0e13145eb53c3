import type { Press } from '../../protocol.ts';
import { textOf } from '../words/words.ts';
import type { PageEvent, PageState } from './page-state.ts';
import type { Store } from './store.ts';

const answerMs = 10_000;

/** Sends the server what was pressed; its answer is the next state. */
export async function sendPress(store: Store<PageState, PageEvent>, press: Press): Promise<void> {
  if (press.kind === 'key' && press.key === 'check') store.dispatch({ kind: 'asked' });
  const refused = () => store.dispatch({ kind: 'say', value: textOf((words) => words.notSent), show: true });
  try {
    const headers = { 'content-type': 'application/json' };
    // a browser has six connections to one server for all tabs, and each tab needs one for its events
    const signal = AbortSignal.timeout(answerMs);
    const { ok } = await fetch('press', { method: 'POST', headers, body: JSON.stringify(press), signal });
    if (!ok) refused();
  } catch {
    refused();
  }
}
