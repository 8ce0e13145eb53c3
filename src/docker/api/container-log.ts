import { withoutControls } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import { capBytes, read } from '../../platform/read-stream.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { EngineApi } from './engine-api.ts';

/**
 * A container's log: its last `lines`, or from a time of the engine's clock; at most the newest megabyte. With `until`, follows the log until that is
 * true of the text or `timeoutMs` have passed, because a line can be written a moment after the response that it is about. Throws LabError E_PROBE if
 * the engine sends nothing in that time.
 */
export async function containerLog(
  api: EngineApi,
  containerId: string,
  options: { lines: number; until?: (log: string) => boolean; since?: string; timeoutMs: number },
): Promise<string> {
  const output = (bytes: Buffer) => withoutControls(asItCame(bytes));
  const { until, timeoutMs } = options;
  const enough = AbortSignal.timeout(timeoutMs);
  const short = containerId.slice(0, 12);
  const stream = await withTimeout(
    timeoutMs,
    text(`the log of container ${short}`, `容器 ${short} 的日誌讀取`),
    async (signal) => {
      const begun = await api.stream('GET', `/containers/${containerId}/logs`, {
        stdout: true,
        stderr: true,
        tail: options.lines,
        follow: until !== undefined,
        since: options.since && Date.parse(options.since) / 1000,
      });
      if (signal.aborted) await begun.cancel();
      return begun;
    },
  );
  return output(await read(stream, enough, { enough: until && ((so_far) => until(output(so_far))), cut: newest }));
}

/** The log of a container with a terminal has no frames (8 bytes of header: stream, 0 0 0, size), only text. */
const isFramed = (bytes: Buffer): boolean => bytes.length >= 8 && bytes.readUInt8(0) <= 2 && bytes.readUIntBE(1, 3) === 0;

/** The end of a log, in whole frames. */
function newest(bytes: Buffer): Buffer {
  if (!isFramed(bytes)) return bytes.subarray(-capBytes);
  let at = 0;
  while (bytes.length - at > capBytes) {
    const next = at + 8 + bytes.readUInt32BE(at + 4);
    if (next + 8 > bytes.length) break;
    at = next;
  }
  return bytes.subarray(at);
}

/** A log's text, stdout and stderr in order of arrival. */
function asItCame(bytes: Buffer): string {
  if (!isFramed(bytes)) return bytes.toString('utf8');
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
