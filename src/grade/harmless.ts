/** What JSON may hold as it is, but a terminal or an editor would act on. */
const steering = /[\u007f-\u009f]|(?=[^\u200c\u200d])[\p{Cf}\p{Zl}\p{Zp}\p{NChar}]/gu;
const units = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** JSON in one line, in which nothing steers a terminal or an eye; every text comes back from it as it was. */
export const harmless = (value: unknown, change?: (key: string, part: unknown) => unknown): string =>
  JSON.stringify(value, change).replaceAll(steering, units);
