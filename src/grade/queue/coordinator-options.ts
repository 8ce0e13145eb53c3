import type { Text } from '../../lab/text.ts';
import type { Clock } from '../../run/clock.ts';
import type { Elsewhere } from '../grade-class.ts';
import type { Journal } from '../journal.ts';
import type { Grade } from '../types.ts';
import type { Setup } from './messages.ts';
import type { QueueNote, Stability } from './notes.ts';
import type { QueueServer } from './port.ts';

export interface CoordinatorOptions {
  readonly server: QueueServer;
  /** The class key; left out: the queue is local. */
  readonly key?: Buffer;
  readonly setup: Setup;
  readonly journal: Pick<Journal, 'confirm' | 'withdraw' | 'unconfirmed'>;
  /** This program and its machine. */
  readonly self: { readonly build: string; readonly version: string; readonly host: string };
  /** Identifies the output folder: classes that its earlier coordinators left on the server are removed. */
  readonly owner: string;
  /** After this number of grades a worker grades the reference solution again. */
  readonly proveEvery: number;
  /** The longest time of a job. */
  readonly limitMs: number;
  readonly times: CoordinatorTimes;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The grade of a submission that was not judged. */
  unjudged(why: Text): Grade;
  onNote(note: QueueNote): void;
}

export interface CoordinatorTimes {
  /** How often workers are looked at. */
  readonly lookMs: number;
  /** After this time without a result, a report is due. */
  readonly stuckMs: number;
  /** A worker that does not appear for this time does not return. */
  readonly goneMs: number;
}

export const usualCoordinatorTimes: CoordinatorTimes = { lookMs: 1_000, stuckMs: 120_000, goneMs: 25_000 };

export interface Coordinator extends Elsewhere {
  readonly id: string;
  stability(): Stability;
}
