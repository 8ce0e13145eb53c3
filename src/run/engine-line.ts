import type { Engine } from '../docker/engine.ts';
import type { EngineLine } from '../lab/event.ts';

/** The engine's details for users. */
export const engineLine = ({ kind, version, api, compose }: Engine): EngineLine => ({
  kind,
  version,
  apiVersion: api.apiVersion,
  compose: compose.version,
  composeLine: compose.line,
  host: api.endpoint.host,
});
