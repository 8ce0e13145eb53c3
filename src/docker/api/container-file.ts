import { createHash } from 'node:crypto';
import { text } from '../../lab/text.ts';
import { read } from '../../platform/read-stream.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { ApiError } from './api-error.ts';
import type { EngineApi } from './engine-api.ts';

const readMs = 5000;
const block = 512;

/**
 * The SHA-256 of a regular file in a container, running or not, without a program inside. Undefined: there is no regular file at that path, or it is
 * too large. Throws LabError E_PROBE if the engine takes longer than 5 s.
 */
export async function digestInside(api: EngineApi, containerId: string, path: string): Promise<string | undefined> {
  try {
    const tar = await withTimeout(readMs, text(`reading ${path} in a container`, `讀取容器裡的 ${path}`), async (signal) => {
      const stream = await api.stream('GET', `/containers/${containerId}/archive`, { path });
      return read(stream, signal);
    });
    const content = firstFile(tar);
    return content && createHash('sha256').update(content).digest('hex');
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The content of the first regular file in a tar (POSIX ustar: size in octal at 124, type at 156). Undefined: none, or it is incomplete. */
export function firstFile(tar: Buffer): Buffer | undefined {
  for (let at = 0; at + block <= tar.length; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0;
    const type = tar.toString('latin1', at + 156, at + 157);
    const from = at + block;
    if (type === '0' || type === '\0') return from + size <= tar.length ? tar.subarray(from, from + size) : undefined;
    at = from + Math.ceil(size / block) * block;
  }
  return undefined;
}
