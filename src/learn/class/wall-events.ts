import type { Lang, Text } from '../../lab/text.ts';
import type { Wall } from './wall.ts';

/** What the page of the wall receives, as server-sent events. */
export interface WallEvents {
  /** First. */
  readonly content: WallContent;
  /** The whole wall, after changes. `now`: on the clock of its times. */
  readonly wall: { readonly now: number; readonly wall: Wall };
  /** The class has ended. */
  readonly bye: { readonly reason: Text };
}

/** What does not change while the class lasts. */
export interface WallContent {
  readonly lang: Lang;
  readonly title: Text;
  readonly code: string;
  readonly steps: readonly { readonly key: string; readonly title: Text }[];
}
