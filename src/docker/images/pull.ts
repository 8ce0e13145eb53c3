import { type Text, text } from '../../lab/text.ts';
import { anySignal } from '../../platform/any-signal.ts';
import { ApiError } from '../api/api-error.ts';
import { onOwnConnection } from '../api/connection.ts';
import { jsonLines } from '../api/engine-api.ts';
import type { Engine } from '../engine.ts';
import { registryAuth } from './credentials.ts';
import { noRegistry, pullError, tooLarge, tooSlow } from './pull-error.ts';
import { askRegistry, parseRef } from './registry.ts';

/** More than the largest variants of the families have. */
export const usualBounds: PullBounds = { bytes: 1_000_000_000, ms: 600_000 };

/** One line of the engine's output during a pull. */
interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** How long the private engine may be silent before the registry itself is tried. */
const silenceMs = 5000;

export interface PullWork {
  readonly progress: (line: Text) => void;
  readonly signal: AbortSignal;
  /** For an image that a stranger names. Left out: of any size, and with the login that `docker login` stored. */
  readonly bounds?: PullBounds;
}

/** Such a pull is anonymous. */
export interface PullBounds {
  /** Of its compressed layers together. */
  readonly bytes: number;
  readonly ms: number;
}

/**
 * Pulls one image. Throws LabError E_REGISTRY_UNREACHABLE, E_IMAGE_RATE_LIMIT, E_IMAGE_MISSING, E_IMAGE_REFUSED, or E_ENGINE_API with the engine's
 * message or the bound that was exceeded; the reason of `signal` on abort.
 */
export async function pullImage(engine: Engine, ref: string, work: PullWork): Promise<void> {
  const { registry, repository, tag } = parseRef(ref);
  const { bounds } = work;
  const silence = engine.kind === 'private' && !bounds ? giveUpOnSilence(ref) : undefined;
  const late = bounds ? giveUpAfter(ref, bounds.ms) : undefined;
  using signal = anySignal(work.signal, ...[silence, late].flatMap((one) => (one ? [one.signal] : [])));
  work.progress(text(`pulling ${ref}`, `下載 ${ref}`));
  const auth = bounds ? undefined : await registryAuth(engine.compose.env, registry);
  try {
    await onOwnConnection(engine, signal, async (api) => {
      const query = { fromImage: registry === 'docker.io' ? repository : `${registry}/${repository}`, tag };
      const headers: Record<string, string> = auth ? { 'X-Registry-Auth': auth } : {};
      const onLine = progressOf(ref, work.progress, bounds?.bytes);
      for await (const line of jsonLines<PullLine>(await api.stream('POST', '/images/create', query, undefined, headers))) {
        silence?.over();
        if (line.error) throw pullError(ref, line.error);
        onLine(line);
      }
    });
  } catch (error) {
    throw error instanceof ApiError ? pullError(ref, error.message, error) : error;
  } finally {
    silence?.over();
    late?.over();
  }
}

function giveUpAfter(ref: string, ms: number): { readonly signal: AbortSignal; over(): void } {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(tooSlow(ref, ms)), ms);
  return { signal: giveUp.signal, over: () => clearTimeout(timer) };
}

/** A network that drops packets would make the engine wait for minutes: after a while, check whether the registry answers at all. */
function giveUpOnSilence(ref: string): { readonly signal: AbortSignal; over(): void } {
  const giveUp = new AbortController();
  const received = new AbortController();
  const answer = askRegistry(parseRef(ref).registry, silenceMs, received.signal).catch(() => undefined);
  const timer = setTimeout(async () => {
    const reason = await answer;
    if (reason && !received.signal.aborted) giveUp.abort(noRegistry(ref, reason));
  }, silenceMs);
  return {
    signal: giveUp.signal,
    over: () => {
      clearTimeout(timer);
      received.abort();
    },
  };
}

/** Sums up the layers; reports a new line every few percent, never backwards. Throws LabError if they exceed `mostBytes`. */
function progressOf(ref: string, progress: (line: Text) => void, mostBytes?: number): (line: PullLine) => void {
  const layers = new Map<string, { current: number; total: number }>();
  let reportedMs = 0;
  return ({ id, status, progressDetail }) => {
    if (!id || status !== 'Downloading' || !progressDetail?.total) return;
    layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    const sum = (pick: 'current' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[pick], 0);
    if (mostBytes !== undefined && sum('total') > mostBytes) throw tooLarge(ref, mostBytes);
    const percent = Math.floor((sum('current') / sum('total')) * 20) * 5;
    if (percent <= reportedMs) return;
    reportedMs = percent;
    const of = `${percent}% / ${(sum('total') / 1e6).toFixed(1)} MB`;
    progress(text(`pulling ${ref}: ${of}`, `下載 ${ref}：${of}`));
  };
}
