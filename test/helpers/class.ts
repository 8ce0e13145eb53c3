import { setTimeout as wait } from 'node:timers/promises';
import { clock } from '../../src/cli/clock.ts';
import { type ClassServer, openClassServer } from '../../src/learn/class/class-server.ts';
import { type JoinedClass, joinClass, type Membership } from '../../src/learn/class/join-class.ts';
import { type JoinCode, readJoinCode } from '../../src/learn/class/join-code.ts';
import type { Wall, WallEvent } from '../../src/learn/class/wall.ts';
import { type LearnState, stateAt } from '../../src/learn/state.ts';
import type { Clock } from '../../src/run/clock.ts';

export const classKeys = ['a/one', 'a/two', 'b/one'];
export const classTutorial = 'a-tutorial';

/** The state of a session at a step. */
export const sessionAt = (at: string, passed: readonly string[] = []): LearnState => {
  const done = { outcome: 'passed', at: '2026-01-01T00:00:00Z', hints: 0, solutionShown: false, performed: false } as const;
  const plan = classKeys.map((key) => ({ key, checks: [], hints: 0 }));
  return { ...stateAt(plan, at, Object.fromEntries(passed.map((key) => [key, done]))), phase: 'working' };
};

export interface TestClass extends AsyncDisposable {
  readonly server: ClassServer;
  readonly code: JoinCode;
  /** Resolves when the wall is as wanted; rejects after 30 s with the wall. */
  until(wanted: (wall: Wall) => boolean): Promise<Wall>;
  readonly events: readonly WallEvent[];
}

const threeSteps = { tutorial: classTutorial, keys: classKeys };

/** A class on a loopback address; if nothing else is given, with a tutorial of three steps. */
export async function openTestClass(port = 0, { tutorial, keys } = threeSteps, time: Clock = clock): Promise<TestClass> {
  const address = '127.0.0.1';
  const events: WallEvent[] = [];
  const waiters = new Set<() => void>();
  const server = await openClassServer({
    ...{ address, port, named: address, tutorial, keys, clock: time },
    changed: (event) => {
      events.push(event);
      for (const wake of waiters) wake();
    },
  });
  return {
    server,
    code: codeOf(server.code),
    events,
    until: (wanted) =>
      within(
        () => `the wall is ${JSON.stringify(server.wall)}`,
        (resolve) => {
          const check = () => wanted(server.wall) && resolve(server.wall);
          waiters.add(check);
          check();
        },
      ),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export function codeOf(written: string): JoinCode {
  const code = readJoinCode(written);
  if (!('address' in code)) throw new Error(code.en);
  return code;
}

export interface TestMember extends AsyncDisposable {
  readonly joined: JoinedClass;
  /** Resolves with the membership when it is as wanted; rejects after 30 s. */
  until(wanted: (membership: Membership) => boolean): Promise<Membership>;
}

/** Joins a class as a learner at its first step. */
export async function joinTestClass(code: JoinCode, nickname: string, tutorial = classTutorial): Promise<TestMember> {
  const waiters = new Set<() => void>();
  const joined = await joinClass(code, {
    ...{ nickname, tutorial, clock, first: sessionAt('a/one'), signal: new AbortController().signal },
    changed: () => {
      for (const wake of waiters) wake();
    },
  });
  return {
    joined,
    until: (wanted) =>
      within(
        () => `the membership is ${JSON.stringify(joined.membership)}`,
        (resolve) => {
          const check = () => wanted(joined.membership) && resolve(joined.membership);
          waiters.add(check);
          check();
        },
      ),
    [Symbol.asyncDispose]: () => joined.close(),
  };
}

/** What has not happened by then does not happen. */
const longestMs = 30_000;

function within<Value>(what: () => string, begin: (resolve: (value: Value) => void) => void): Promise<Value> {
  const over = new AbortController();
  const late = wait(longestMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`after ${longestMs / 1000} s, ${what()}`);
  });
  late.catch(() => undefined);
  return Promise.race([new Promise<Value>(begin), late]).finally(() => over.abort());
}
