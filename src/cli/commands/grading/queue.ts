import { hostname } from 'node:os';
import type { Elsewhere } from '../../../grade/grade-class.ts';
import type { Journal } from '../../../grade/journal.ts';
import type { ClassToGrade } from '../../../grade/load-class.ts';
import type { OpenedClass } from '../../../grade/open-class.ts';
import type { Coordinator } from '../../../grade/queue/coordinator-options.ts';
import { coordinate } from '../../../grade/queue/grade-on-queue.ts';
import { clock } from '../../clock.ts';
import type { Cli } from '../../context.ts';
import { queueNoteLine, stabilityLine } from '../../output/queue-lines.ts';
import type { GradeOptions } from './options.ts';

/** A class that the workers of a queue grade. */
interface OnQueue extends AsyncDisposable {
  readonly shown: { readonly shown: string; readonly encrypted: boolean };
  elsewhere(opened: OpenedClass): Promise<Elsewhere>;
  /** Prints how often two workers agreed. */
  report(): void;
}

/** Connects to the queue that the options name; undefined: there is none, and this machine grades. Throws LabError E_USAGE and E_QUEUE. */
export async function gradingOnQueue(
  cli: Cli,
  options: GradeOptions,
  graded: ClassToGrade,
  journal: Journal,
  lines: { printLine(line: string): void },
): Promise<OnQueue | undefined> {
  if (options.queue === undefined) return undefined;
  const { lang, err, signal } = cli;
  // the client of the queue is loaded only here
  const { openQueueOf } = await import('../../queue-server.ts');
  const { server, key, shown, [Symbol.asyncDispose]: close } = await openQueueOf(cli, options, 'lab grade', true);
  let coordinator: Coordinator | undefined;
  return {
    shown: { shown, encrypted: key !== undefined },
    elsewhere: async (opened) => {
      coordinator = await coordinate(graded, journal, opened, {
        server,
        ...(key ? { key } : {}),
        host: hostname(),
        trust: options.trust ?? false,
        clock,
        signal,
        onNote: (note) => lines.printLine(queueNoteLine(note, shown)[lang]),
      });
      return coordinator;
    },
    report: () => {
      const line = coordinator && stabilityLine(coordinator.stability());
      if (line) err.write(`${line[lang]}\n`);
    },
    [Symbol.asyncDispose]: close,
  };
}
