import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Engine } from '../engine.ts';
import { EngineApi } from './engine-api.ts';

/**
 * Work on a connection of its own, which ends with the work or at an abort: closing it is how the engine is told to stop
 * a long task, even before its first word. An abort rejects with the signal's reason.
 */
export async function onOwnConnection<T>(engine: Engine, signal: AbortSignal, work: (api: EngineApi) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const api = await EngineApi.connect(engine.api.endpoint, engine.api.startAgain);
  const close = () => void api.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    return await work(api);
  } catch (error) {
    signal.throwIfAborted();
    // what fetch makes of a connection that ends in the middle
    throw error instanceof TypeError ? connectionLost(api, error) : error;
  } finally {
    signal.removeEventListener('abort', close);
    await api.close();
  }
}

const connectionLost = ({ endpoint: { host }, startAgain }: EngineApi, cause: unknown): LabError =>
  new LabError('E_ENGINE_LOST', text(`the engine at ${host} broke off in the middle`, `${host} 的引擎中途斷線`), startAgain, {
    cause,
  });
