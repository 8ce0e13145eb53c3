import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Lang, Text } from '../../../../lab/text.ts';
import type { Press } from '../../protocol.ts';
import type { RequestFeed } from '../stack/request-feed.ts';
import type { Typist } from '../terminal/typist.ts';
import { type Words, wordsOf } from '../words/words.ts';
import { langOf, type PageEvent, type PageState } from './page-state.ts';
import type { Store } from './store.ts';

/** What every part of the page can use. */
export interface Session {
  readonly store: Store<PageState, PageEvent>;
  readonly requests: RequestFeed;
  readonly typist: Typist;
  press(press: Press): void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new TypeError('no session');
  return session;
}

/** A part of the state: the component is drawn again when it is another value. */
export function usePage<T>(select: (state: PageState) => T): T {
  const { store } = useSession();
  const [, redraw] = useReducer<number, undefined>((count) => count + 1, 0);
  const selected = select(store.get());
  const last = useRef({ select, selected });
  last.current = { select, selected };
  useLayoutEffect(() => {
    const look = () => {
      if (last.current.select(store.get()) !== last.current.selected) redraw(undefined);
    };
    look();
    return store.subscribe(look);
  }, [store]);
  return selected;
}

/** Whether the server receives what is pressed. */
export const useConnected = (): boolean => usePage((state) => state.connection === 'open');

export interface Language {
  readonly lang: Lang;
  readonly words: Words;
  /** The text in the page's language. */
  readonly say: (text: Text) => string;
}

export function useLanguage(): Language {
  const lang = usePage(langOf);
  return { lang, words: wordsOf(lang), say: (text) => text[lang] };
}
