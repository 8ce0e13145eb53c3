import { join } from 'node:path';
import { clock } from '../../src/cli/clock.ts';
import type { Engine } from '../../src/docker/engine.ts';
import type { AnyCheck } from '../../src/lab/check.ts';
import { defineLab, defineTutorial } from '../../src/lab/define.ts';
import type { RunEvent } from '../../src/lab/event.ts';
import type { Stack, StackSpec } from '../../src/lab/stack.ts';
import { verbatim } from '../../src/lab/text.ts';
import type { Outcome } from '../../src/lab/verdict.ts';
import type { Homes } from '../../src/platform/state-dirs.ts';
import { runLabs } from '../../src/run/run.ts';
import { folder } from './folder.ts';

const same = verbatim('-');

/** A step of a small tutorial: its commands and its checks. */
export interface SmallStep {
  run(stack: Stack): Promise<void>;
  readonly verify: readonly AnyCheck[];
}

export interface SmallRun {
  readonly outcome: Outcome | undefined;
  readonly error: unknown;
  readonly events: readonly RunEvent[];
  readonly homes: Homes;
  readonly runId: string;
}

let runs = 0;

/** Runs a tutorial with one lab on this Compose file. Its services `flask` and `client` have the roles of the same names. */
export async function runSmall(
  engine: Engine,
  compose: string,
  steps: readonly SmallStep[],
  options: {
    timeoutMs?: number;
    settleMs?: number;
    files?: Readonly<Record<string, string>>;
    spec?: Partial<StackSpec>;
    signal?: AbortSignal;
  } = {},
): Promise<SmallRun> {
  const runId = `small${process.pid}x${++runs}`;
  const state = folder();
  const homes = { state, cache: join(state, 'cache') };
  const tutorial = defineTutorial({
    id: 'small',
    title: same,
    stacks: {
      base: {
        id: 'base',
        dir: 'base',
        services: {
          flask: { name: 'flask', port: 5000, readyPath: '/health', imageVariable: 'FLASK_IMAGE' },
          client: { name: 'client' },
        },
        probeFrom: 'client',
        ...options.spec,
      },
    },
    labs: [
      defineLab({
        id: 'lab',
        title: same,
        stack: 'base',
        steps: steps.map((step, at) => ({ id: `step-${at + 1}`, title: same, teach: same, hints: [same, same, same], ...step })),
      }),
    ],
  });
  const events: RunEvent[] = [];
  let marks = 0;
  let outcome: Outcome | undefined;
  let error: unknown;
  try {
    outcome = await runLabs({
      tutorial,
      labs: tutorial.labs,
      engine,
      homes,
      assets: folder(
        Object.fromEntries(
          Object.entries({ 'compose.yaml': compose, ...options.files }).map(([path, content]) => [`small/base/${path}`, content]),
        ),
      ),
      env: process.env,
      runId,
      clock,
      nonce: () => `mark-${++marks}`,
      listen: (event) => events.push(event),
      signal: options.signal ?? new AbortController().signal,
      timeoutMs: options.timeoutMs ?? 60_000,
      ...(options.settleMs === undefined ? {} : { settleMs: options.settleMs }),
      keep: false,
    });
  } catch (thrown) {
    error = thrown;
  }
  return { outcome, error, events, homes, runId };
}

export const eventsOf = <K extends RunEvent['kind']>(run: SmallRun, kind: K): Extract<RunEvent, { kind: K }>[] =>
  run.events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind);
