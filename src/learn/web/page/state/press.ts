import { text } from '../../../../lab/text.ts';
import type { Press } from '../../protocol.ts';
import type { PageEvent, PageState } from './page-state.ts';
import type { Store } from './store.ts';

const notSent = text('The server did not accept this. Try again.', '伺服器沒有接受這個操作，請再試一次。');

/** Tells the server what was pressed; its answer is the next state. */
export async function sendPress(store: Store<PageState, PageEvent>, press: Press): Promise<void> {
  if (press.kind === 'key' && press.key === 'check') store.dispatch({ kind: 'asked' });
  try {
    const headers = { 'content-type': 'application/json' };
    const { ok } = await fetch('press', { method: 'POST', headers, body: JSON.stringify(press) });
    if (!ok) store.dispatch({ kind: 'say', value: notSent });
  } catch {
    store.dispatch({ kind: 'say', value: notSent });
  }
}
