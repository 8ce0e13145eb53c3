import { openRequests, type StudentRequest, unmetRequests } from '../../grade/requests/requests.ts';
import type { Gradebook } from '../../grade/types.ts';
import type { Lang } from '../../lab/text.ts';

const messages = {
  en: {
    between: ', ',
    total: 'total',
    open: (count: number, list: string) =>
      `${count === 1 ? '1 regrade request is' : `${count} regrade requests are`} open in requests.csv: ${list}`,
    unmet: (count: number, list: string) =>
      `${count === 1 ? '1 accepted request has' : `${count} accepted requests have`} no effect, neither by an override nor by another submission: ${list}`,
    unknown: (ids: string) => `requests.csv names students who are not in this class; these lines are not shown: ${ids}`,
  },
  'zh-TW': {
    between: '、',
    total: '總分',
    open: (count: number, list: string) => `requests.csv 有 ${count} 件重新評分申請尚未決定：${list}`,
    unmet: (count: number, list: string) => `有 ${count} 件已接受的申請沒有任何改變（沒有人工評分，作業也沒有更新）：${list}`,
    unknown: (ids: string) => `requests.csv 裡有不在這個班級的學生，這些行不會顯示：${ids}`,
  },
} as const;

/** The class page lists further ones. */
const mostNamed = 20;

/** The requests that wait for the teacher, as lines. `unknown`: students in requests.csv who are not in the class. */
export function requestLines(book: Gradebook, unknown: readonly string[], lang: Lang): string[] {
  const message = messages[lang];
  const listed = (all: readonly string[]) =>
    [...all.slice(0, mostNamed), ...(all.length > mostNamed ? ['…'] : [])].join(message.between);
  const name = ({ entry, request }: StudentRequest) => `${entry.student.id} (${request.check ?? message.total})`;
  const [open, unmet] = [openRequests(book), unmetRequests(book)];
  return [
    ...(unknown.length > 0 ? [message.unknown(listed(unknown))] : []),
    ...(open.length > 0 ? [message.open(open.length, listed(open.map(name)))] : []),
    ...(unmet.length > 0 ? [message.unmet(unmet.length, listed(unmet.map(name)))] : []),
  ];
}
