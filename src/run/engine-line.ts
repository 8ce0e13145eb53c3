import type { Engine } from '../docker/engine.ts';
import type { EngineLine } from '../lab/event.ts';

/** What people are told of the engine that was worked on. */
export const engineLine = ({ kind, version, api, compose }: Engine): EngineLine => ({
  kind,
  version,
  apiVersion: api.apiVersion,
  compose: compose.version,
  composeLine: compose.line,
  host: api.endpoint.host,
});
