import { type EngineApi, filters, jsonLines } from './engine-api.ts';
import { projectLabel } from './project-facts.ts';

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
}

/** Waits for events of a project. It is subscribed before it resolves, so a look after it misses nothing. */
export interface Changes {
  /** Resolves at the next change since the last call, or after `ms`. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Our own execs cause events too, but change nothing. */
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
  // The stream ends with the engine, or when it is closed below. If the engine is gone, the next look fails and reports it.
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
      // a broken stream has nothing to cancel and rejects here too
      await reader.cancel().catch(() => undefined);
      await ended;
    },
  };
}
