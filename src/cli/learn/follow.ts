import { jsonText } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { Action, CheckState, LearnEvent, LearnState, Timing } from '../../learn/state.ts';
import { stepOf } from './page.ts';
import { actionLine, causeLine, wordsOf } from './words.ts';

/** What follows from an event, for plain lines and for programs. */
export type FollowEvent =
  | {
      readonly kind: 'step-began';
      readonly step: string;
      readonly title: string;
      readonly teach: string;
      readonly task: string;
      readonly ready: boolean;
    }
  | {
      readonly kind: 'check';
      readonly step: string;
      readonly check: CheckState;
      readonly seen: string;
      /** Omitted if no event caused the look. */
      readonly timing?: Timing;
    }
  | { readonly kind: 'action'; readonly at: string; readonly what: string; readonly by: Action['kind'] }
  | { readonly kind: 'step-passed'; readonly step: string; readonly title: string; readonly recap: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'finished'; readonly passed: number; readonly steps: number };

/** The events for people and programs that a change of the state causes. */
export function followed(
  state: LearnState,
  event: LearnEvent,
  before: LearnState,
  tutorial: Tutorial,
  lang: Lang,
): FollowEvent[] {
  const found: FollowEvent[] = [];
  const titles = titlesOf(tutorial, lang);
  if (event.kind === 'began' && before.phase === 'beginning' && state.phase === 'working')
    found.push({ kind: 'step-began', step: state.at, ...titles(state.at), ready: true });
  if (event.kind === 'acted' && state.lastAction !== before.lastAction) {
    const { at, what, kind } = event.action;
    found.push({ kind: 'action', at, what, by: kind });
  }
  if (state.at === before.at)
    for (const [index, check] of state.checks.entries()) {
      const was = before.checks[index];
      if (!was || (was.mark === check.mark && event.kind !== 'began') || check.mark === 'unseen') continue;
      if (was.mark === 'unseen' && check.mark === 'waiting') continue;
      const timing = event.kind === 'result' ? event.timing : undefined;
      found.push({ kind: 'check', step: state.at, check, seen: seenIn(check, lang), ...(timing ? { timing } : {}) });
    }
  const passed = state.phase === 'passed' || state.phase === 'finished';
  if (passed && before.phase === 'working') {
    const recap = stepOf(tutorial, state.at)?.recap?.[lang] ?? '';
    found.push({ kind: 'step-passed', step: state.at, title: titles(state.at).title, recap });
  }
  if (state.phase === 'finished' && before.phase !== 'finished') {
    const done = state.plan.filter(({ key }) => state.progress[key]).length;
    found.push({ kind: 'finished', passed: done, steps: state.plan.length });
  }
  if (state.note && state.note !== before.note) found.push({ kind: 'note', text: state.note[lang] });
  return found;
}

function titlesOf(tutorial: Tutorial, lang: Lang) {
  return (key: string): { title: string; teach: string; task: string } => {
    const step = stepOf(tutorial, key);
    if (!step) return { title: key, teach: '', task: '' };
    return { title: step.title[lang], teach: step.teach[lang], task: (step.task ?? step.title)[lang] };
  };
}

/** What was seen, or what is expected. */
export function seenIn({ verdict }: CheckState, lang: Lang): string {
  if (verdict?.outcome === 'passed') return verdict.actual[lang];
  if (verdict?.outcome === 'failed') return verdict.actual[lang];
  return '';
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** One line of JSON for an event. */
export function ndjsonLine(event: FollowEvent, lang: Lang): string {
  if (event.kind !== 'check') return `${jsonText(event)}\n`;
  const { id, claim, mark, cause } = event.check;
  const plain = { kind: event.kind, step: event.step, check: id, claim: claim[lang], mark, seen: event.seen };
  const { latencyMs = 0, probesMs = 0 } = event.timing ?? {};
  const timing = event.timing ? { latencyMs: tenths(latencyMs), probesMs: tenths(probesMs) } : {};
  return `${jsonText({ ...plain, ...(cause ? { cause } : {}), ...timing })}\n`;
}

/** Lines of text for an event. */
export function plainLines(event: FollowEvent, lang: Lang): string {
  const words = wordsOf(lang);
  switch (event.kind) {
    case 'step-began':
      return `\n${event.step}  ${event.title}\n${event.teach}\n${words.task}${words.colon}${event.task}\n`;
    case 'action':
      return `${actionLine({ kind: event.by, at: event.at, what: event.what }, lang)}\n`;
    case 'step-passed':
      return `${words.passed}${event.step}  ${event.title}\n${event.recap === '' ? '' : `${event.recap}\n`}`;
    case 'note':
      return `${event.text}\n`;
    case 'finished':
      // the ending follows
      return '';
    case 'check': {
      const { mark, claim, cause } = event.check;
      const because =
        mark === 'lost' && cause ? `${lang === 'en' ? ' (' : '（'}${causeLine(cause, lang)}${lang === 'en' ? ')' : '）'}` : '';
      const seen = event.seen === '' ? '' : `${words.colon}${event.seen}`;
      return `  ${words.marks[mark]} ${claim[lang]}${seen}${because}\n`;
    }
  }
}
