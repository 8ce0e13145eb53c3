import { oneLine } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Result, SentError } from './messages.ts';
import type { Ended } from './port.ts';

/** Why a submission was not judged by a worker. */

export const tooLarge = text(
  'packed, it is larger than 64 MiB, which is too large for the queue. Grade it without --queue',
  '壓縮後超過 64 MiB，無法透過佇列傳送。請不要使用 --queue 來評分這一份',
);
const unreadable = text('the result of a worker could not be read', '無法讀取 worker 傳回的結果');

/** Every attempt failed. */
const broken = (reason: string): Text => {
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
function otherImages(host: string, wanted: readonly string[], found: readonly string[]): Text {
  const names = wanted.filter((one) => !found.includes(one)).map((one) => one.split(' ', 1)[0]);
  return text(
    `${host} has another image than this machine for ${names.join(', ')}. Copy it there (\`docker save\`, then \`lab images load\`), and grade again`,
    `${host} 上的映像檔 ${names.join('、')} 和這台機器的不同。請複製過去（先用 \`docker save\`，再用 \`lab images load\`），然後重新評分`,
  );
}

/** A worker sent something else than a grade; `host` is its machine, `images` are those that the submission was checked with. */
export function notGraded(result: Exclude<Result, { kind: 'grade' }> | undefined, host: string, images: readonly string[]): Text {
  if (result?.kind === 'images') return otherImages(host, images, result.images);
  return result?.kind === 'failed' ? broken(result.reason) : unreadable;
}

/** The reference solution did not pass on a worker. */
export function notProved(result: Result | undefined, ended: Ended): SentError {
  if (result?.kind === 'reference' && result.failed) return result.failed;
  return { code: 'E_CONTROL', text: ended.ok ? unreadable : failed(ended), hint: text('', '') };
}
