import { LabError } from '../lab/error.ts';
import type { Listener, RunEvent } from '../lab/event.ts';
import type { Text } from '../lab/text.ts';
import type { Verdict } from '../lab/verdict.ts';

/** Texts speak of `docker compose`; a person whose Compose is typed otherwise reads the line that they have. */
export function inComposeV1Wording(listen: Listener, composeLine: string): Listener {
  if (composeLine === 'docker compose') return listen;
  const say = (text: Text): Text => ({
    en: text.en.replaceAll('docker compose', composeLine),
    'zh-TW': text['zh-TW'].replaceAll('docker compose', composeLine),
  });
  return (event) => listen(translate(event, say));
}

function translate(event: RunEvent, say: (text: Text) => Text): RunEvent {
  switch (event.kind) {
    case 'step-started':
      return { ...event, title: say(event.title), teach: say(event.teach) };
    case 'check-finished':
      return { ...event, result: { ...event.result, verdict: translateVerdict(event.result.verdict, say) } };
    case 'step-finished':
      return {
        ...event,
        hints: event.hints.map(say),
        ...(event.reason ? { reason: { message: say(event.reason.message), hint: say(event.reason.hint) } } : {}),
      };
    case 'note':
      return { ...event, text: say(event.text) };
    default:
      return event;
  }
}

function translateVerdict(verdict: Verdict, say: (text: Text) => Text): Verdict {
  switch (verdict.outcome) {
    case 'passed':
      return { ...verdict, actual: say(verdict.actual), ...(verdict.note ? { note: say(verdict.note) } : {}) };
    case 'failed':
      return { ...verdict, expected: say(verdict.expected), actual: say(verdict.actual), help: say(verdict.help) };
    case 'skipped':
      return { ...verdict, because: say(verdict.because) };
    case 'errored': {
      const { code, text, hint, cause } = verdict.reason;
      return { ...verdict, reason: new LabError(code, say(text), say(hint), { cause }) };
    }
  }
}
