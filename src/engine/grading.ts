import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { text } from '../lab/text.ts';
import type { Engine } from './engine.ts';
import { handOver } from './hand-over.ts';
import type { Bounds, Homes } from './homes.ts';
import { ensureImages, findImage } from './images.ts';
import { type Opening, openEngine } from './open.ts';
import { remapBase } from './private/bounds.ts';
import { layoutOf } from './private/layout.ts';
import { findDockerd } from './private/processes.ts';

/** An engine to grade on. */
export interface GradingEngine {
  readonly engine: Engine;
  /** Who root in a container is on this machine; left out: root. */
  readonly rootId?: number;
  /** What all of it may use together; left out: as much as the machine has. */
  readonly bounds?: Bounds;
  /** Its own disk; left out: submissions have their files on this machine's. */
  readonly disk?: GradingDisk;
}

/** The disk of an engine for submissions, as paths on this machine. */
export interface GradingDisk {
  /** Where it is mounted. */
  readonly data: string;
  /** Below it: where each submission has its files, on a disk of its own. */
  readonly submissions: string;
  /** The folder of the file that it is in, which grows as it is filled: on a disk that other programs fill too. */
  readonly host: string;
  /** The process of the engine that is to see what is mounted there. */
  readonly dockerd: number;
}

/** Where the engine for submissions keeps its things: beside, and apart from, the one for runs. */
export const gradingHomes = ({ cache, state }: Homes): Homes & { readonly bounds: Bounds } => ({
  cache,
  state: join(state, 'grading'),
  bounds: {
    // the rest is for the engine itself, the grader, and whoever else is at the machine
    memoryMb: Math.floor((totalmem() / 1024 / 1024) * 0.75),
    cpus: availableParallelism(),
    pids: 8192,
    diskMb: 16_000,
  },
});

/**
 * Opens the engine that submissions run on, with these images: a private one of their own, in which root is nobody, or a Docker that is there
 * (`choice` docker). Images come from a registry, else from the private engine for runs, which builds them. Throws what opening an engine and
 * fetching images throw.
 */
export async function openGrading(opening: Opening, refs: readonly string[]): Promise<GradingEngine> {
  if (opening.choice === 'docker') {
    const engine = await openEngine(opening);
    await withImages(engine, () => ensureImages(engine, refs, opening));
    return { engine };
  }
  const homes = gradingHomes(opening.homes);
  const engine = await openEngine({ ...opening, choice: 'private', homes });
  await withImages(engine, async () => {
    const found = await Promise.all(refs.map((ref) => findImage(engine, ref)));
    const absent = refs.filter((_, at) => !found[at]);
    if (absent.length === 0) return;
    const other = await openEngine({ ...opening, choice: 'private' });
    try {
      await ensureImages(other, absent, opening);
      opening.progress(bringing);
      await handOver(other, engine, absent, opening.signal);
    } finally {
      await other.api.close();
    }
  });
  const layout = layoutOf(homes);
  const [dockerd] = await findDockerd(layout);
  const { data, submissions, dir } = layout;
  return { engine, rootId: remapBase, bounds: homes.bounds, disk: { data, submissions, host: dir, dockerd: dockerd?.pid ?? 0 } };
}

const bringing = text('bringing the images to the grading engine', '把映像檔帶到評分引擎');

async function withImages(engine: Engine, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await engine.api.close();
    throw error;
  }
}
