import type { Lang } from '../../lab/text.ts';
import type { Membership } from '../../learn/class/join-class.ts';

/** The membership in one line. */
export function membershipLine({ phase, nickname, help, why }: Membership, lang: Lang): string {
  const en = lang === 'en';
  if (phase === 'ended') return en ? 'Class: it has ended. You can go on.' : '班級：已結束，你可以繼續練習。';
  if (phase === 'refused') return en ? `Class: ${why?.en}. You can go on.` : `班級：${why?.['zh-TW']}。你可以繼續練習。`;
  if (phase === 'away')
    return en ? 'Class: not reachable, trying again. You can go on.' : '班級：無法連線，正在重試。你可以繼續練習。';
  if (help)
    return en ? `Class: connected as ${nickname}. You are asking for help.` : `班級：已連線，名字是 ${nickname}。正在請求協助。`;
  return en ? `Class: connected as ${nickname}` : `班級：已連線，名字是 ${nickname}`;
}
