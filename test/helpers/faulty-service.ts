import * as assert from 'uvu/assert';
import { eventsOf, type SmallRun, type SmallStep } from './small.ts';

const client = '  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity}\n';
/** A stack whose `flask` is what is to go wrong. */
export const stackOf = (flask: object) =>
  `services:\n  flask: ${JSON.stringify({ image: 'nicolaka/netshoot:v0.13', init: true, ...flask })}\n${client}`;
/** A `$` that Compose leaves to the shell. */
export const inCompose = (script: string) => script.replaceAll('$', () => '$$');
export const up: SmallStep['run'] = (stack) => stack.compose`up -d`;

/** How a run's first check failed. */
export function failure(run: SmallRun) {
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'failed', JSON.stringify(run.events.slice(-6)));
  return verdict;
}
