import { LabError } from '../lab/error.ts';
import type { Listener, RunEvent } from '../lab/event.ts';
import type { Text } from '../lab/text.ts';
import type { Verdict } from '../lab/verdict.ts';

/** Texts contain `docker compose`; users with another Compose command get their own command instead. */
export function inComposeV1Wording(listen: Listener, composeLine: string): Listener {
  if (composeLine === 'docker compose') return listen;
  const reword = (text: Text): Text => ({
    en: text.en.replaceAll('docker compose', composeLine),
    'zh-TW': text['zh-TW'].replaceAll('docker compose', composeLine),
  });
  return (event) => listen(translate(event, reword));
}

function translate(event: RunEvent, reword: (text: Text) => Text): RunEvent {
  switch (event.kind) {
    case 'step-started':
      return { ...event, title: reword(event.title), teach: reword(event.teach) };
    case 'check-finished':
      return { ...event, result: { ...event.result, verdict: translateVerdict(event.result.verdict, reword) } };
    case 'step-finished':
      return {
        ...event,
        hints: event.hints.map(reword),
        ...(event.reason ? { reason: { message: reword(event.reason.message), hint: reword(event.reason.hint) } } : {}),
      };
    case 'note':
      return { ...event, text: reword(event.text) };
    default:
      return event;
  }
}

function translateVerdict(verdict: Verdict, reword: (text: Text) => Text): Verdict {
  switch (verdict.outcome) {
    case 'passed':
      return { ...verdict, actual: reword(verdict.actual), ...(verdict.note ? { note: reword(verdict.note) } : {}) };
    case 'failed':
      return { ...verdict, expected: reword(verdict.expected), actual: reword(verdict.actual), help: reword(verdict.help) };
    case 'skipped':
      return { ...verdict, because: reword(verdict.because) };
    case 'errored': {
      const { code, text, hint, cause } = verdict.reason;
      return { ...verdict, reason: new LabError(code, reword(text), reword(hint), { cause }) };
    }
  }
}
