import { z } from 'zod';
import { type ErrorCode, LabError } from '../../lab/error.ts';
import type { Text } from '../../lab/text.ts';
import type { BuildMode } from '../build-network/build-network.ts';
import type { WrittenRules } from '../load-class.ts';
import type { Grade, Remark } from '../types.ts';

/** What coordinator and workers of the same program send each other. A grade counts only if the worker has proved itself. */

/** What workers grade a class with. */
export interface Setup {
  readonly rules: WrittenRules;
  readonly buildNetwork: BuildMode;
  readonly trust: boolean;
}

/** A submission to grade; its files follow as a tar with gzip. */
export interface GradeOrder {
  readonly kind: 'grade';
  readonly key: string;
  readonly part?: string;
  readonly composeFile: string;
  readonly images: readonly string[];
  readonly answers: Readonly<Record<string, string>>;
  readonly notes: readonly Remark[];
}
/** The reference solution is to be graded. */
interface ReferenceOrder {
  readonly kind: 'reference';
}
export type Order = GradeOrder | ReferenceOrder;

export type Result =
  /** `round`: how often the reference solution had passed on the worker when the grading ended. */
  | { readonly kind: 'grade'; readonly grade: Grade; readonly final: boolean; readonly round: number }
  /** The last attempt failed. On the server, a reason is not encrypted; here it is. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The worker has other images than the coordinator. */
  | { readonly kind: 'images'; readonly images: readonly string[] }
  | { readonly kind: 'reference'; readonly round: number; readonly failed?: SentError };

export interface SentError {
  readonly code: ErrorCode;
  readonly text: Text;
  readonly hint: Text;
}

const words = z.strictObject({ en: z.string(), 'zh-TW': z.string() });
const texts = z.array(z.string());
const setupSchema = z.strictObject({
  rules: z.strictObject({
    tutorial: z.string(),
    rubric: z.strictObject({ path: z.string(), source: z.string() }).optional(),
    exam: z.strictObject({ count: z.int(), seed: z.int() }).optional(),
  }),
  buildNetwork: z.enum(['none', 'packages', 'open']),
  trust: z.boolean(),
});
const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('grade'),
    key: z.string(),
    part: z.string().optional(),
    composeFile: z.string(),
    images: texts,
    answers: z.record(z.string(), z.string()),
    notes: z.array(z.looseObject({ code: z.string(), text: words })),
  }),
  z.strictObject({ kind: z.literal('reference') }),
]);
const resultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('grade'),
    grade: z.looseObject({ status: z.enum(['graded', 'refused', 'review']), checks: z.array(z.looseObject({ id: z.string() })) }),
    final: z.boolean(),
    round: z.int().nonnegative(),
  }),
  z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
  z.strictObject({ kind: z.literal('images'), images: texts }),
  z.strictObject({
    kind: z.literal('reference'),
    round: z.int().nonnegative(),
    failed: z.strictObject({ code: z.string(), text: words, hint: words }).optional(),
  }),
]);

const lengthBytes = 4;

/** A message with its attachment: the length of its JSON, the JSON, the attachment. */
export function written(message: Setup | Order | Result, attached: Buffer = Buffer.alloc(0)): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, attached]);
}

function parts(body: Buffer): { readonly json: unknown; readonly attached: Buffer } {
  const end = lengthBytes + body.readUInt32BE(0);
  return { json: JSON.parse(body.toString('utf8', lengthBytes, end)), attached: body.subarray(end) };
}

/** Each throws an Error for what is not such a message. */
export const parseSetup = (body: Buffer): Setup => setupSchema.parse(parts(body).json) as Setup;
export function parseOrder(body: Buffer): { readonly order: Order; readonly attached: Buffer } {
  const { json, attached } = parts(body);
  return { order: orderSchema.parse(json) as Order, attached };
}
export const parseResult = (body: Buffer): Result => resultSchema.parse(parts(body).json) as unknown as Result;

export const sentError = ({ code, text, hint }: LabError): SentError => ({ code, text, hint });
export const receivedError = ({ code, text, hint }: SentError): LabError => new LabError(code, text, hint);
