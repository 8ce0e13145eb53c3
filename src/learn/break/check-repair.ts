import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Listener } from '../../lab/event.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { Text } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { removeFolder } from '../../platform/remove-folder.ts';
import { type RunOptions, runLabs } from '../../run/run.ts';
import { copyAsAssets } from './practice.ts';

export interface Repair {
  /** passed: every check of the labs passes on a copy of the folder. */
  readonly outcome: Outcome;
  /** How many checks were made. */
  readonly checks: number;
  /** The claims that are false, and what a command reported that failed; not their remedies, which would name the fault. */
  readonly open: readonly Text[];
}

/**
 * Performs the labs of a stack on a copy of the learner's folder `dir`, as `lab run` does on the tutorial's files. The learner's own containers are not
 * touched. `onStep` receives each step that has ended. Throws what `runLabs` throws.
 */
export async function checkRepair(
  dir: string,
  stack: StackSpec,
  options: Omit<RunOptions, 'assets' | 'labs' | 'listen' | 'keep'> & { onStep(title: Text, outcome: Outcome): void },
): Promise<Repair> {
  const { tutorial } = options;
  const labs = tutorial.labs.filter((lab) => lab.stack === stack.id);
  const titles = new Map(labs.flatMap((lab) => lab.steps.map((step) => [`${lab.id}/${step.id}`, step.title] as const)));
  const open: Text[] = [];
  let checks = 0;
  const listen: Listener = (event) => {
    if (event.kind === 'check-finished') {
      checks += 1;
      const { outcome, claim } = event.result;
      if (outcome === 'failed' || outcome === 'errored') open.push(claim);
    }
    if (event.kind !== 'step-finished') return;
    if (event.outcome === 'errored' && event.reason) open.push(event.reason.message);
    const title = titles.get(`${event.lab}/${event.step}`);
    if (title) options.onStep(title, event.outcome);
  };
  const assets = await mkdtemp(join(tmpdir(), 'labwright-break-'));
  try {
    await copyAsAssets(dir, assets, tutorial.id, stack);
    const outcome = await runLabs({ ...options, assets, labs, listen, keep: false });
    return { outcome, checks, open };
  } finally {
    await removeFolder(assets);
  }
}
