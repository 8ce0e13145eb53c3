import type { EngineApi } from './api/engine-api.ts';
import type { Compose } from './compose/compose.ts';

/** An engine that answers, and its Compose. Disposing closes the connections to it; the engine keeps running. */
export interface Engine extends AsyncDisposable {
  readonly kind: 'docker' | 'private';
  readonly api: EngineApi;
  readonly compose: Compose;
  /** The engine's own version, `26.1.5`. */
  readonly version: string;
}
