import type { ListedImage } from '../../docker/images/list-images.ts';
import { text } from '../../lab/text.ts';
import { pad, padStart, widthOf } from '../../report/terminal/layout.ts';
import type { Cli } from '../context.ts';

/** One line per image: present with its size, or absent with its source. */
export function imageLines({ out, lang }: Cli, rows: readonly ListedImage[]): string[] {
  const { paint } = out;
  const column = Math.max(0, ...rows.map(({ ref }) => widthOf(ref))) + 2;
  return rows.map(({ ref, bytes, from }) =>
    bytes === undefined
      ? `${paint.yellow('○')} ${pad(ref, column)}${paint.dim(text(`absent; from ${from?.en}`, `沒有；來源：${from?.['zh-TW']}`)[lang])}`
      : `${paint.green('●')} ${pad(ref, column)}${padStart(megabytes(bytes), 9)}`,
  );
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
