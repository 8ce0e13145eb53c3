import type { Listener } from '../lab/event.ts';
import { text } from '../lab/text.ts';
import type { Lab } from '../lab/tutorial.ts';
import type { Outcome } from '../lab/verdict.ts';
import { inTheirWords } from './compose-v1-wording.ts';
import { engineLine } from './engine-line.ts';
import { perform, type Tell, telling } from './sequencer.ts';
import { openWorkplace, type Placing, type Workplace } from './session.ts';
import { quietMs } from './teardown.ts';

export interface Running extends Placing {
  readonly labs: readonly Lab[];
  readonly listen: Listener;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Leave the stacks as they are at the end. */
  readonly keep: boolean;
}

/**
 * Performs labs on an engine, in a folder and projects of its own, and removes all of it again. Resolves to the outcome.
 * Rejects with the signal's reason when aborted (after removing everything), with a LabError if something of it stays.
 */
export async function runLabs(running: Running): Promise<Outcome> {
  const { engine, runId, tutorial, labs, clock } = running;
  const tell = telling(inTheirWords(running.listen, engine.compose.line), clock);
  const startedMs = clock.now();
  const workplace = await openWorkplace(running, (text) => tell({ kind: 'note', text }));
  tell({
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
      listen: tell,
    });
  } catch (error) {
    failure = { error };
  }
  try {
    await tidy({ ...running, keep: running.keep && !failure }, workplace, tell, outcome === 'errored');
  } catch (error) {
    // That something of ours is left is worse news than why the run ended.
    failure = { error };
  } finally {
    await workplace.release();
  }
  tell({ kind: 'run-finished', outcome: failure ? 'errored' : outcome, durationMs: Math.round(clock.now() - startedMs) });
  if (failure) throw failure.error;
  return outcome;
}

async function tidy({ keep, clock }: Running, workplace: Workplace, tell: Tell, cutShort: boolean): Promise<void> {
  if (keep) {
    const { dir } = workplace;
    tell({
      kind: 'note',
      text: text(`kept as asked: ${dir}; \`lab clean\` removes it all`, `依要求保留：${dir}；執行 \`lab clean\` 可全部移除`),
    });
    return;
  }
  const startedMs = clock.now();
  tell({ kind: 'teardown-started' });
  const removed = await workplace.remove(cutShort ? quietMs : 0);
  tell({ kind: 'teardown-finished', removed, durationMs: Math.round(clock.now() - startedMs) });
}
