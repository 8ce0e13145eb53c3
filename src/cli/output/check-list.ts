import { z } from 'zod';
import { type CatalogueEntry, descriptionOf, exampleIds } from '../../checks/catalogue/entry.ts';
import { catalogue } from '../../checks/catalogue/index.ts';
import { type Lang, text } from '../../lab/text.ts';
import type { Cli } from '../context.ts';

/** The kinds of checks that a tutorial can name, in one language: `lab list --checks --json`. */
export const checksJson = (lang: Lang) => catalogue.map((entry) => kindJson(entry, lang));

function kindJson(entry: CatalogueEntry, lang: Lang) {
  const { name, what, params, short, example, requires } = entry;
  return {
    name,
    claim: what[lang],
    parameters: Object.entries(params.shape).map(([key, schema]) => {
      const whole = schema as z.ZodType;
      const inner = whole instanceof z.ZodOptional || whole instanceof z.ZodDefault ? (whole.unwrap() as z.ZodType) : whole;
      return {
        name: key,
        type: typeOf(inner),
        required: inner === whole,
        default: whole instanceof z.ZodDefault ? whole.def.defaultValue : null,
        description: descriptionOf(whole)?.[lang] ?? '',
      };
    }),
    /** The parameter that a plain value sets. */
    short: short ?? null,
    /** What the stack has to have for it. */
    requires: requires === undefined ? null : needed[requires][lang],
    example,
    /** The IDs that the checks of the example have if it does not name one: `fails` and `needs` name a check by its ID. */
    ids: exampleIds(entry),
  };
}

const needed = {
  probes: text(
    'needs curl, ping, sha256sum, and dig, getent or nslookup in the image of `probe-from`',
    '`probe-from` 的映像檔需要有 curl、ping、sha256sum，以及 dig、getent 或 nslookup',
  ),
  proxy: text('needs `proxy` of the stack', 'stack 需要有 `proxy`'),
  published: text('needs `published` of the stack', 'stack 需要有 `published`'),
};

/** A type as its author would write it. */
function typeOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.join(' | ');
  if (schema instanceof z.ZodBoolean) return 'true | false';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodString) return 'text';
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(' | ');
  if (schema instanceof z.ZodArray) return `[${typeOf(schema.element as z.ZodType)}, …]`;
  if (schema instanceof z.ZodUnion) return schema.options.map((one) => typeOf(one as z.ZodType)).join(' | ');
  if (schema instanceof z.ZodRecord)
    return `{ ${typeOf(schema.keyType as z.ZodType)}: ${typeOf(schema.valueType as z.ZodType)} }`;
  throw new Error(`no name for the type ${schema.def.type}`);
}

/** Each kind with its claim, its parameters and an example. */
export function checkList({ out, lang }: Cli): string {
  const { paint } = out;
  const lines = checksJson(lang).flatMap(({ name, claim, parameters, example, requires, ids }) => {
    const width = Math.max(0, ...parameters.map((one) => one.name.length));
    return [
      `${paint.bold(name)}  ${claim}`,
      ...parameters.map((one) => {
        const value = one.required ? '' : one.default === null ? optional[lang] : `${defaultWord[lang]}${one.default}`;
        const more = [one.description, lang === 'en' ? one.type : inChinese(one.type), value].filter((part) => part !== '');
        return `  ${one.name.padEnd(width)}  ${paint.dim(more.join(lang === 'en' ? '; ' : '；'))}`;
      }),
      ...(requires === null ? [] : [`  ${paint.dim(requires)}`]),
      `  - ${example}`,
      `  ${paint.dim(`${made[lang]}${ids.join(lang === 'en' ? ', ' : '、')}`)}`,
      '',
    ];
  });
  return `${lines.join('\n')}\n${last[lang]}\n`;
}

const inChinese = (type: string): string => type.replaceAll('text', '文字').replaceAll('number', '數字');
const made = { en: 'ID: ', 'zh-TW': 'ID：' } as const;
const optional = { en: 'optional', 'zh-TW': '可省略' } as const;
const defaultWord = { en: 'default: ', 'zh-TW': '預設：' } as const;
const last = {
  en: 'Each can be reversed: - not: { … }. `id`, `claim`, `try` and `needs` beside it are optional.',
  'zh-TW': '每一種都可以反過來：- not: { … }。同一項還可以寫 `id`、`claim`、`try` 和 `needs`。',
} as const;
