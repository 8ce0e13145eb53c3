import type { AnyCheck } from '../../../src/lab/check.ts';
import { defineCheck } from '../../../src/lab/check.ts';
import { text, verbatim } from '../../../src/lab/text.ts';
import { failed, type Judgement, passed, waiting } from '../../../src/lab/verdict.ts';
import type { World } from '../../../src/lab/world.ts';
import type { Clock } from '../../../src/run/clock.ts';
import type { View } from '../../../src/run/poll-checks.ts';

/** A clock that a test advances. */
export interface HandClock extends Clock {
  pass(ms: number): void;
}
export function handClock(): HandClock {
  let nowMs = 1000;
  const alarms: { atMs: number; controller: AbortController }[] = [];
  const clock: HandClock = {
    now: () => nowMs,
    time: () => new Date(Date.UTC(2026, 0, 1) + nowMs).toISOString(),
    wait: async (ms) => {
      clock.pass(ms);
    },
    after: (ms) => {
      const controller = new AbortController();
      alarms.push({ atMs: nowMs + ms, controller });
      return controller.signal;
    },
    pass: (ms) => {
      nowMs += ms;
      for (const { atMs, controller } of alarms)
        if (atMs <= nowMs) controller.abort(new DOMException('too late', 'TimeoutError'));
    },
  };
  return clock;
}

/** A view of these states, one for each look; the last one repeats. Waiting for a change takes `tickMs` of the clock. */
export interface FakeView extends View {
  readonly calls: { looks: number; watched: number; waited: number[]; closed: number };
}
export function fakeView(states: readonly unknown[], clock: HandClock, tickMs = 100): FakeView {
  const calls = { looks: 0, watched: 0, waited: [] as number[], closed: 0 };
  return {
    calls,
    look: () => {
      const state = states[Math.min(calls.looks++, states.length - 1)];
      return { state: async () => state } as unknown as World;
    },
    watch: async () => {
      calls.watched++;
      return {
        next: async (ms) => {
          calls.waited.push(ms);
          clock.pass(tickMs);
        },
        close: async () => void calls.closed++,
      };
    },
  };
}

/** The state of a world of `fakeView`. */
export const stateOf = (world: World): Promise<unknown> => world.state();

/** A check on states that are words: `yes` passes, `not yet` and a word that ends with `…` wait, anything else fails. An Error is thrown unchanged. */
export function wordCheck(id: string, over: Partial<AnyCheck> = {}): AnyCheck {
  return defineCheck<unknown, string>({
    id,
    claim: text(`${id} holds`, `${id} 成立`),
    gather: async (world) => {
      const state = await stateOf(world);
      if (state instanceof Error) throw state;
      return state;
    },
    judge: judgeWord,
    ...over,
  });
}
function judgeWord(word: unknown): Judgement {
  if (word === 'yes') return passed(verbatim('yes'));
  const mismatch = { expected: verbatim('yes'), actual: verbatim(String(word)), help: verbatim('help') };
  return word === 'not yet' || /…$/.test(String(word)) ? waiting(mismatch) : failed(mismatch);
}
