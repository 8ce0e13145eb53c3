import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Bounds, Homes } from '../../platform/state-dirs.ts';
import { findEngine, type OpenEngineOptions, openEngine } from '../discovery/open-engine.ts';
import type { Engine } from '../engine.ts';
import { copyImages } from '../images/copy-images.ts';
import { ensureImages, findImage } from '../images/ensure-images.ts';
import { ensureOwn } from '../images/grading-images.ts';
import { label as standInLabel } from './images/recipes.ts';
import { layoutOf, remapBase } from './layout.ts';
import { findDockerd } from './processes.ts';

/** An engine to grade on. */
export interface GradingEngine {
  readonly engine: Engine;
  /** The user ID on this machine of root in a container; absent: root. */
  readonly rootId?: number;
  /** Limits for all of its containers and builds together; absent: none. */
  readonly bounds?: Bounds;
  /** Its own disk; absent: submissions have their files on this machine's disk. */
  readonly disk?: GradingDisk;
}

/** The disk of the grading engine, as paths on this machine. */
export interface GradingDisk {
  /** Its mount point. */
  readonly data: string;
  /** Below the mount point: where each submission has its files, on its own disk. */
  readonly submissions: string;
  /** The folder of the file that contains the disk. The file grows as the disk is filled, and shares its own disk with other programs. */
  readonly host: string;
  /** The engine's process, which must see what is mounted there. */
  readonly dockerd: number;
}

/** Where the grading engine keeps its data: separate from the engine for runs. */
export const gradingHomes = ({ cache, state }: Homes): Homes & { readonly bounds: Bounds } => ({
  cache,
  state: join(state, 'grading'),
  bounds: {
    // the rest is for the engine itself, the grader, and other users of the machine
    memoryMb: Math.floor((totalmem() / 1024 / 1024) * 0.75),
    cpus: availableParallelism(),
    pids: 8192,
    diskMb: 16_000,
  },
});

/**
 * Opens the engine that submissions run on, with these images: a separate private engine, where root in a container is `nobody`, or an existing
 * Docker (`choice` docker). `own` are the images that only the rubric names. Images come from the engine for runs, else from a registry, else the
 * engine for runs builds them if it is private. Throws what opening an engine and fetching images throw; if images of `own` are missing, the error
 * names all of them.
 */
export async function openGrading(
  opening: OpenEngineOptions,
  refs: readonly string[],
  own: readonly string[] = [],
): Promise<GradingEngine> {
  if (opening.choice === 'docker') {
    const engine = await openEngine(opening);
    await withImages(engine, async () => {
      await ensureImages(engine, refs, opening);
      await ensureOwn(engine, own, opening);
    });
    return { engine };
  }
  const homes = gradingHomes(opening.homes);
  const engine = await openEngine({ ...opening, choice: 'private', homes });
  await withImages(engine, () => bringAll(opening, engine, refs, own));
  const layout = layoutOf(homes);
  const [dockerd] = await findDockerd(layout);
  const { data, submissions, dir } = layout;
  return { engine, rootId: remapBase, bounds: homes.bounds, disk: { data, submissions, host: dir, dockerd: dockerd?.pid ?? 0 } };
}

async function bringAll(
  opening: OpenEngineOptions,
  engine: Engine,
  refs: readonly string[],
  own: readonly string[],
): Promise<void> {
  await replaceStandIns(opening, engine, refs);
  // An image that the rubric names can be rebuilt under the same name, so the engine for runs is asked each time.
  const wanted = [...(await absentOn(engine, refs)), ...own];
  if (wanted.length === 0) return;
  const left = await fromDocker(opening, engine, wanted);
  if (left.length === 0) return;
  await using runs = await openEngine({ ...opening, choice: 'private' });
  const absent = await absentOn(engine, await copyMissing(opening, runs, engine, left));
  await ensureImages(
    runs,
    absent.filter((ref) => !own.includes(ref)),
    opening,
  );
  await ensureOwn(
    runs,
    absent.filter((ref) => own.includes(ref)),
    opening,
  );
  await copyMissing(opening, runs, engine, absent);
}

/** Copies images from an existing Docker, which `lab images load` and `lab run` may have filled. Returns those that it does not have. */
const fromDocker = async (opening: OpenEngineOptions, to: Engine, refs: readonly string[]): Promise<readonly string[]> =>
  onEngineThere(opening, 'auto', async (from) =>
    from?.kind === 'docker' && from.api.endpoint.host !== to.api.endpoint.host ? copyMissing(opening, from, to, refs) : refs,
  );

/**
 * Images built from Debian's packages lack parts of the real ones. Replaces each by the real image if one was loaded since into a Docker or the
 * engine for runs.
 */
async function replaceStandIns(opening: OpenEngineOptions, engine: Engine, refs: readonly string[]): Promise<void> {
  const found = await Promise.all(refs.map((ref) => isStandIn(engine, ref)));
  const standIns = refs.filter((_, at) => found[at]);
  if (standIns.length === 0) return;
  await fromDocker(opening, engine, standIns);
  await onEngineThere(opening, 'private', async (from) => from && copyMissing(opening, from, engine, standIns));
}

async function isStandIn({ api }: Engine, ref: string): Promise<boolean> {
  if (!(await findImage({ api }, ref))) return false;
  const { Config } = await api.get<{ Config?: { Labels?: Readonly<Record<string, string>> | null } }>(`/images/${ref}/json`);
  return Config?.Labels?.[standInLabel] !== undefined;
}

/** Does work with an engine that already answers; undefined if there is none, which is not an error here. */
async function onEngineThere<Value>(
  opening: OpenEngineOptions,
  choice: OpenEngineOptions['choice'],
  work: (engine: Engine | undefined) => Promise<Value>,
): Promise<Value> {
  await using found = await findEngine({ ...opening, choice }).catch((error: unknown) => {
    if (error instanceof LabError) return undefined;
    throw error;
  });
  return await work(found);
}

/** Copies the images that `from` has and `to` does not have, or has in another version. Returns what `from` does not have. */
async function copyMissing(opening: OpenEngineOptions, from: Engine, to: Engine, refs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    refs.map(async (ref) => ({ ref, there: await findImage(from, ref), here: await findImage(to, ref) })),
  );
  const others = found.filter(({ there, here }) => there && there.id !== here?.id).map(({ ref }) => ref);
  if (others.length > 0) {
    opening.progress(bringing);
    await copyImages(from, to, others, opening.signal);
  }
  return found.filter(({ there }) => !there).map(({ ref }) => ref);
}

async function absentOn(engine: Engine, refs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(refs.map((ref) => findImage(engine, ref)));
  return refs.filter((_, at) => !found[at]);
}

const bringing = text('copying the images to the grading engine', '複製映像檔到評分引擎');

async function withImages(engine: Engine, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await engine.api.close();
    throw error;
  }
}
