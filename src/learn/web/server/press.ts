import { z } from 'zod';
import type { Press } from '../protocol.ts';

const schema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('key'),
    key: z.enum(['hint', 'solution', 'perform', 'enter', 'reset', 'check', 'yes', 'other']),
  }),
  z.strictObject({ kind: z.literal('go-to'), key: z.string().max(1000) }),
  z.strictObject({ kind: z.literal('help'), on: z.boolean() }),
  z.strictObject({ kind: z.enum(['pause', 'continue']) }),
]) satisfies z.ZodType<Press>;

/** What the page asks for; undefined: the text is not that. */
export function parsePress(body: string): Press | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // not JSON
  }
}
