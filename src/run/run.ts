import type { Listener } from '../lab/event.ts';
import { text } from '../lab/text.ts';
import type { Lab } from '../lab/tutorial.ts';
import type { Outcome } from '../lab/verdict.ts';
import { inComposeV1Wording } from './compose-v1-wording.ts';
import { engineLine } from './engine-line.ts';
import { perform, type Sequence } from './sequencer.ts';
import { openSession, type RunSession, type SessionOptions } from './session.ts';
import { type Emit, emitter } from './step-events.ts';
import { quietMs } from './teardown.ts';

export interface RunOptions extends SessionOptions, Pick<Sequence, 'timeoutMs' | 'settleMs' | 'beforeStep'> {
  readonly labs: readonly Lab[];
  readonly listen: Listener;
  readonly signal: AbortSignal;
  /** Leaves the stacks running at the end. */
  readonly keep: boolean;
}

/**
 * Performs labs on an engine, in its own folder and projects, and removes all of it at the end. Resolves to the outcome. Rejects
 * with the signal's reason on abort (after removing everything), with a LabError if something could not be removed.
 */
export async function runLabs(running: RunOptions): Promise<Outcome> {
  const { engine, runId, tutorial, labs, clock } = running;
  const emit = emitter(inComposeV1Wording(running.listen, engine.compose.line), clock);
  const startedMs = clock.now();
  await using workplace = await openSession(running, (text) => emit({ kind: 'note', text }));
  emit({
    kind: 'run-started',
    runId,
    tutorial: tutorial.id,
    title: tutorial.title,
    engine: engineLine(engine),
    startedAt: clock.time(),
    plan: labs.map((lab) => ({ lab: lab.id, title: lab.title, steps: lab.steps.length })),
  });
  let outcome: Outcome = 'errored';
  let failure: { readonly error: unknown } | undefined;
  try {
    outcome = await perform({
      ...running,
      site: workplace.place,
      ...(running.keep ? {} : { retire: workplace.retire }),
      listen: emit,
    });
  } catch (error) {
    failure = { error };
  }
  try {
    await tidy({ ...running, keep: running.keep && !failure }, workplace, emit, outcome === 'errored');
  } catch (error) {
    // A failed removal is more important than the reason why the run ended.
    failure = { error };
  }
  emit({ kind: 'run-finished', outcome: failure ? 'errored' : outcome, durationMs: Math.round(clock.now() - startedMs) });
  if (failure) throw failure.error;
  return outcome;
}

async function tidy({ keep, clock }: RunOptions, workplace: RunSession, emit: Emit, cutShort: boolean): Promise<void> {
  if (keep) {
    const { dir } = workplace;
    emit({
      kind: 'note',
      text: text(
        `kept (--keep): ${dir}; \`lab clean\` removes it all`,
        `已保留（--keep）：${dir}；執行 \`lab clean\` 可全部移除`,
      ),
    });
    return;
  }
  const startedMs = clock.now();
  emit({ kind: 'teardown-started' });
  const removed = await workplace.remove(cutShort ? quietMs : 0);
  emit({ kind: 'teardown-finished', removed, durationMs: Math.round(clock.now() - startedMs) });
}
