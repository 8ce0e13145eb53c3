import type { RunEvent } from '../lab/event.ts';
import type { Lang } from '../lab/text.ts';
import { version } from '../platform/package-root.ts';
// Only types: zod is not loaded by a run.
import type { EventLine } from './events-schema.ts';
import { checkOf, engineOf } from './serialize.ts';

/** An event as plain data, field by field, its texts in one language: a line of `--reporter ndjson`. */
export function eventLine(event: RunEvent, lang: Lang): EventLine {
  const { kind, atMs } = event;
  switch (kind) {
    case 'run-started': {
      const { runId, tutorial, title, mode, engine, startedAt, plan } = event;
      return {
        kind,
        atMs,
        tool: 'labwright',
        version,
        lang,
        runId,
        ...(mode ? { mode } : {}),
        tutorial: { id: tutorial, title: title[lang] },
        engine: engineOf(engine),
        startedAt,
        plan: plan.map((planned) => ({ lab: planned.lab, title: planned.title[lang], steps: planned.steps })),
      };
    }
    case 'note': {
      const { text, lab, step } = event;
      return { kind, atMs, text: text[lang], ...(lab === undefined ? {} : { lab }), ...(step === undefined ? {} : { step }) };
    }
    case 'lab-started':
      return { kind, atMs, lab: event.lab, title: event.title[lang] };
    case 'step-started':
      return { kind, atMs, lab: event.lab, step: event.step, title: event.title[lang], teach: event.teach[lang] };
    case 'command-started':
      return { kind, atMs, lab: event.lab, step: event.step, line: event.line };
    case 'command-output':
      return { kind, atMs, lab: event.lab, step: event.step, line: event.line, stream: event.stream };
    case 'command-finished': {
      const { lab, step, line, exitCode, durationMs } = event;
      return { kind, atMs, lab, step, line, exitCode, durationMs };
    }
    case 'verify-started': {
      const checks = event.checks.map(({ id, claim }) => ({ id, claim: claim[lang] }));
      return { kind, atMs, lab: event.lab, step: event.step, checks };
    }
    case 'check-finished':
      return { kind, atMs, lab: event.lab, step: event.step, check: checkOf(event.result, lang) };
    case 'step-finished': {
      const { lab, step, outcome, durationMs, reason } = event;
      const reasonFields = reason ? { reason: { message: reason.message[lang], hint: reason.hint[lang] } } : {};
      return { kind, atMs, lab, step, outcome, durationMs, ...reasonFields, hints: event.hints.map((hint) => hint[lang]) };
    }
    case 'lab-finished':
      return { kind, atMs, lab: event.lab, outcome: event.outcome, durationMs: event.durationMs };
    case 'teardown-started':
      return { kind, atMs };
    case 'teardown-finished':
      return { kind, atMs, removed: event.removed, durationMs: event.durationMs };
    case 'run-finished':
      return { kind, atMs, outcome: event.outcome, durationMs: event.durationMs };
  }
}
