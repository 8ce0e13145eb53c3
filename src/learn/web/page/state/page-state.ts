import type { Lang, Text } from '../../../../lab/text.ts';
import type { Picture } from '../../picture/picture.ts';
import type { ClassPageState, LearnPageState, PageContent, RunPageState } from '../../protocol.ts';
import { type Announcement, announced, askedTexts } from '../announce/announce.ts';
import type { Settings } from './settings.ts';

/** All that the page knows. Plain data; `reduce` makes the next one. */
export interface PageState {
  /** `lost`: the browser tries again. `ended`: the server has ended, and the page does not try again. */
  readonly connection: 'connecting' | 'open' | 'lost' | 'ended';
  readonly bye?: Text;
  readonly content?: PageContent;
  readonly learn?: LearnPageState;
  readonly class?: ClassPageState;
  readonly run?: RunPageState;
  readonly picture?: Picture;
  /** When the connection was lost or ended, in ISO 8601: the picture may have changed since. Omitted: it arrived over the connection that is open. */
  readonly pictureLostAt?: string;
  /** What was seen of the current step's checks when it began, in English, by ID: a different reason is worth showing. */
  readonly first?: Readonly<Record<string, string>>;
  /** The learner asked what is missing. */
  readonly asked: boolean;
  readonly announcements: readonly Announcement[];
  /** What the page answered last, for a few seconds: seen by everyone, while `announcements` are for screen readers. */
  readonly message?: Announcement;
  /** `ended`: the shell. `closed`: the terminal, because the server has ended. */
  readonly terminal: 'connecting' | 'open' | 'lost' | 'ended' | 'closed';
  /** A command is being typed into the terminal, or was a moment ago: no other can be started. */
  readonly typing: boolean;
  /** A dialog of this page alone; the server knows only the one that asks for a confirmation. */
  readonly dialog?: Dialog;
  /** The part that a small screen shows. */
  readonly tab: Tab;
  readonly settings: Settings;
}

type Dialog = 'list' | 'help' | 'settings' | 'receipt';
export type Tab = 'step' | 'stack' | 'terminal';

export type PageEvent =
  | { readonly kind: 'content'; readonly value: PageContent }
  | { readonly kind: 'learn'; readonly value: LearnPageState }
  | { readonly kind: 'class'; readonly value: ClassPageState }
  | { readonly kind: 'run'; readonly value: RunPageState }
  | { readonly kind: 'picture'; readonly value: Picture }
  | { readonly kind: 'bye'; readonly value: { readonly reason: Text }; readonly at: string }
  | { readonly kind: 'connection'; readonly value: 'open' }
  | { readonly kind: 'connection'; readonly value: 'lost'; readonly at: string }
  | { readonly kind: 'terminal'; readonly value: PageState['terminal'] }
  | { readonly kind: 'typing'; readonly value: boolean }
  | { readonly kind: 'asked' }
  /** `show`: not only to screen readers. */
  | { readonly kind: 'say'; readonly value: Text; readonly show?: true }
  | { readonly kind: 'message-over'; readonly id: number }
  | { readonly kind: 'dialog'; readonly value?: Dialog }
  | { readonly kind: 'tab'; readonly value: Tab }
  | { readonly kind: 'set'; readonly value: Partial<Settings> };

export const newPage = (settings: Settings): PageState => ({
  connection: 'connecting',
  asked: false,
  announcements: [],
  terminal: 'connecting',
  typing: false,
  tab: 'step',
  settings,
});

/** The next state. Pure. */
export function reduce(state: PageState, event: PageEvent): PageState {
  const next = changed(state, event);
  const texts = textsOf(state, event, next);
  if (texts.length === 0) return next;
  const announcements = withTexts(next.announcements, texts);
  const message = event.kind === 'say' && event.show ? announcements.at(-1) : undefined;
  return { ...next, announcements, ...(message ? { message } : {}) };
}

function textsOf(state: PageState, event: PageEvent, next: PageState): readonly Text[] {
  if (event.kind === 'say') return [event.value];
  return event.kind === 'asked' ? askedTexts(next) : announced(state, next);
}

/** Of the texts before, the last few: several changes can be drawn at once. */
const keptTexts = 20;

/** A screen reader reads what is added: all texts of a change, however many. */
function withTexts(before: readonly Announcement[], texts: readonly Text[]): readonly Announcement[] {
  const last = before.at(-1)?.id ?? 0;
  return [...before.slice(-keptTexts), ...texts.map((text, at) => ({ id: last + 1 + at, text }))];
}

function changed(state: PageState, event: PageEvent): PageState {
  switch (event.kind) {
    case 'content':
      return { ...state, connection: 'open', content: event.value };
    case 'learn':
      return learned(state, event.value);
    case 'class':
      return { ...state, class: event.value };
    case 'run':
      return { ...state, run: event.value };
    case 'picture': {
      const { pictureLostAt: _, ...rest } = state;
      return { ...rest, picture: event.value };
    }
    case 'bye':
      return { ...withoutConnection(state, event.at), connection: 'ended', bye: event.value.reason };
    case 'connection': {
      if (state.connection === 'ended') return state;
      if (event.value === 'lost') return { ...withoutConnection(state, event.at), connection: event.value };
      // the server may be another one, without a class
      const { class: _, ...rest } = state;
      return { ...rest, connection: event.value };
    }
    case 'terminal':
      return { ...state, terminal: event.value };
    case 'typing':
      return { ...state, typing: event.value };
    case 'asked':
      return { ...state, asked: true };
    case 'say':
      return state;
    case 'message-over': {
      const { message, ...rest } = state;
      return message?.id === event.id ? rest : state;
    }
    case 'dialog': {
      const { dialog: _, ...closed } = state;
      return event.value ? { ...closed, dialog: event.value } : closed;
    }
    case 'tab':
      return { ...state, tab: event.value };
    case 'set':
      return { ...state, settings: { ...state.settings, ...event.value } };
  }
}

const withoutConnection = (state: PageState, at: string): PageState => ({ pictureLostAt: at, ...state });

/** Since when the stack is not measured, or the page does not know it; undefined: the picture is live. */
export const unmeasuredSince = ({ picture, pictureLostAt }: Pick<PageState, 'picture' | 'pictureLostAt'>): string | undefined =>
  picture && (picture.unmeasuredSince ?? pictureLostAt);

/** A step begins with nothing asked; what is seen when its work begins is remembered. */
function learned(state: PageState, learn: LearnPageState): PageState {
  const { first, asked, ...rest } = state;
  const begins = learn.at !== state.learn?.at || learn.phase === 'beginning';
  const seen = begins ? undefined : first;
  const now = seen ?? (learn.phase === 'working' ? seenNow(learn) : undefined);
  return { ...rest, learn, asked: begins ? false : asked, ...(now ? { first: now } : {}) };
}

const seenNow = ({ checks }: LearnPageState): Readonly<Record<string, string>> =>
  Object.fromEntries(checks.flatMap(({ id, verdict }) => (verdict?.outcome === 'failed' ? [[id, verdict.actual.en]] : [])));

/** The language that the page shows. */
export const langOf = ({ settings, content }: Pick<PageState, 'settings' | 'content'>): Lang =>
  settings.lang ?? content?.lang ?? 'en';
