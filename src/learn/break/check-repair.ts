import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Listener } from '../../lab/event.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { Text } from '../../lab/text.ts';
import type { Lab, Tutorial } from '../../lab/tutorial.ts';
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

/** A step of the labs that has ended on the copy. */
export interface RepairStep {
  /** `lab/step`. */
  readonly key: string;
  readonly title: Text;
  readonly outcome: Outcome;
  /** Those of `Repair.open` that are its own. */
  readonly open: readonly Text[];
}

/** The labs whose checks prove the repair of a stack. */
export const labsOf = ({ labs }: Tutorial, stack: string): Lab[] => labs.filter((lab) => lab.stack === stack);

/**
 * Performs the labs of a stack on a copy of the learner's folder `dir`, as `lab run` does on the tutorial's files. The learner's own containers are not
 * touched. `onStep` receives each step that has ended. Throws what `runLabs` throws.
 */
export async function checkRepair(
  dir: string,
  stack: StackSpec,
  options: Omit<RunOptions, 'assets' | 'labs' | 'listen' | 'keep'> & { onStep(step: RepairStep): void },
): Promise<Repair> {
  const { tutorial } = options;
  const labs = labsOf(tutorial, stack.id);
  const titles = new Map<string, Text>(labs.flatMap((lab) => lab.steps.map((step) => [`${lab.id}/${step.id}`, step.title])));
  const open: Text[] = [];
  let checks = 0;
  let before = 0;
  const listen: Listener = (event) => {
    if (event.kind === 'check-finished') {
      checks += 1;
      const { outcome, claim } = event.result;
      if (outcome === 'failed' || outcome === 'errored') open.push(claim);
    }
    if (event.kind !== 'step-finished') return;
    if (event.outcome === 'errored' && event.reason) open.push(event.reason.message);
    const key = `${event.lab}/${event.step}`;
    const title = titles.get(key);
    if (title) options.onStep({ key, title, outcome: event.outcome, open: open.slice(before) });
    before = open.length;
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
