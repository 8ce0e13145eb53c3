import { type Finding, finding, placesOf } from '../../lab/finding.ts';
import { type Lang, langs, type Text } from '../../lab/text.ts';
import { gradedChecks, type Tutorial } from '../../lab/tutorial.ts';
import { mainlandWords, simplifiedIn } from './chinese.ts';

interface Named {
  readonly where: string;
  /** For messages such as 'hint 2 is empty'. */
  readonly name: readonly [en: string, zhTW: string];
  readonly text: Text;
}

/** Checks that every text for learners exists in both languages, each written in its language. */
export function lintTexts(tutorial: Tutorial): Finding[] {
  const languages = tutorial.languages ?? langs;
  return [
    ...textsOf(tutorial).flatMap((one) => lintText(one, languages)),
    ...placesOf(tutorial).flatMap(({ step, where }) => teachIsTitle(step, where)),
  ];
}

function textsOf(tutorial: Tutorial): Named[] {
  const title = ['title', '標題'] as const;
  return [
    { where: tutorial.id, name: title, text: tutorial.title },
    ...given(tutorial.id, ['the introduction', '前言'], tutorial.about),
    ...tutorial.labs.flatMap((lab) => [
      { where: `${tutorial.id}/${lab.id}`, name: title, text: lab.title },
      ...given(`${tutorial.id}/${lab.id}`, ['what is learned', '學到的內容'], lab.learned),
    ]),
    ...placesOf(tutorial).flatMap(({ step, where }): Named[] => [
      { where, name: title, text: step.title },
      { where, name: ['teach', 'teach（說明）'], text: step.teach },
      ...given(where, ['the task', '任務'], step.task),
      ...given(where, ['the text below the checks', '檢查之後的文字'], step.recap),
      ...step.hints.map((hint, at): Named => ({ where, name: [`hint ${at + 1}`, `提示 ${at + 1}`], text: hint })),
      ...gradedChecks(step).flatMap(({ id, claim, advice }): Named[] => [
        { where: `${where}/${id}`, name: ['claim', 'claim（敘述）'], text: claim },
        ...given(`${where}/${id}`, ['what to try next', 'try（接下來怎麼做）'], advice),
      ]),
    ]),
  ];
}

const given = (where: string, name: Named['name'], text: Text | undefined): Named[] => (text ? [{ where, name, text }] : []);

const han = /\p{Script=Han}/u;
const code = /`[^`]*`/g;
const quoted = /"[^"]*"|(?<!\w)'[^']*'(?!\w)/g;

function lintText({ where, name: [en, zh], text }: Named, languages: readonly Lang[]): Finding[] {
  const empty = languages.filter((lang) => !text[lang]?.trim());
  if (empty.length > 0)
    return empty.map((lang) => ({
      ...finding(
        where,
        'text-missing',
        [`${en} is empty in ${lang}`, `${zh} 的 ${lang} 是空的`],
        languages.length > 1
          ? ['write it: every text needs both languages', '請補上：每段文字都要有兩種語言']
          : ['write it; in Markdown, it is the paragraph below the heading', '請補上；在 Markdown 裡，它是標題下方的段落'],
      ),
      lang,
    }));
  const isEnglish = languages.includes('en');
  return [
    ...(isEnglish && han.test(text.en.replaceAll(quoted, ''))
      ? [
          {
            ...finding(
              where,
              'text-not-english',
              [`${en} has Chinese in its English`, `${zh} 的英文裡有中文`],
              ['write it in English', '請用英文寫'],
            ),
            lang: 'en' as const,
          },
        ]
      : []),
    ...(languages.includes('zh-TW')
      ? [
          ...(isEnglish && !han.test(text['zh-TW']) && isProse(text.en) ? [notChinese(where, [en, zh], text['zh-TW'])] : []),
          ...lintChinese(where, [en, zh], text['zh-TW'].replaceAll(code, '')),
        ].map((one) => ({ ...one, lang: 'zh-TW' as const }))
      : []),
  ];
}

/** Whether a text for Chinese readers is a sentence in English. */
export const isUntranslated = (chinese: string): boolean => !han.test(chinese) && isProse(chinese);

/** The longest text that a message quotes. */
const longest = 80;

/** The finding about a text for Chinese readers that is in English. */
export function notChinese(where: string, [en, zh]: Named['name'], text: string): Finding {
  const start = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return finding(
    where,
    'text-not-chinese',
    [`${en} has no Chinese in zh-TW: "${start}"`, `${zh} 的 zh-TW 沒有中文：「${start}」`],
    ['write it in Chinese; only a command may stay as it is', '請用中文寫；只有指令本身可以保留'],
  );
}

function lintChinese(where: string, [en, zh]: Named['name'], prose: string): Finding[] {
  const simplified = simplifiedIn(prose);
  return [
    ...mainlandWords(prose).map(({ word, use }) =>
      finding(
        where,
        'text-mainland',
        [`${en} contains "${word}"`, `${zh} 用了「${word}」`],
        [`use "${use}"`, `請改用「${use}」`],
      ),
    ),
    ...(simplified.length > 0
      ? [
          finding(
            where,
            'text-simplified',
            [`${en} has simplified characters: "${simplified.join(' ')}"`, `${zh} 有簡體字：${simplified.join('、')}`],
            ['use traditional characters', '請改成正體字'],
          ),
        ]
      : []),
  ];
}

const isCommand = (part: string): boolean =>
  /^(?:\$ |do )?(?:docker|docker-compose|curl|ping|dig|cat|ls|cd|cp|sh|echo|npx|lab|for \w+ in) /.test(part.trim()) &&
  !/[.!?]$/.test(part.trim());
const smallWords =
  /(?<![\w-])(?:the|an?|is|are|was|of|to|no|not|in|on|at|and|or|then|from|with|for|by|it|its|one|all|each|again|you|your)(?![\w-])/i;

/**
 * Whether an English text differs in Chinese: it has function words, a full stop, or four words in a row. Names and commands do
 * not.
 */
function isProse(en: string): boolean {
  const parts = en
    .replaceAll(code, '')
    .replaceAll(quoted, '')
    .split(/[,;](?= )/);
  return parts.some(
    (part) => !isCommand(part) && (smallWords.test(part) || /[a-z][.!?]$/.test(part) || /[a-z]+(?: [a-z]+){3}/i.test(part)),
  );
}

function teachIsTitle({ title, teach }: { readonly title: Text; readonly teach: Text }, where: string): Finding[] {
  const plain = (written: string) =>
    written
      .trim()
      .replace(/[.。]$/, '')
      .toLowerCase();
  const same = langs.filter((lang) => title[lang]?.trim() && plain(title[lang]) === plain(teach[lang] ?? ''));
  return same.map((lang) =>
    finding(
      where,
      'teach-is-title',
      [`teach only repeats the title (${lang})`, `teach（說明）只是重複標題（${lang}）`],
      ['explain what the step shows', '請說明這一步呈現的內容'],
    ),
  );
}
