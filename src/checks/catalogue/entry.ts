import { parse } from 'yaml';
import { z } from 'zod';
import type { AnyCheck } from '../../lab/check.ts';
import { type Text, text } from '../../lab/text.ts';
import { type Gathers, makeGathers } from './gathers.ts';

/** A kind of check that a tutorial's author names, with parameters. */
export interface CatalogueEntry {
  /** As in a tutorial: `replicas`. */
  readonly name: string;
  /** What it claims, in one sentence. */
  readonly what: Text;
  readonly params: z.ZodObject;
  /** The parameter that a plain value sets: `healthy: db` is `healthy: {of: db}`. */
  readonly short?: string;
  /** One item of a list of checks. */
  readonly example: string;
  /** The roles that these parameters name. */
  roles(params: never): readonly string[];
  /** Kinds whose earlier checks of the same roles in the same step have to pass first, so that only the check responsible reports a mistake. */
  readonly after: readonly string[];
  /** What the stack needs for it. `probes`: its role `probe-from` needs curl, or what the check uses. Omitted: nothing. */
  readonly requires?: 'probes' | 'proxy' | 'published';
  make(params: never, gathers: Gathers): readonly AnyCheck[];
}

/** The IDs of the checks that an entry's example makes. */
export function exampleIds({ name, params, short, example, make }: CatalogueEntry): string[] {
  const item = parse(example) as string | Readonly<Record<string, unknown>>;
  const given = typeof item === 'string' ? {} : item[name];
  const isPlain = (typeof given !== 'object' || Array.isArray(given)) && short !== undefined;
  return make(params.parse(isPlain ? { [short]: given } : given) as never, makeGathers()).map(({ id }) => id);
}

/** An entry, its functions typed by its own parameters. */
export function entry<S extends z.ZodObject>(
  one: Omit<CatalogueEntry, 'params' | 'roles' | 'make'> & {
    readonly params: S;
    roles(params: z.infer<S>): readonly string[];
    make(params: z.infer<S>, gathers: Gathers): readonly AnyCheck[];
  },
): CatalogueEntry {
  return one as CatalogueEntry;
}

/** A parameter with its description in both languages. */
export const described = <S extends z.ZodType>(schema: S, description: string, zh: string): S => schema.meta({ description, zh });

/** The description of a parameter; undefined: it has none. */
export function descriptionOf(schema: z.ZodType): Text | undefined {
  const { description, zh } = schema.meta() ?? {};
  if (description !== undefined) return text(description, typeof zh === 'string' ? zh : description);
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? descriptionOf(schema.unwrap() as z.ZodType)
    : undefined;
}

export const role = described(z.string().min(1), 'a role of the stack', '這組服務的角色');
/** Whether a parameter is a role, by its schema; undefined: there is no such parameter. */
export const isRole = (schema: z.ZodType | undefined): boolean =>
  schema === role || (schema instanceof z.ZodOptional && schema.unwrap() === role);
export const count = described(z.int().min(0).max(100), 'how many', '數量');
/** The parameters of a check of one role. */
export const of = z.strictObject({ of: role });
export const ofSome = z.strictObject({ of: role, count });
