import type { Lang } from '../../lab/text.ts';

/** Texts of the wall, for the page and the terminal. */

const en = {
  title: 'Class',
  join: 'To join',
  here: (count: number) => `${count} ${count === 1 ? 'learner' : 'learners'}`,
  away: (count: number) => `${count} not connected`,
  finished: (count: number) => `${count} finished`,
  asking: 'Ask for help',
  noneAsks: 'No one asks for help.',
  still: 'At the same step for long',
  steps: 'Steps',
  at: (count: number, key: string) => `${count} at ${key}`,
  empty: 'No learner has joined yet.',
  minutes: (count: number) => `${count} min`,
  hideNames: 'Hide names',
  showNames: 'Show names',
  hidden: (count: number) => (count === 1 ? 'one learner' : `${count} learners`),
  language: '中文',
  lost: 'The connection to `lab class` is lost. Trying again …',
  ended: 'The class has ended.',
};

const zhTW: typeof en = {
  title: '班級',
  join: '加入方式',
  here: (count) => `${count} 人`,
  away: (count) => `${count} 人未連線`,
  finished: (count) => `${count} 人完成`,
  asking: '請求協助',
  noneAsks: '目前沒有人請求協助。',
  still: '停留較久',
  steps: '步驟',
  at: (count, key) => `${count} 人在 ${key}`,
  empty: '還沒有人加入。',
  minutes: (count) => `${count} 分鐘`,
  hideNames: '隱藏名字',
  showNames: '顯示名字',
  hidden: (count) => `${count} 人`,
  language: 'English',
  lost: '與 `lab class` 的連線中斷，正在重試…',
  ended: '班級已結束。',
};

export type WallWords = typeof en;

export const wallWords = (lang: Lang): WallWords => (lang === 'en' ? en : zhTW);

/** Whole minutes since then. */
export const minutesSince = (then: number, now: number): number => Math.max(0, Math.floor((now - then) / 60_000));
