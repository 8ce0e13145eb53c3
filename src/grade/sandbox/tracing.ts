import { tracingChannel } from 'node:diagnostics_channel';

/** Reports which part of a submission's grading is running: subscribe to this Node diagnostics channel to measure durations. */
const channel = tracingChannel<{ part: string }>('labwright:grade');

/** Runs work as a named part. Costs nothing without a subscriber. */
export const traced = <T>(part: string, work: () => Promise<T>): Promise<T> => channel.tracePromise(work, { part });
