import type { Text } from '../../lab/text.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { EngineApi } from '../api/engine-api.ts';
import { endpointEnv, findCompose } from '../compose/find-compose.ts';
import { running, supported, up } from '../embedded/embedded-engine.ts';
import type { Engine } from '../engine.ts';
import { insteadOfPrivate, startAgainOf } from './embedded-hint.ts';
import { supportedVersion } from './engine-version.ts';
import { findDocker, noDocker } from './find-docker.ts';
import { loadSystem, type System } from './install-hint.ts';

export interface OpenEngineOptions {
  readonly choice: 'auto' | 'docker' | 'private';
  readonly homes: Homes;
  readonly env: NodeJS.ProcessEnv;
  /** The user's home folder; undefined: there is none. */
  readonly home: string | undefined;
  /** Reports what is happening, one line each. */
  readonly progress: (line: Text) => void;
  /** Whether missing packages may be installed without asking. */
  readonly unattended: boolean;
  /** Asks a yes-or-no question. */
  readonly ask?: (question: Text) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * An engine that answers, and its Compose: an existing Docker, else (on supported systems, unless `docker` was requested) the private engine, which
 * is started. Throws LabError E_ENGINE_UNREACHABLE and other E_ENGINE_ errors, E_COMPOSE_MISSING.
 */
export async function openEngine(opening: OpenEngineOptions): Promise<Engine> {
  const found = await findEngine(opening);
  if (found) return found;
  const system = await loadSystem(process.platform);
  const { host, env } = await up(opening.homes, opening).catch(async (error: unknown) => {
    throw await insteadOfPrivate(error, opening, system);
  });
  return join('private', await EngineApi.connect({ host }, startAgainOf(opening.homes)), env, system, opening.signal);
}

/**
 * The same, but starts nothing: only an engine that answers already. Undefined: the private engine could be started. Throws LabError if there is no
 * engine and cannot be one, and the signal's reason at once on abort.
 */
export const findEngine = (opening: FindEngineOptions): Promise<Engine | undefined> =>
  unlessAborted(look(opening), opening.signal);

type FindEngineOptions = Omit<OpenEngineOptions, 'progress' | 'unattended' | 'ask'>;

async function look(opening: FindEngineOptions): Promise<Engine | undefined> {
  const { choice, env, home, homes, signal } = opening;
  const system = await loadSystem(process.platform);
  const [own, search] = await Promise.all([
    running(homes),
    choice === 'private' ? undefined : findDocker({ env, home, platform: process.platform }),
  ]);
  if (search) {
    signal.throwIfAborted();
    const { api } = search;
    if (api && own && api.endpoint.host === own.host) return join('private', api, own.env, system, signal);
    if (api) return join('docker', api, endpointEnv(api.endpoint, env, home), system, signal);
    const able = choice === 'auto' && !search.places.chosen ? await supported() : undefined;
    if (!able?.ok) throw noDocker(search, system, able?.reason);
  }
  return own && join('private', await EngineApi.connect({ host: own.host }, startAgainOf(homes)), own.env, system, signal);
}

async function join(
  kind: Engine['kind'],
  api: EngineApi,
  env: Readonly<Record<string, string>>,
  system: System,
  signal: AbortSignal,
): Promise<Engine> {
  try {
    const search = findCompose(env, { system, signal });
    // an unsupported engine is the cause of whatever Compose reports
    search.catch(() => undefined);
    const version = await supportedVersion(api);
    const compose = await search;
    return { kind, api, compose, version, [Symbol.asyncDispose]: () => api.close() };
  } catch (error) {
    await api.close();
    throw error;
  }
}
