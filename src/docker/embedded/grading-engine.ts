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
import { ImageCache } from '../images/image-cache.ts';
import { NamedImages } from '../images/named-images.ts';
import { pullImage, usualBounds } from '../images/pull.ts';
import { lookAtRegistry, type RegistryLook } from '../images/registry-look.ts';
import { freeIn } from './disks.ts';
import { label as standInLabel } from './images/recipes.ts';
import { layoutOf, remapBase } from './layout.ts';
import { findDockerd } from './processes.ts';
import { useMirror } from './registry-mirror.ts';

/** An engine to grade on. */
export interface GradingEngine {
  readonly engine: Engine;
  /** The user ID on this machine of root in a container; absent: root. */
  readonly rootId?: number;
  /** Limits for all of its containers and builds together; absent: none. */
  readonly bounds?: Bounds;
  /** Its own disk; absent: submissions have their files on this machine's disk. */
  readonly disk?: GradingDisk;
  /** Whether a registry answers. */
  readonly look: RegistryLook;
  /** Provides the images that submissions name. */
  readonly named: NamedImages;
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
  /** The space that images of submissions may still take. */
  readonly imagesMb: number;
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
 * engine for runs builds them if it is private. `mirror`: the mirror of Docker Hub that the private engine is to use. Throws what opening an engine
 * and fetching images throw; if images of `own` are missing, the error names all of them.
 */
export async function openGrading(
  opening: OpenEngineOptions,
  refs: readonly string[],
  own: readonly string[] = [],
  mirror?: string,
): Promise<GradingEngine> {
  const { signal } = opening;
  const named = { provided: [...refs, ...own], signal };
  const caching = { nowMs: Date.now, signal };
  if (opening.choice === 'docker') {
    const engine = await openEngine(opening);
    return await withImages(engine, async () => {
      await ensureImages(engine, refs, opening);
      await ensureOwn(engine, own, opening);
      const look = await lookAtRegistry(engine, signal);
      const cache = new ImageCache(engine, caching);
      return { engine, look, named: new NamedImages({ ...named, engine, look, cache, copy: async () => false }) };
    });
  }
  const homes = gradingHomes(opening.homes);
  const engine = await openEngine({ ...opening, choice: 'private', homes });
  const layout = layoutOf(homes);
  return await withImages(engine, async () => {
    await useMirror(engine, layout, mirror, signal);
    const look = await lookAtRegistry(engine, signal);
    await bringAll(opening, engine, refs, own, look);
    const { data, submissions, dir } = layout;
    const freeBytes = Math.min(...(await Promise.all([data, dir].map(freeIn)))) * 1e6;
    const cache = new ImageCache(engine, { ...caching, file: join(dir, 'images.json'), freeBytes });
    const copy = (ref: string) => copyNamed(opening, engine, ref);
    const [dockerd] = await findDockerd(layout);
    return {
      engine,
      rootId: remapBase,
      bounds: homes.bounds,
      disk: { data, submissions, host: dir, dockerd: dockerd?.pid ?? 0, imagesMb: Math.ceil((await cache.room()) / 1e6) },
      look,
      named: new NamedImages({ ...named, engine, look, cache, copy }),
    };
  });
}

async function bringAll(
  opening: OpenEngineOptions,
  engine: Engine,
  refs: readonly string[],
  own: readonly string[],
  look: RegistryLook,
): Promise<void> {
  await replaceStandIns(opening, engine, refs, look);
  // An image that the rubric names can be rebuilt under the same name, so the engine for runs is asked each time.
  const wanted = [...(await absentOn(engine, refs)), ...own];
  if (wanted.length === 0) return;
  const left = await fromDocker(opening, engine, wanted);
  if (left.length === 0) return;
  await using runs = await openEngine({ ...opening, choice: 'private' });
  const uncopied = await copyMissing(opening, runs, engine, left);
  await pullThose(opening, engine, look.answers ? uncopied : []);
  const absent = await absentOn(engine, uncopied);
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
 * engine for runs, or if a registry has it.
 */
async function replaceStandIns(
  opening: OpenEngineOptions,
  engine: Engine,
  refs: readonly string[],
  look: RegistryLook,
): Promise<void> {
  const standIns = await standInsOn(engine, refs);
  if (standIns.length === 0) return;
  await fromDocker(opening, engine, standIns);
  await onEngineThere(opening, 'private', async (from) => from && copyMissing(opening, from, engine, standIns));
  if (look.answers) await pullThose(opening, engine, await standInsOn(engine, standIns));
}

async function standInsOn(engine: Engine, refs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(refs.map((ref) => isStandIn(engine, ref)));
  return refs.filter((_, at) => found[at]);
}

/** Pulls what the registry has; what it does not have stays as it is. */
async function pullThose({ progress, signal }: OpenEngineOptions, engine: Engine, refs: readonly string[]): Promise<void> {
  const pulling = refs.map((ref) => pullImage(engine, ref, { progress, signal, bounds: usualBounds }));
  for (const { reason } of (await Promise.allSettled(pulling)).filter((one) => one.status === 'rejected'))
    if (!(reason instanceof LabError) || reason.code === 'E_ENGINE_LOST') throw reason;
}

/** Copies an image that another engine of this machine has: the real one, with this name. */
async function copyNamed(opening: OpenEngineOptions, to: Engine, ref: string): Promise<boolean> {
  // an archive of images does not keep names with a digest
  if (ref.includes('@')) return false;
  for (const choice of ['auto', 'private'] as const) {
    const copied = await onEngineThere(opening, choice, async (from) => {
      if (!from || from.api.endpoint.host === to.api.endpoint.host) return false;
      if (!(await findImage(from, ref)) || (await isStandIn(from, ref))) return false;
      await copyImages(from, to, [ref], opening.signal);
      return true;
    });
    if (copied) return true;
  }
  return false;
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

async function withImages<Value>(engine: Engine, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    await engine.api.close();
    throw error;
  }
}
