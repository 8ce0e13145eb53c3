import { z } from 'zod';
import type { CatalogueEntry } from '../../checks/catalogue/entry.ts';
import { catalogue } from '../../checks/catalogue/index.ts';
import { common } from './check-items.ts';
import { frontMatter } from './front-matter.ts';
import { mistakeItem } from './gate-items.ts';

/** The parts of a tutorial in Markdown as JSON Schema (draft 2020-12), for editors. `assets/schemas/` contains them; a test compares. */

type Schema = Readonly<Record<string, unknown>>;

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** What an author writes: a parameter with a default is optional. Descriptions are in English. */
function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...own } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ jsonSchema }) => {
      Reflect.deleteProperty(jsonSchema, 'zh');
    },
  });
  return own;
}

const titled = (title: string, schema: Schema): Schema => ({ $schema: dialect, title, ...schema });

/** A kind's value: its parameters, the plain value of one of them, or nothing where no parameter is required. */
function schemaOfKind({ params, short, what }: CatalogueEntry): Schema {
  const whole = schemaOf(params);
  const plain = short === undefined ? undefined : (whole['properties'] as Readonly<Record<string, Schema>>)[short];
  const forms = [whole, ...(plain ? [plain] : []), ...(needsNothing(params) ? [{ type: 'null' }] : [])];
  return { description: what.en, ...(forms.length === 1 ? whole : { anyOf: forms }) };
}

const needsNothing = (params: z.ZodType): boolean => params.safeParse({}).success;

function checks(): Schema {
  const words = { enum: catalogue.filter(({ params }) => needsNothing(params)).map(({ name }) => name) };
  const names = catalogue.map(({ name }) => name);
  const kinds = Object.fromEntries(catalogue.map((entry) => [entry.name, { $ref: `#/$defs/${entry.name}` }]));
  const negated = {
    description: 'The opposite of one check.',
    anyOf: [words, { type: 'object', properties: kinds, additionalProperties: false, minProperties: 1, maxProperties: 1 }],
  };
  const item = {
    type: 'object',
    properties: {
      ...kinds,
      not: negated,
      ...Object.fromEntries(Object.entries(common).map(([key, schema]) => [key, schemaOf(schema)])),
    },
    additionalProperties: false,
    oneOf: [...names, 'not'].map((name) => ({ required: [name] })),
  };
  return {
    type: 'array',
    items: { anyOf: [words, item] },
    $defs: Object.fromEntries(catalogue.map((entry) => [entry.name, schemaOfKind(entry)])),
  };
}

/** By the name of the file in `assets/schemas/`. */
export const editorSchemas = (): Readonly<Record<string, Schema>> => ({
  'tutorial-front-matter.json': titled('Front matter of a labwright tutorial', schemaOf(frontMatter)),
  'tutorial-checks.json': titled('A block of checks of a labwright tutorial', checks()),
  'tutorial-mistakes.json': titled('A block of mistakes of a labwright tutorial', schemaOf(z.array(mistakeItem))),
});
