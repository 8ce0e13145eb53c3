import { type Text, text } from '../lab/text.ts';
import { ApiError, EngineApi, jsonLines } from './api.ts';
import type { Engine } from './engine.ts';
import { askRegistry, parseRef, pullError } from './registry.ts';

/** One line of what the engine says while it pulls. */
interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** How long the private engine may be silent before its registry is asked whether it is there at all. */
const silenceMs = 5000;

/**
 * Pulls one image. Throws LabError E_REGISTRY_UNREACHABLE, E_IMAGE_RATE_LIMIT, E_IMAGE_MISSING, E_IMAGE_REFUSED, or
 * E_ENGINE_API with the engine's words; what `signal` aborts with.
 */
export async function pullImage(
  engine: Engine,
  ref: string,
  work: { readonly progress: (line: Text) => void; readonly signal: AbortSignal },
): Promise<void> {
  // A connection of its own: closing it is how the engine is told to stop, even before its first word.
  const api = await EngineApi.connect(engine.api.endpoint);
  const stop = new AbortController();
  const close = () => void api.close();
  const aborted = AbortSignal.any([work.signal, stop.signal]);
  aborted.addEventListener('abort', close, { once: true });
  const watch = engine.kind === 'private' ? giveUpOnSilence(ref, stop) : undefined;
  try {
    const { registry, repository, tag } = parseRef(ref);
    const from = {
      fromImage: registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`,
      tag,
    };
    work.progress(text(`pulling ${ref}`, `下載 ${ref}`));
    const lines = jsonLines<PullLine>(await api.stream('POST', '/images/create', from));
    const tell = teller(ref, work.progress);
    for await (const line of lines) {
      watch?.cancel();
      if (line.error) throw pullError(ref, line.error);
      tell(line);
    }
  } catch (error) {
    work.signal.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error instanceof ApiError ? pullError(ref, `${error.message} (${error.status})`, error) : error;
  } finally {
    watch?.cancel();
    aborted.removeEventListener('abort', close);
    await api.close();
  }
}

/** A registry that swallows packets would keep the engine waiting for minutes: after a while, see if it answers at all. */
function giveUpOnSilence(ref: string, stop: AbortController): { cancel(): void } {
  const cancelled = new AbortController();
  const answer = askRegistry(parseRef(ref).registry, silenceMs, cancelled.signal).catch(() => undefined);
  const timer = setTimeout(async () => {
    const reason = await answer;
    if (reason && !cancelled.signal.aborted) stop.abort(pullError(ref, `i/o timeout: ${reason}`));
  }, silenceMs);
  return {
    cancel: () => {
      clearTimeout(timer);
      cancelled.abort();
    },
  };
}

/** Adds up the layers, and tells a new line only when its words differ. */
function teller(ref: string, progress: (line: Text) => void): (line: PullLine) => void {
  const layers = new Map<string, { current: number; total: number }>();
  let last = '';
  return ({ id, status, progressDetail }) => {
    if (!id || status !== 'Downloading' || !progressDetail?.total) return;
    layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    const sum = (pick: 'current' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[pick], 0);
    const now = `${ref}: ${megabytes(sum('current'))} / ${megabytes(sum('total'))} MB`;
    if (now !== last) progress(text(`pulling ${now}`, `下載 ${now}`));
    last = now;
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
