import * as assert from 'uvu/assert';
import { eventsOf, type SmallRun, type SmallStep } from './small.ts';

const client = '  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity}\n';
/** A stack in which the service flask has these settings. */
export const stackOf = (flask: object) =>
  `services:\n  flask: ${JSON.stringify({ image: 'nicolaka/netshoot:v0.13', init: true, ...flask })}\n${client}`;
/** Escapes `$`, so that the shell expands it, not Compose. */
export const inCompose = (script: string) => script.replaceAll('$', () => '$$');
export const up: SmallStep['run'] = (stack) => stack.compose`up -d`;

/** The verdict of a run's first check, which must have failed. */
export function failure(run: SmallRun) {
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'failed', JSON.stringify(run.events.slice(-6)));
  return verdict;
}
