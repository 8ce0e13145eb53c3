import type { ServerEvents } from '../../protocol.ts';
import type { RequestFeed } from '../stack/request-feed.ts';
import type { PageEvent, PageState } from './page-state.ts';
import type { Store } from './store.ts';

const retryMs = 2000;
const stateNames = ['content', 'learn', 'class', 'run', 'picture'] as const;
const now = () => new Date().toISOString();

/** Listens to the server, and connects again after a failure, but not after its end: the next server has another address. */
export function listen(store: Store<PageState, PageEvent>, requests: RequestFeed): void {
  let source: EventSource | undefined;
  const open = () => {
    source?.close();
    const own = new EventSource('events');
    source = own;
    const on = <N extends keyof ServerEvents>(name: N, take: (value: ServerEvents[N]) => void) =>
      own.addEventListener(name, (event: MessageEvent<string>) => take(JSON.parse(event.data) as ServerEvents[N]));
    for (const kind of stateNames) on(kind, (value) => store.dispatch({ kind, value } as PageEvent));
    on('requests', (value) => requests.add(value));
    on('bye', (value) => {
      own.close();
      store.dispatch({ kind: 'bye', value, at: now() });
    });
    own.addEventListener('open', () => store.dispatch({ kind: 'connection', value: 'open' }));
    own.addEventListener('error', () => {
      store.dispatch({ kind: 'connection', value: 'lost', at: now() });
      // the browser itself tries again, except where the answer was no stream
      if (own.readyState === EventSource.CLOSED && source === own) setTimeout(open, retryMs);
    });
  };
  open();
}
