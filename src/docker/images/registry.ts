import { parseImageName } from '../../formats/image-name.ts';
import { anySignal } from '../../platform/any-signal.ts';

/** The parts of an image reference, as Docker reads it: `redis:8.0` → docker.io, library/redis, 8.0. */
export interface ImageRef {
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  /** A tag, or `sha256:…`. */
  readonly tag: string;
}

export function parseRef(ref: string): ImageRef {
  const { registry, repository, tag = 'latest', digest } = parseImageName(ref);
  return { registry, repository, tag: digest ?? tag };
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/** The URL of a registry's API. Docker speaks plain HTTP on loopback only, by default; a mirror's address is a URL itself. */
export function registryUrl(registry: string): string {
  if (/^https?:\/\//.test(registry)) return `${registry.replace(/\/+$/, '')}/v2/`;
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return `${loopback.test(registry) ? 'http' : 'https'}://${host}/v2/`;
}

/** Checks whether a registry answers: any status counts, 401 is usual without a login. Resolves to the reason if not. */
export async function askRegistry(registry: string, withinMs: number, signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(withinMs);
  using ends = anySignal(limit, ...(signal ? [signal] : []));
  try {
    const answer = await fetch(registryUrl(registry), { signal: ends, redirect: 'manual' });
    await answer.body?.cancel();
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) return `no answer in ${withinMs / 1000} s`;
    const cause = (error as Error).cause;
    return cause instanceof Error && cause.message ? cause.message : String(error);
  }
}
