import { type EngineApi, filters, jsonLines } from './engine-api.ts';
import { projectLabel } from './project-facts.ts';

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
}

/** Waits for what happens to a project. Subscribed before it resolves, so that a look after it misses nothing. */
export interface Changes {
  /** Resolves at the next change since the last call, or after `ms`. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** One's own execs make events too; they change nothing. */
const matters = (event: EngineEvent): boolean => !/^(exec_|attach|top|export|archive-)/.test(event.Action);

async function* chunks(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

export async function watchProject(api: EngineApi, project: string): Promise<Changes> {
  const stream = await api.stream('GET', '/events', {
    filters: filters({ type: ['container'], label: [projectLabel(project)] }),
  });
  const reader = stream.getReader();
  let changed = false;
  let wake: () => void = () => undefined;
  const pump = async () => {
    for await (const event of jsonLines<EngineEvent>(chunks(reader))) {
      if (!matters(event)) continue;
      changed = true;
      wake();
    }
  };
  // The stream ends with the engine, or when closed below: the next look meets the engine itself and says so.
  const ended = pump().then(
    () => wake(),
    () => wake(),
  );
  return {
    next: async (ms, signal) => {
      if (!changed && !signal.aborted) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = () => resolve();
          timer = setTimeout(wake, ms);
          signal.addEventListener('abort', wake);
        });
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
      }
      changed = false;
    },
    close: async () => {
      // a stream that broke has nothing to cancel, and says so here again
      await reader.cancel().catch(() => undefined);
      await ended;
    },
  };
}
