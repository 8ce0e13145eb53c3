import { text } from '../../lab/text.ts';
import { programBuild, version } from '../../platform/package-root.ts';
import type { Clock } from '../../run/clock.ts';
import { tries } from '../errors.ts';
import type { Journal } from '../journal.ts';
import type { ClassToGrade } from '../load-class.ts';
import type { OpenedClass } from '../open-class.ts';
import { blank } from '../ungraded.ts';
import { openCoordinator } from './coordinator.ts';
import { type Coordinator, usualCoordinatorTimes } from './coordinator-options.ts';
import type { QueueNote } from './notes.ts';
import { ownerOf } from './owner.ts';
import type { QueueServer } from './port.ts';

export interface OnQueueOptions {
  readonly server: QueueServer;
  readonly key?: Buffer;
  readonly host: string;
  readonly trust: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  onNote(note: QueueNote): void;
}

/** A worker proves itself again at the latest after this number of grades. */
const mostUnproved = 20;
/** Each of the two tries may consist of a run, runs with parts replaced, and a run to the end. */
const runs = 3;
/** For pulling images, waiting for the disk, and removing. */
const besidesMs = 900_000;

/** Announces a class on a queue server: its workers grade it. Throws the server's LabError. */
export async function coordinate(
  graded: ClassToGrade,
  journal: Journal,
  { grading }: OpenedClass,
  options: OnQueueOptions,
): Promise<Coordinator> {
  const { rubric, submissions, written, out } = graded;
  const { trust, host } = options;
  return await openCoordinator({
    ...options,
    owner: await ownerOf(out),
    journal,
    setup: { rules: written, buildNetwork: grading.buildNetwork.mode, trust },
    self: { build: programBuild(), version, host },
    // twice during a small class, too
    proveEvery: Math.min(mostUnproved, Math.max(5, Math.ceil(submissions.found.length / 4))),
    limitMs: rubric.limits.totalSeconds * 1000 * runs * tries + besidesMs,
    times: usualCoordinatorTimes,
    unjudged: (why) => ({ ...blank(rubric), status: 'review', review: text(why.en, why['zh-TW']) }),
  });
}
