import type { Requests } from '../../picture/picture.ts';

/** Requests as they arrive: they are drawn, and not kept. */
export interface RequestFeed {
  add(requests: Requests): void;
  /** Returns what ends the subscription. */
  subscribe(listener: (requests: Requests) => void): () => void;
}

export function createRequestFeed(): RequestFeed {
  const listeners = new Set<(requests: Requests) => void>();
  return {
    add: (requests) => {
      for (const listener of listeners) listener(requests);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
