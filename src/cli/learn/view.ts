import type { Text } from '../../lab/text.ts';
import type { LearnEvent, LearnState } from '../../learn/state.ts';

/** What the screen shows of a step, apart from the session's state. */
export interface View {
  /** How many lines of the explanation are above its window. */
  readonly scroll: number;
  /** The learner asked what is missing. */
  readonly asked: boolean;
  /** What was seen of each check when the step began, in English; by ID. */
  readonly initial: Readonly<Record<string, string>>;
  /** The step that has begun while a step that passed before it is shown. */
  readonly ahead?: string;
  /** A look has begun, and has not ended. */
  readonly checking?: boolean;
  /** The message that answers a key or our own commands. */
  readonly answer?: Text;
  /** A message that is not shown any more, because something happened after it. */
  readonly past?: Text;
}

export const newView: View = { scroll: 0, asked: false, initial: {} };

/** The view after an event. */
export const viewAfter = (view: View, state: LearnState, event: LearnEvent, before: LearnState): View =>
  withLooks(withAnswers(stepViewAfter(view, state, event, before), state, event, before), state, event);

/** Each action, and `c`, cause a look. */
function withLooks(view: View, { at, phase }: LearnState, event: LearnEvent): View {
  if (event.kind === 'looked' && event.key === at) return { ...view, checking: false };
  const looks = event.kind === 'acted' || event.kind === 'performed' || (event.kind === 'key' && event.key === 'check');
  return looks && phase === 'working' ? { ...view, checking: true } : view;
}

/** The next view: a step begins at the start of its explanation, with nothing asked. */
function stepViewAfter(view: View, state: LearnState, event: LearnEvent, before: LearnState): View {
  if (state.at !== before.at || (state.phase === 'beginning' && before.phase !== 'beginning')) return newView;
  if (event.kind === 'began' && before.phase === 'beginning') return { ...view, initial: seenAtFirst(state) };
  if (event.kind === 'key' && event.key === 'check' && state.phase === 'working') return { ...view, asked: true };
  // the step was performed for the learner: if it has not passed, the reason is needed
  if (event.kind === 'performed' && before.phase === 'performing') return { ...view, asked: true };
  return view;
}

/** The view after an event, in which an answer is shown until something happens. Notes about a file or the engine stay as long as they are true. */
function withAnswers(view: View, { note }: LearnState, { kind }: LearnEvent, before: LearnState): View {
  if (note && note !== before.note && (kind === 'key' || kind === 'performed')) return { ...view, answer: note };
  return kind === 'acted' && note && note === view.answer ? { ...view, past: note } : view;
}

const seenAtFirst = ({ checks }: LearnState): View['initial'] =>
  Object.fromEntries(checks.flatMap(({ id, verdict }) => (verdict?.outcome === 'failed' ? [[id, verdict.actual.en]] : [])));

/** A step down or up, within 0 and `last`; `page` down at the end goes to the start. */
export function scrolled(view: View, by: 'page' | 'back' | 'line' | 'up', last: number, window: number): View {
  const far = Math.max(1, window - 1);
  const at = Math.min(view.scroll, last);
  if (by === 'page' && at >= last) return { ...view, scroll: 0 };
  const to = at + { page: far, back: -far, line: 1, up: -1 }[by];
  return { ...view, scroll: Math.max(0, Math.min(last, to)) };
}
