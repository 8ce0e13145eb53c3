import type { Text } from '../../lab/text.ts';
import type { EventReader } from '../web/server/page-app.ts';
import type { WallContent, WallEvents } from './wall-events.ts';

/** A silent connection looks like a broken one to what is between browser and server. */
const heartbeatMs = 15_000;

/** Sends the wall to pages: each gets the newest one, at its own pace. */
export class WallFeed {
  readonly #content: string;
  readonly #newest: () => WallEvents['wall'];
  readonly #readers = new Set<WallReader>();

  /** `newest`: the wall now. */
  constructor(content: WallContent, newest: () => WallEvents['wall']) {
    this.#content = written('content', content);
    this.#newest = newest;
  }

  /** The wall has changed. */
  changed(): void {
    for (const reader of this.#readers) reader.changed();
  }

  join(): EventReader {
    const reader = new WallReader(
      this.#content,
      () => written('wall', this.#newest()),
      (left) => this.#readers.delete(left),
    );
    this.#readers.add(reader);
    return reader;
  }

  /** The last event of every page. */
  end(reason: Text): void {
    for (const reader of this.#readers) reader.end(written('bye', { reason }));
  }
}

class WallReader implements EventReader {
  #content: string | undefined;
  readonly #newest: () => string;
  readonly #left: (reader: WallReader) => void;
  #hasChanged = true;
  #bye: string | undefined;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(content: string, newest: () => string, left: (reader: WallReader) => void) {
    this.#content = content;
    this.#newest = newest;
    this.#left = left;
  }

  changed(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  end(bye: string): void {
    this.#bye = bye;
    this.#wake();
  }

  leave(): void {
    this.#isOver = true;
    this.#left(this);
    this.#wake();
  }

  async next(): Promise<string | undefined> {
    if (this.#isOver) return undefined;
    if (!this.#hasChanged && this.#bye === undefined) await this.#news();
    if (this.#isOver) return undefined;
    if (this.#bye !== undefined) {
      this.leave();
      return this.#bye;
    }
    if (!this.#hasChanged) return ':\n\n';
    const content = this.#content ?? '';
    this.#content = undefined;
    this.#hasChanged = false;
    return content + this.#newest();
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      const heartbeat = setTimeout(resolve, heartbeatMs).unref();
      this.#wake = () => {
        clearTimeout(heartbeat);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}

/** One event. JSON has no line break. */
const written = <Name extends keyof WallEvents>(name: Name, data: WallEvents[Name]): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
