import type { Lang } from '../../lab/text.ts';

/** Texts of the wall, for the page and the terminal. */

const en = {
  title: 'Class',
  join: 'To join:',
  here: (count: number) => `${count} ${count === 1 ? 'learner' : 'learners'}`,
  away: (count: number) => `${count} not connected`,
  finished: (count: number) => `${count} finished`,
  asking: 'Ask for help',
  /** For a screen reader, when it changes. */
  ask: (count: number) => (count === 1 ? '1 learner asks for help.' : `${count} learners ask for help.`),
  noneAsks: 'No one asks for help.',
  still: 'At the same step for long',
  steps: 'Steps',
  /** Before a step: `12 at scale/out`. */
  at: 'at',
  empty: 'No learner has joined yet.',
  minutes: (count: number) => (count < 1 ? 'under 1 min' : `${count} min`),
  more: (count: number) => `and ${count} more`,
  hideNames: 'Hide names',
  showNames: 'Show names',
  hidden: (count: number) => (count === 1 ? '1 learner' : `${count} learners`),
  longest: (time: string) => `longest: ${time}`,
  language: '中文',
  lost: 'The connection to `lab class` is lost. Trying again …',
  ended: 'The class has ended.',
};

const zhTW: typeof en = {
  title: '班級',
  join: '加入方式：',
  here: (count) => `${count} 人`,
  away: (count) => `${count} 人未連線`,
  finished: (count) => `${count} 人完成`,
  asking: '請求協助',
  ask: (count) => `有 ${count} 人請求協助。`,
  noneAsks: '目前沒有人請求協助。',
  still: '停留較久',
  steps: '步驟',
  at: '人在',
  empty: '還沒有人加入。',
  minutes: (count) => (count < 1 ? '不到 1 分鐘' : `${count} 分鐘`),
  more: (count) => `還有 ${count} 人`,
  hideNames: '隱藏名字',
  showNames: '顯示名字',
  hidden: (count) => `${count} 人`,
  longest: (time) => `最久 ${time}`,
  language: 'English',
  lost: '與 `lab class` 的連線中斷，正在重試…',
  ended: '班級已結束。',
};

export type WallWords = typeof en;

export const wallWords = (lang: Lang): WallWords => (lang === 'en' ? en : zhTW);

/** Whole minutes since then. */
export const minutesSince = (then: number, now: number): number => Math.max(0, Math.floor((now - then) / 60_000));
