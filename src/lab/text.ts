/** The languages that every text for people is written in. */
export const langs = ['en', 'zh-TW'] as const;
export type Lang = (typeof langs)[number];

/** A text for people. The type makes both languages complete: leaving one out does not compile. */
export type Text = Readonly<Record<Lang, string>>;

/** A text in English and in Traditional Chinese (Taiwan). */
export const text = (en: string, zhTW: string): Text => ({ en, 'zh-TW': zhTW });

/** A text that reads the same in every language: a command, a number, a name. */
export const verbatim = (same: string): Text => ({ en: same, 'zh-TW': same });

/** Texts one after another, `between` them what the language puts there. */
export const joinTexts = (parts: readonly Text[], between: Text = verbatim(' ')): Text => ({
  en: parts.map((part) => part.en).join(between.en),
  'zh-TW': parts.map((part) => part['zh-TW']).join(between['zh-TW']),
});
