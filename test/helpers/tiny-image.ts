import { randomBytes, randomUUID } from 'node:crypto';
import { ApiError } from '../../src/docker/api/api-error.ts';
import { jsonLines } from '../../src/docker/api/engine-api.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { tar } from './tar.ts';

/** A unique image name, `labwright-test-1a2b3c4d:1`. */
export const tinyName = (): string => `labwright-test-${randomUUID().slice(0, 8)}:1`;

/** Creates an image of `bytes` random bytes on the engine, with this name and label. It can't be run. */
export async function makeTinyImage(engine: Engine, ref: string, bytes = 1000, label?: string): Promise<void> {
  const colon = ref.lastIndexOf(':');
  const query = {
    fromSrc: '-',
    repo: ref.slice(0, colon),
    tag: ref.slice(colon + 1),
    ...(label ? { changes: `LABEL ${label}=1` } : {}),
  };
  const body = new Blob([tar({ noise: randomBytes(bytes) })]).stream();
  for await (const line of jsonLines<{ error?: string }>(await engine.api.stream('POST', '/images/create', query, body))) {
    if (line.error) throw new Error(line.error);
  }
}

/** Pushes an image to the registry in its name. */
export async function pushImage(engine: Engine, ref: string): Promise<void> {
  const colon = ref.lastIndexOf(':');
  const path = `/images/${ref.slice(0, colon)}/push`;
  const lines = await engine.api.stream('POST', path, { tag: ref.slice(colon + 1) }, undefined, { 'X-Registry-Auth': 'e30=' });
  for await (const line of jsonLines<{ error?: string }>(lines)) if (line.error) throw new Error(line.error);
}

/** Removes images from the engine; missing ones are ignored. */
export async function removeImages(engine: Engine, refs: readonly string[]): Promise<void> {
  for (const ref of refs) {
    await engine.api.delete(`/images/${ref}`, { force: true }).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }
}
