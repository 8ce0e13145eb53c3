import { z } from 'zod';
import type { SentWork } from '../grade-key.ts';
import { packFolder } from '../submissions/write-tar.ts';
import { type Order, parseOrder, parseResult, parseSetup, type Result, type Setup, written } from './messages.ts';
import type { Ended } from './port.ts';
import { open, SealError, seal } from './seal.ts';

const aboutSetup = (classId: string): string => `${classId} setup`;

export const sealSetup = (setup: Setup, classId: string, key?: Buffer): Buffer => seal(written(setup), aboutSetup(classId), key);

/** Throws SealError if the class key is another one. */
export const openSetup = (sealed: Buffer, classId: string, key?: Buffer): Setup =>
  parseSetup(open(sealed, aboutSetup(classId), key));

/** The bodies of a class's jobs and their results, each sealed for its job. */
export class ClassBodies {
  readonly #classId: string;
  readonly #key: Buffer | undefined;

  constructor(classId: string, key: Buffer | undefined) {
    this.#classId = classId;
    this.#key = key;
  }

  /** Throws TooLargeError. */
  async grade(jobId: string, work: SentWork, signal: AbortSignal): Promise<Buffer> {
    const { key, part, composeFile, images, answers, notes } = work;
    const own = part === undefined ? {} : { part };
    const order: Order = { kind: 'grade', key, ...own, composeFile, images, answers, notes };
    return seal(written(order, await packFolder(work.dir, signal)), this.#aboutOrder(jobId), this.#key);
  }

  reference(jobId: string): Buffer {
    return seal(written({ kind: 'reference' }), this.#aboutOrder(jobId), this.#key);
  }

  /** Throws SealError, or an Error if it is no order. */
  order(jobId: string, body: Buffer): ReturnType<typeof parseOrder> {
    return parseOrder(open(body, this.#aboutOrder(jobId), this.#key));
  }

  result(jobId: string, result: Result): Buffer {
    return seal(written(result), this.#aboutResult(jobId), this.#key);
  }

  /** What a worker's result says; undefined: it was not sealed for this job, or is no result. */
  read(ended: Extract<Ended, { ok: true }>): Result | undefined {
    try {
      return parseResult(open(ended.body, this.#aboutResult(ended.id), this.#key));
    } catch (error) {
      const known = [SealError, SyntaxError, RangeError, z.ZodError];
      if (known.some((one) => error instanceof one)) return undefined;
      throw error;
    }
  }

  #aboutOrder(jobId: string): string {
    return `${this.#classId} order ${jobId}`;
  }

  #aboutResult(jobId: string): string {
    return `${this.#classId} result ${jobId}`;
  }
}
