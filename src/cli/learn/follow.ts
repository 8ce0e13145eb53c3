import { jsonText } from '../../formats/untrusted-text.ts';
import { joinTexts, type Lang, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { Action, CheckState, LearnEvent, LearnState, Timing } from '../../learn/state.ts';
import { createCauses } from './causes.ts';
import { stepOf } from './page.ts';
import { createReasons, type Reasons } from './reasons.ts';
import { actionLine, causeLine, helpOf, wordsOf } from './words.ts';

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
      /** Of a check that is not true, when the reason has changed: what to try. */
      readonly tryNext?: string;
      /** The check still waits: the look at it has not ended. */
      readonly early?: true;
      /** Omitted if no event caused the look, or if only the reason has changed. */
      readonly timing?: Timing;
    }
  | { readonly kind: 'action'; readonly at: string; readonly what: string; readonly by: Action['kind'] }
  | { readonly kind: 'step-passed'; readonly step: string; readonly title: string; readonly recap: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'finished'; readonly passed: number; readonly steps: number };

type Follower = (state: LearnState, event: LearnEvent, before: LearnState) => FollowEvent[];

/** Follows a session: returns the events for people and programs that each change of the state causes. It remembers the reasons that it returned. */
export function createFollower(tutorial: Tutorial, lang: Lang): Follower {
  const reasons = createReasons(lang);
  const causes = createCauses();
  return (state, event, before) => followed(causes(state, event, before), event, before, { tutorial, lang, reasons });
}

interface Following {
  readonly tutorial: Tutorial;
  readonly lang: Lang;
  readonly reasons: Reasons;
}

function followed(
  state: LearnState,
  event: LearnEvent,
  before: LearnState,
  { tutorial, lang, reasons }: Following,
): FollowEvent[] {
  const found: FollowEvent[] = [];
  const titles = titlesOf(tutorial, lang);
  const early: { early?: true } = event.kind === 'result' && event.early ? { early: true } : {};
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
      reasons.reported(state, check);
      const { verdict } = check;
      const isKnown = verdict?.outcome === 'failed' && (verdict.lasting || (event.kind === 'began' && verdict.cause));
      const reason = isKnown ? helpOf(verdict, lang) : undefined;
      found.push({
        ...{ kind: 'check', step: state.at, check, seen: seenIn(check, lang) },
        ...(timing ? { timing } : {}),
        ...(reason ? { tryNext: reason } : {}),
        ...early,
      });
    }
  // not before the whole look, unless the reason shows: while a command works, what is seen changes from look to look
  const shows = event.kind === 'looked' || (event.kind === 'result' && early.early);
  if (shows && event.key === state.at && state.phase === 'working')
    for (const check of reasons.changed(state, event.kind === 'result' ? event.result.id : undefined)) {
      const tryNext = check.verdict?.outcome === 'failed' ? helpOf(check.verdict, lang) : '';
      found.push({ kind: 'check', step: state.at, check, seen: seenIn(check, lang), tryNext, ...early });
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
  if (event.kind === 'file-saved') found.push({ kind: 'note', text: faultText(event.fault, lang) });
  if (state.note && state.note !== before.note) found.push({ kind: 'note', text: state.note[lang] });
  return found;
}

/** A fault of the Compose file, or that it is corrected. */
function faultText(fault: LearnState['fileFault'], lang: Lang): string {
  if (!fault) return wordsOf(lang).corrected;
  const { seen, tryNext } = fault;
  return tryNext ? joinTexts([seen, tryNext], text('. Try next: ', '。下一步：'))[lang] : seen[lang];
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
  const { tryNext, early } = event;
  return `${jsonText({ ...plain, ...(tryNext ? { tryNext } : {}), ...(early ? { early } : {}), ...(cause ? { cause } : {}), ...timing })}\n`;
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
      const help = event.tryNext ? `    ${words.tryNext}${event.tryNext}\n` : '';
      return `  ${words.marks[mark]} ${claim[lang]}${seen}${because}\n${help}`;
    }
  }
}
