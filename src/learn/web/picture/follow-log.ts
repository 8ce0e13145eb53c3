import type { EngineApi } from '../../../docker/api/engine-api.ts';
import { LogFrames, splitTime } from './log-frames.ts';
import { openChunks } from './open-chunks.ts';

/** Of a log that was written before the picture began, this many lines are read. */
export const longestHistory = 50_000;

export interface LoggedLine {
  /** Of the engine's clock, in ISO 8601 with nanoseconds. */
  readonly time: string;
  readonly text: string;
}

export interface LogFollower {
  /** Resolves at the end of the log: the container has ended, the engine has, or the stream broke off. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Follows a container's log from a time of the engine's clock. Throws as EngineApi.stream does. */
export async function followLog(
  api: EngineApi,
  containerId: string,
  { since, after }: { readonly since: string; readonly after?: string | undefined },
  listen: (lines: readonly LoggedLine[]) => void,
): Promise<LogFollower> {
  const stream = await api.stream('GET', `/containers/${containerId}/logs`, {
    ...{ stdout: true, stderr: true, timestamps: true, follow: true, tail: longestHistory },
    since: secondsOf(after ?? since),
  });
  const { chunks, close } = openChunks(stream);
  const frames = new LogFrames();
  const read = async () => {
    for await (const chunk of chunks) {
      const lines = frames
        .push(chunk)
        .map(splitTime)
        .filter((line) => line !== undefined);
      const fresh = after === undefined ? lines : lines.filter(({ time }) => time > after);
      if (fresh.length > 0) listen(fresh);
    }
  };
  return { ended: read(), close };
}

/** `1795871895.339650648`: a number has too few digits. */
function secondsOf(time: string): string {
  const [, fraction = '0'] = /\.(\d+)/.exec(time) ?? [];
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction}`;
}
