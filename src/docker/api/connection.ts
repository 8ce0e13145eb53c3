import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Engine } from '../engine.ts';
import { EngineApi } from './engine-api.ts';

/**
 * Runs `work` on its own connection, which is closed when the work ends or on abort. Closing it makes the engine stop a long task, even before the
 * first output. An abort rejects with the signal's reason.
 */
export async function onOwnConnection<T>(engine: Engine, signal: AbortSignal, work: (api: EngineApi) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  await using api = await EngineApi.connect(engine.api.endpoint, engine.api.startAgain);
  const close = () => void api.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    return await work(api);
  } catch (error) {
    signal.throwIfAborted();
    // fetch reports a connection that ends in the middle as a TypeError
    throw error instanceof TypeError ? connectionLost(api, error) : error;
  } finally {
    signal.removeEventListener('abort', close);
  }
}

const connectionLost = ({ endpoint: { host }, startAgain }: EngineApi, cause: unknown): LabError =>
  new LabError('E_ENGINE_LOST', text(`the engine at ${host} broke off in the middle`, `${host} 的引擎中途斷線`), startAgain, {
    cause,
  });
