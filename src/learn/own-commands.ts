import type { Engine } from '../docker/engine.ts';
import { LabError } from '../lab/error.ts';
import type { Text } from '../lab/text.ts';
import type { Lab, Step } from '../lab/tutorial.ts';
import type { Clock } from '../run/clock.ts';
import type { OwnStack } from '../run/learner/own-stack.ts';
import { openStack } from '../run/open-stack.ts';
import { trafficChecks } from './look.ts';

export interface OwnCommandsOptions {
  readonly engine: Engine;
  readonly own: OwnStack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The environment of the learner's shell. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives the running line, and the last line that it printed. */
  onOutput(line: string, output: string): void;
}

/** The stack in the learner's folder, acted on exactly as a learner does: no label and no second Compose file. */
function ownStack({ engine, own, clock, signal, env, onOutput }: OwnCommandsOptions) {
  const defined = Object.entries({ ...env, ...engine.compose.env }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  let line = '';
  const watch = {
    started: (started: string) => {
      line = started;
      onOutput(line, '');
    },
    output: (printed: string) => onOutput(line, printed),
    finished: () => undefined,
    note: () => undefined,
  };
  const published = own.spec.published ? `127.0.0.1:${own.spec.published.hostPort}` : '';
  return openStack(
    { ...engine, ...own, env: { ...Object.fromEntries(defined), COMPOSE_PROJECT_NAME: own.project }, published, clock },
    watch,
    signal,
  );
}

/** Runs the commands of a step. Resolves to why one failed; undefined: all succeeded. */
export const performStepOf = (options: OwnCommandsOptions, step: Step): Promise<Text | undefined> =>
  failureOf(() => step.run(ownStack(options)));

/**
 * Brings the stack to the state that a step requires: removes its containers and networks, then runs the commands of the steps before, except those that only
 * observe. Resolves to why a command failed.
 */
export const restoreFor = (options: OwnCommandsOptions, labs: readonly Lab[], lab: Lab, step: Step): Promise<Text | undefined> =>
  failureOf(async () => {
    const stack = ownStack(options);
    await stack.compose`down`;
    for (const one of stepsBefore(labs, lab, step)) if (trafficChecks(one).length === 0) await one.run(stack);
  });

/** The steps of the labs that a lab needs, and those of the lab itself before this one. */
export function stepsBefore(labs: readonly Lab[], lab: Lab, step: Step): Step[] {
  const needed = (one: Lab): Lab[] =>
    (one.needs ?? []).flatMap((id) => labs.filter((other) => other.id === id)).flatMap((other) => [...needed(other), other]);
  const before = [...new Set(needed(lab))].flatMap((one) => one.steps);
  return [...before, ...lab.steps.slice(0, lab.steps.indexOf(step))];
}

async function failureOf(work: () => Promise<void>): Promise<Text | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof LabError) return error.text;
    throw error;
  }
}
