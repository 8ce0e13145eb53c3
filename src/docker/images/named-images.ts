import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { ApiError } from '../api/api-error.ts';
import { label as standInLabel } from '../embedded/images/recipes.ts';
import type { Engine } from '../engine.ts';
import type { ImageCache } from './image-cache.ts';
import { type PullBounds, pullImage, usualBounds } from './pull.ts';
import { parseRef } from './registry.ts';
import type { RegistryLook } from './registry-look.ts';

/** An image on the engine as it was named, or why it could not be had. */
export type NamedImage =
  | { readonly ok: true }
  /** `offline`: no registry that has it can be reached. */
  | { readonly ok: false; readonly offline: boolean; readonly why: Text };

export interface NamedImagesOptions {
  readonly engine: Engine;
  /** Images that were provided before: they are used as they are, stand-ins too. */
  readonly provided: readonly string[];
  /** Copies an image that another engine of this machine has; false: none has it. */
  copy(ref: string): Promise<boolean>;
  readonly look: RegistryLook;
  readonly cache: ImageCache;
  readonly signal: AbortSignal;
  readonly bounds?: PullBounds;
}

/**
 * Provides images as submissions name them, each at most once for a class: from the engine itself, else from another engine of this machine, else from
 * a registry. A failed pull is tried once more.
 */
export class NamedImages {
  readonly #options: NamedImagesOptions;
  readonly #under = new Map<string, Promise<NamedImage>>();
  /** Registries other than Docker Hub that did not answer. */
  readonly #silent = new Map<string, LabError>();

  constructor(options: NamedImagesOptions) {
    this.#options = options;
  }

  /** Throws the engine's errors, and the signal's reason on abort. */
  async get(ref: string): Promise<NamedImage> {
    const same = this.#under.get(ref);
    if (same) return await same;
    const getting = this.#get(ref);
    this.#under.set(ref, getting);
    // after an error of the engine, another submission tries again
    getting.catch(() => this.#under.delete(ref));
    return await getting;
  }

  /** What distinguishes an image from others that had its name: its ID, or for a stand-in, which each machine builds, that of its recipe. */
  async identify(ref: string): Promise<string> {
    const found = await this.#inspect(ref);
    return found ? (found.standIn ?? found.id) : '';
  }

  async #get(ref: string): Promise<NamedImage> {
    const { cache, copy, provided } = this.#options;
    const there = await this.#inspect(ref);
    if (there && (provided.includes(ref) || there.standIn === undefined)) {
      await cache.keep(ref, there.bytes, false);
      return { ok: true };
    }
    return await cache.alone(async () => {
      if (await copy(ref)) return await this.#kept(ref);
      const error = this.#offline(ref) ?? (await this.#pull(ref));
      if (!error) return await this.#kept(ref);
      return { ok: false, offline: error.code === 'E_REGISTRY_UNREACHABLE' && this.#offline(ref) !== undefined, why: error.text };
    });
  }

  async #kept(ref: string): Promise<NamedImage> {
    const there = await this.#inspect(ref);
    if (there && (await this.#options.cache.keep(ref, there.bytes, true))) return { ok: true };
    return { ok: false, offline: false, why: noRoom };
  }

  /** Why no registry is asked for this image. */
  #offline(ref: string): LabError | undefined {
    const { look } = this.#options;
    const { registry } = parseRef(ref);
    if (registry !== 'docker.io') return this.#silent.get(registry);
    return look.answers ? undefined : unreachable(look.from, look.why);
  }

  async #pull(ref: string): Promise<LabError | undefined> {
    const first = await this.#tryPull(ref);
    const last = first && !final.has(first.code) ? await this.#tryPull(ref) : first;
    const { registry } = parseRef(ref);
    if (last?.code === 'E_REGISTRY_UNREACHABLE' && registry !== 'docker.io') this.#silent.set(registry, last);
    return last;
  }

  async #tryPull(ref: string): Promise<LabError | undefined> {
    const { engine, signal, bounds = usualBounds } = this.#options;
    try {
      await pullImage(engine, ref, { progress: () => {}, signal, bounds });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LabError && error.code !== 'E_ENGINE_LOST') return error;
      throw error;
    }
  }

  async #inspect(ref: string): Promise<{ id: string; bytes: number; standIn?: string } | undefined> {
    try {
      const { Id, Size, Config } = await this.#options.engine.api.get<Inspected>(`/images/${ref}/json`);
      const standIn = Config?.Labels?.[standInLabel];
      return { id: Id, bytes: Size, ...(standIn === undefined ? {} : { standIn }) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

interface Inspected {
  readonly Id: string;
  readonly Size: number;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
}

/** A second try would have the same result. */
const final: ReadonlySet<string> = new Set(['E_IMAGE_MISSING', 'E_IMAGE_REFUSED', 'E_IMAGE_RATE_LIMIT', 'E_DISK_FULL']);

const noRoom = text('the engine already keeps as many images for submissions as it may', '引擎為作業保留的映像檔已達上限');

const unreachable = (registry: string, why: string): LabError =>
  new LabError(
    'E_REGISTRY_UNREACHABLE',
    text(`${registry} can't be reached (${why})`, `無法連線到 ${registry}（${why}）`),
    text('check the network and its proxy', '檢查網路和代理伺服器'),
  );
