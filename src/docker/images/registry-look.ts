import { anySignal } from '../../platform/any-signal.ts';
import { ApiError } from '../api/api-error.ts';
import { onOwnConnection } from '../api/connection.ts';
import type { Engine } from '../engine.ts';
import { askRegistry } from './registry.ts';

/** Whether images of Docker Hub can be pulled: from where, or why not. */
export type RegistryLook =
  | { readonly answers: true; readonly from: string }
  | { readonly answers: false; readonly from: string; readonly why: string };

const lookMs = 5000;

/**
 * Looks once, for a few seconds, whether a mirror that the engine is configured with answers, else Docker Hub itself. The engine looks at Docker Hub,
 * because it pulls: with its own proxy and resolver. A mirror is near, and is requested from here. Throws the signal's reason on abort.
 */
export async function lookAtRegistry(engine: Engine, signal: AbortSignal): Promise<RegistryLook> {
  const reasons: string[] = [];
  const mirrors = await mirrorsOf(engine);
  for (const mirror of mirrors) {
    const why = await askRegistry(mirror, lookMs, signal);
    if (why === undefined) return { answers: true, from: mirror };
    reasons.push(`${mirror}: ${why}`);
  }
  const why = await askHub(engine, signal);
  return why === undefined
    ? { answers: true, from: 'docker.io' }
    : { answers: false, from: 'docker.io', why: [...reasons, why].join('; ') };
}

/** The mirrors of Docker Hub that the engine is configured with. */
export async function mirrorsOf({ api }: Pick<Engine, 'api'>): Promise<readonly string[]> {
  const { RegistryConfig } = await api.get<{ RegistryConfig?: { Mirrors?: readonly string[] | null } | null }>('/info');
  return RegistryConfig?.Mirrors ?? [];
}

/** A login without a name makes the engine request `/v2/` of Docker Hub. Whether it is let in says nothing here. */
async function askHub(engine: Engine, signal: AbortSignal): Promise<string | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), lookMs);
  using ended = anySignal(signal, late.signal);
  try {
    await onOwnConnection(engine, ended, (api) => api.post('/auth', {}, { serveraddress: 'https://index.docker.io/v1/' }));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted) return `no answer in ${lookMs / 1000} s`;
    if (!(error instanceof ApiError)) throw error;
    return error.status === 401 || refusal.test(error.message) ? undefined : shortened(error.message);
  } finally {
    clearTimeout(timer);
  }
}

/** Messages that only a registry that answers can cause. */
const refusal = /unauthorized|denied|incorrect username|authentication required|toomanyrequests|failed with status: [1-4]\d\d/i;

/** `Get "https://…": dial tcp: lookup …` → `lookup …` */
const shortened = (message: string): string =>
  message
    .replace(/\s+/g, ' ')
    .replace(/^.*?(Get|Head) "[^"]*": /, '')
    .replace(/^dial tcp:? /, '')
    .trim();
