import type { WallEvents } from '../wall-events.ts';

/** What the page has received. */
export interface Received {
  readonly content?: WallEvents['content'];
  readonly wall?: WallEvents['wall'];
  /** When the wall was received, on the page's own clock. */
  readonly receivedAt: number;
  readonly connection: 'open' | 'lost' | 'ended';
}

/** For durations, which change without events. */
const tickMs = 10_000;

/** Calls `show` with everything received so far, after each event. The browser connects again by itself. */
export function listen(show: (received: Received) => void): void {
  let received: Received = { connection: 'open', receivedAt: performance.now() };
  const change = (next: Partial<Received>) => {
    received = { ...received, ...next };
    show(received);
  };
  const source = new EventSource('events');
  const on = <Name extends keyof WallEvents>(name: Name, take: (data: WallEvents[Name]) => Partial<Received>) =>
    source.addEventListener(name, (event: MessageEvent<string>) => change(take(JSON.parse(event.data))));
  on('content', (content) => ({ content, connection: 'open' }));
  on('wall', (wall) => ({ wall, receivedAt: performance.now() }));
  on('bye', () => {
    source.close();
    return { connection: 'ended', wall: { now: 0, wall: [] } };
  });
  source.addEventListener('error', () => {
    if (received.connection === 'open') change({ connection: 'lost' });
  });
  setInterval(() => show(received), tickMs);
  show(received);
}
