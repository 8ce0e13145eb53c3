import { oneLine } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Ended } from './port.ts';

/** Why a submission was not judged by a worker. */

export const tooLarge = text(
  'packed, it is larger than 64 MiB, which is too large for the queue. Grade it without --queue',
  '壓縮後超過 64 MiB，無法透過佇列傳送。請不要使用 --queue 來評分這一份',
);
export const unreadable = text('the result of a worker could not be read', '無法讀取 worker 傳回的結果');

/** Every attempt failed. */
export const broken = (reason: string): Text => {
  const shown = oneLine(reason, 500);
  return text(`no worker could grade it: ${shown}`, `沒有 worker 能完成評分：${shown}`);
};

/** A job ended without a result. */
export function failed(ended: Extract<Ended, { ok: false }>): Text {
  return ended.why === 'lost'
    ? text('no worker finished it: the workers that graded it disappeared', '沒有 worker 完成評分：負責評分的 worker 都中斷了')
    : broken(ended.reason);
}

/** A worker has other images than the coordinator. */
export function otherImages(host: string, wanted: readonly string[], found: readonly string[]): Text {
  const names = wanted.filter((one) => !found.includes(one)).map((one) => one.split(' ', 1)[0]);
  return text(
    `${host} has another image than this machine for ${names.join(', ')}. Copy it there (\`docker save\`, then \`lab images load\`), and grade again`,
    `${host} 上的映像檔 ${names.join('、')} 和這台機器的不同。請複製過去（先用 \`docker save\`，再用 \`lab images load\`），然後重新評分`,
  );
}
