/** The languages of every text that is shown to users. */
export const langs = ['en', 'zh-TW'] as const;
export type Lang = (typeof langs)[number];

/** A text for users. Its type requires both languages: a missing one does not compile. */
export type Text = Readonly<Record<Lang, string>>;

/** A text in English and in Traditional Chinese (Taiwan). */
export const text = (en: string, zhTW: string): Text => ({ en, 'zh-TW': zhTW });

/** A text that is the same in every language: a command, a number, a name. */
export const verbatim = (same: string): Text => ({ en: same, 'zh-TW': same });

/** Concatenates texts, with the language's form of `between` as the separator. */
export const joinTexts = (parts: readonly Text[], between: Text = verbatim(' ')): Text => ({
  en: parts.map((part) => part.en).join(between.en),
  'zh-TW': parts.map((part) => part['zh-TW']).join(between['zh-TW']),
});
