import { z } from 'zod';
import type { LearnState } from '../state.ts';

/**
 * What learners and the class say to each other: HTTPS, JSON. All that leaves a learner's machine is in these two messages. The class answers with the learner's
 * own nickname, or with nothing.
 *
 * `POST /join` with `JoinMessage`; the other requests carry the learner's own key as `authorization: Bearer …`. `POST /state` with `StateMessage`, after each
 * change. `GET /end` is answered when the class ends; while it is open, the learner counts as connected. `POST /leave`: the learner quits.
 */

export const mostNickname = 24;

/** In bytes, of a message as JSON. */
export const mostMessage = 1024;

/** Base64 of this many bytes. */
const secretOf = (bytes: number) =>
  z
    .string()
    .length(Math.ceil(bytes / 3) * 4)
    .regex(/^[A-Za-z0-9+/]+=*$/);

/** `lab/step`. */
const stepKey = z.string().max(100);

/** The bytes of a learner's own key. */
export const ownKeyBytes = 30;

export const joinMessage = z.strictObject({
  /** Of the class: from the join code. */
  secret: secretOf(6),
  /** Made by the learner's machine, for this session: with the same key, it is the same learner after an interruption. */
  own: secretOf(ownKeyBytes),
  /** Longer than what is shown, because it is cut by visible characters. */
  nickname: z.string().max(4 * mostNickname),
  /** The tutorial's ID. */
  tutorial: z.string().max(100),
});

const phases = ['working', 'passed', 'finished', 'waiting'] as const;

export const stateMessage = z.strictObject({
  at: stepKey,
  /** How many steps of the learner's folder have passed, of how many. */
  passed: z.number().int().min(0).max(999),
  steps: z.number().int().min(1).max(999),
  /** `passed`: the step, and the next one has not begun. `waiting`: for an engine that does not answer. */
  phase: z.enum(phases),
  /** The learner asks for help. */
  help: z.boolean(),
});

export const joinAnswer = z.strictObject({ nickname: z.string().max(4 * mostNickname) });

export type JoinMessage = Readonly<z.infer<typeof joinMessage>>;
export type StateMessage = Readonly<z.infer<typeof stateMessage>>;

/** Why the class refuses a learner; by HTTP status. */
export const refusals = { secret: 403, tutorial: 409, full: 503, over: 410 } as const;

/** The last line of the answer to `GET /end`. Without it, the connection was lost. */
export const endLine = 'end\n';

const phaseOf: Readonly<Record<LearnState['phase'], StateMessage['phase']>> = {
  beginning: 'working',
  working: 'working',
  performing: 'working',
  restoring: 'working',
  passed: 'passed',
  finished: 'finished',
  lost: 'waiting',
};

/** All that the class gets to know about a session. */
export const messageOf = ({ at, plan, progress, phase }: LearnState, help: boolean): StateMessage => ({
  at,
  passed: plan.filter(({ key }) => progress[key]).length,
  steps: plan.length,
  phase: phaseOf[phase],
  help,
});
