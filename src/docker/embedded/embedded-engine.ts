import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { lock } from '../../platform/lock.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { pathWith } from '../../platform/system-command.ts';
import { startDaemons, stopDaemons } from './daemon.ts';
import { diskReleased } from './disks.ts';
import { buildImages } from './images/build-images.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type Archive, findArchive, type NotSupported } from './packages/distribution.ts';
import { lackingForEngine, lackingLibraries, provideNeeds } from './packages/host-dependencies.ts';
import { packagesRoot, providePackages } from './packages/packages.ts';
import { answers, listens } from './ping.ts';
import { findDockerd } from './processes.ts';
import type { EmbeddedOptions } from './progress.ts';

export { buildable } from './images/recipes.ts';
export type { EmbeddedOptions } from './progress.ts';

/** A private engine that answers. `env` is what a child process needs to use it: DOCKER_HOST, DOCKER_CONFIG, PATH. */
export interface PrivateEngine {
  /** `unix:///…/docker.sock` */
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
}

const waiting = text('waiting: another labwright process is using the engine', '等待中：另一個 labwright 正在使用引擎');

/** How long a running engine may take to answer. */
const answerMs = 3_000;

/** Whether this machine can have a private engine, and why not. */
export async function supported(): Promise<{ readonly ok: true } | NotSupported> {
  const found = await findArchive();
  return found.ok ? { ok: true } : found;
}

/** The private engine if it answers now; changes nothing. */
export async function running(homes: Homes): Promise<PrivateEngine | undefined> {
  const layout = layoutOf(homes);
  if (!(await listens(layout.socket))) return undefined;
  const [both, root] = await Promise.all([works(layout), unpackedRoot(layout)]);
  return both && root ? engineOf(layout, root) : undefined;
}

/** Starts the private engine unless it is running. Throws LabError E_ENGINE_UNSUPPORTED, _NEEDS, _DOWNLOAD, _START. */
export async function up(homes: Homes, progress: EmbeddedOptions): Promise<PrivateEngine> {
  const there = await running(homes);
  if (there) return there;
  const found = await findArchive();
  if (!found.ok) {
    throw new LabError(
      'E_ENGINE_UNSUPPORTED',
      found.reason,
      found.needsRoot
        ? text('run it as root (`sudo`), or use Docker', '請以 root 執行（`sudo`），或使用 Docker')
        : text(
            'install Docker with its Compose plugin: https://docs.docker.com/engine/install/',
            '請安裝 Docker 與 Compose：https://docs.docker.com/engine/install/',
          ),
    );
  }
  return upFrom(found.archive, homes, progress);
}

/** The same, from the packages of this archive. */
export async function upFrom(archive: Archive, homes: Homes, progress: EmbeddedOptions): Promise<PrivateEngine> {
  const layout = layoutOf(homes);
  await provideNeeds(lackingForEngine, progress);
  const root = await providePackages(layout.packages, archive, progress);
  await provideNeeds(() => lackingLibraries(root), progress);
  {
    await using _held = await lock(lockOf(layout), () => progress.progress?.(waiting), progress.signal);
    progress.signal?.throwIfAborted();
    if (!(await works(layout))) {
      // an engine that runs but does not answer is useless
      if ((await findDockerd(layout)).length > 0) await stopDaemons(layout);
      progress.progress?.(text('starting the engine', '啟動引擎'));
      await startDaemons(layout, root, progress.signal);
    }
  }
  return engineOf(layout, root);
}

/** Stops the engine and its containers; its images and data stay. True if there was something to stop. Throws LabError E_CLEAN if its disk is still in use. */
export async function down(homes: Homes, progress: Pick<EmbeddedOptions, 'progress' | 'signal'> = {}): Promise<boolean> {
  const layout = layoutOf(homes);
  await using _held = await lock(lockOf(layout), () => progress.progress?.(waiting), progress.signal);
  progress.progress?.(text('stopping the engine and its containers', '停止引擎與它的容器'));
  const stopped = await stopDaemons(layout);
  await diskReleased(layout);
  return stopped;
}

/** Builds those of these images that are absent or out of date. Throws LabError E_IMAGE_BUILD and other errors of image builds. */
export async function buildBase(
  _homes: Homes,
  engine: PrivateEngine,
  refs: readonly string[],
  progress: EmbeddedOptions,
): Promise<void> {
  await buildImages(engine.env, engine.host, refs, progress);
}

export interface Status {
  readonly running: boolean;
  readonly host: string;
  readonly pid?: number;
  /** Folders and files of this engine. */
  readonly data: string;
  readonly log: string;
  readonly bridge: string;
}

export async function status(homes: Homes): Promise<Status> {
  const layout = layoutOf(homes);
  const [found, [dockerd]] = await Promise.all([running(homes), findDockerd(layout)]);
  const { host, data, log, bridge } = layout;
  return { running: found !== undefined, host, ...(dockerd ? { pid: dockerd.pid } : {}), data, log, bridge };
}

const lockOf = ({ dir }: Layout): string => `${dir}.lock`;

const works = async ({ socket, containerdSocket }: Layout): Promise<boolean> =>
  (await Promise.all([answers(socket, AbortSignal.timeout(answerMs)), listens(containerdSocket)])).every(Boolean);

const unpackedRoot = async ({ packages }: Layout): Promise<string | undefined> => {
  const archive = await findArchive();
  if (!archive.ok) return undefined;
  const root = packagesRoot(packages, archive.archive);
  return access(join(root, 'usr/bin/docker')).then(
    () => root,
    () => undefined,
  );
};

const engineOf = ({ host, config }: Layout, root: string): PrivateEngine => ({
  host,
  env: {
    DOCKER_HOST: host,
    DOCKER_CONFIG: config,
    PATH: pathWith(join(root, 'usr/bin'), join(root, 'usr/sbin')),
    // the user's settings for another engine
    DOCKER_CONTEXT: '',
    DOCKER_TLS_VERIFY: '',
    DOCKER_CERT_PATH: '',
  },
});
