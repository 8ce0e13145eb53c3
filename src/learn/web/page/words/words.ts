import type { Lang, Text } from '../../../../lab/text.ts';
import type { Mismatch } from '../../../../lab/verdict.ts';
import type { Action } from '../../../state.ts';
import type { PageContent } from '../../protocol.ts';
import { en, type Words } from './en.ts';
import { zhTW } from './zh-tw.ts';

export type { Words };

export const wordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);

interface HelpOptions {
  /** The learner can ask a class for help. */
  readonly inClass: boolean;
  readonly terminal: PageContent['terminal']['kind'];
}

/** What the help says about the page in this mode. */
export function helpIn(mode: PageContent['mode'], words: Words, { inClass, terminal }: HelpOptions) {
  const last = words.lastHelpRows[mode === 'run' ? 'own' : terminal];
  if (mode === 'run') return { intro: words.runHelpText, rows: [...words.runHelpRows, ...last], marks: words.runHelpMarks };
  if (mode === 'break')
    return { intro: words.breakHelpText[terminal], rows: [...words.breakHelpRows, ...last], marks: words.breakHelpMarks };
  const rows = [...(inClass ? [words.classHelpRow] : []), ...words.helpRows, ...last];
  return { intro: words.helpText[terminal], rows, marks: words.helpMarks, probes: words.probesCount };
}

/** The same words in both languages. */
export const textOf = (select: (words: Words, lang: Lang) => string): Text => ({
  en: select(en, 'en'),
  'zh-TW': select(zhTW, 'zh-TW'),
});

const two = (part: number): string => String(part).padStart(2, '0');

/** `21:14:03`, in the machine's time zone. */
export const clockTime = (iso: string): string => {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
};

/** `2026-07-04 21:14`, in the machine's time zone. */
export const dayTime = (iso: string): string => {
  const time = new Date(iso);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
};

/** `12,345`. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** `12k`, where space is short. */
export const shortened = (count: number): string => (count < 1000 ? String(count) : `${Math.floor(count / 1000)}k`);

/** What the learner did, as far as it is known. */
export function actionText({ kind, what }: Action, words: Words): string {
  switch (kind) {
    case 'exec': {
      const [, service = '', line = ''] = /^(\S+): (.*)$/s.exec(what) ?? [];
      return service === '' ? what : words.exec(service, line);
    }
    case 'edit':
      return words.edited(what);
    case 'traffic':
      return words.traffic(what);
    case 'engine': {
      const [, name = '', change = ''] = /^(.*) (\S+)$/s.exec(what) ?? [];
      const happened = words.changes[change];
      return happened === undefined ? what : `${name}${words.between}${happened}`;
    }
    case 'command':
      return what;
  }
}

/** `21:14:03 docker compose up -d`. */
export const actionLine = (action: Action, words: Words): string => `${clockTime(action.at)} ${actionText(action, words)}`;

/** What to do about a claim that is not true; about one that cannot become true any more, why. */
export function helpOf({ help, lasting }: Pick<Mismatch, 'help' | 'lasting'>, lang: Lang): string {
  if (!lasting) return help[lang];
  return wordsOf(lang).lasting(lasting.service, lasting.how, lasting.at === undefined ? undefined : clockTime(lasting.at));
}
