import type { StateMessage } from './protocol.ts';

/** What the wall knows: where each learner is. Plain data, in memory only; the page and the terminal show it. */

export interface WallLearner {
  /** Of the order in which they joined. */
  readonly id: number;
  readonly nickname: string;
  /** Undefined: just joined. */
  readonly at?: string;
  readonly passed: number;
  readonly steps: number;
  readonly phase: StateMessage['phase'];
  /** Milliseconds of the class's clock, as all times here. When the step or the number of passed steps last changed. */
  readonly movedAt: number;
  /** Since when the learner asks for help; omitted: does not. */
  readonly helpSince?: number;
  /** Since when there is no connection; omitted: there is one. */
  readonly awaySince?: number;
}

export type Wall = readonly WallLearner[];

export type WallEvent =
  | { readonly kind: 'joined'; readonly id: number; readonly nickname: string }
  | { readonly kind: 'state'; readonly id: number; readonly state: StateMessage }
  | { readonly kind: 'connected' | 'away' | 'left'; readonly id: number };

/** The wall after an event at a time. */
export function wallAfter(wall: Wall, event: WallEvent, now: number): Wall {
  const { kind, id } = event;
  if (kind === 'left') return wall.filter((one) => one.id !== id);
  if (kind === 'joined')
    return [...wall, { id, nickname: event.nickname, passed: 0, steps: 0, phase: 'working', movedAt: now, awaySince: now }];
  return wall.map((one) => (one.id === id ? changed(one, event, now) : one));
}

function changed(learner: WallLearner, event: Exclude<WallEvent, { kind: 'joined' }>, now: number): WallLearner {
  const { awaySince, ...here } = learner;
  if (event.kind === 'away') return { ...here, awaySince: awaySince ?? now };
  if (event.kind !== 'state') return here;
  const { helpSince, ...quiet } = learner;
  const { at, passed, steps, phase, help } = event.state;
  const moved = at !== learner.at || passed !== learner.passed;
  return {
    ...quiet,
    ...{ at, passed, steps, phase },
    movedAt: moved ? now : learner.movedAt,
    ...(help ? { helpSince: helpSince ?? now } : {}),
  };
}

/** After this time at one step, a learner may be stuck. */
const stillMs = 10 * 60_000;

export interface WallView {
  /** Learners who are connected. */
  readonly here: number;
  readonly away: number;
  readonly finished: number;
  /** First who has waited longest. */
  readonly asking: readonly WallLearner[];
  /** At the same step for long, and not asking; first who has been there longest. */
  readonly still: readonly WallLearner[];
  /** Learners who are connected, by step, in the tutorial's order; steps without any too. */
  readonly steps: readonly { readonly key: string; readonly learners: readonly WallLearner[] }[];
}

/** What the wall shows at a time, for the steps of the tutorial. */
export function wallView(wall: Wall, keys: readonly string[], now: number): WallView {
  const here = wall.filter(({ awaySince }) => awaySince === undefined);
  const at = new Map<string | undefined, WallLearner[]>(keys.map((key) => [key, []]));
  for (const one of here) if (one.phase !== 'finished') at.get(one.at)?.push(one);
  return {
    here: here.length,
    away: wall.length - here.length,
    finished: here.filter(({ phase }) => phase === 'finished').length,
    asking: here
      .filter(({ helpSince }) => helpSince !== undefined)
      .toSorted((one, other) => (one.helpSince ?? 0) - (other.helpSince ?? 0)),
    still: here
      .filter(({ helpSince, phase, movedAt }) => helpSince === undefined && phase !== 'finished' && now - movedAt >= stillMs)
      .toSorted((one, other) => one.movedAt - other.movedAt),
    steps: keys.map((key) => ({ key, learners: at.get(key) ?? [] })),
  };
}
