/** One of several writers that work at the same time. */
export interface Channel<T> {
  write(item: T): void;
  /** Nothing more is written. */
  close(): void;
}

/** Channels whose items are passed on in the order of the channels: those of the first as they are written, those of the next when it has closed. */
export function inOrder<T>(count: number, pass: (item: T) => void): Channel<T>[] {
  const waiting = Array.from({ length: count }, (): T[] => []);
  const closed = new Set<number>();
  let current = 0;
  return waiting.map((items, at) => ({
    write: (item) => {
      if (at === current) pass(item);
      else items.push(item);
    },
    close: () => {
      closed.add(at);
      while (closed.has(current)) {
        current += 1;
        for (const item of waiting[current]?.splice(0) ?? []) pass(item);
      }
    },
  }));
}
