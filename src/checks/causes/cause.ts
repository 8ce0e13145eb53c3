import type { Text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import { textWith } from '../evidence/stack-facts.ts';

type InBothLanguages = readonly [en: string, zhTW: string];

/** A cause in both languages: what is wrong, and what to do about it. `{name}` in a text is the value of that name. */
export const causeWith = (
  values: Readonly<Record<string, Text | string | number>>,
  what: InBothLanguages,
  help: InBothLanguages,
): Cause => ({ text: textWith(...what, values), help: textWith(...help, values) });
