import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { onOwnConnection } from '../api/connection.ts';
import { jsonLines } from '../api/engine-api.ts';
import type { Engine } from '../engine.ts';

/** Copies images from one engine to another, unchanged. Throws LabError E_IMAGE_FILE if the other cannot load them, and what the engines throw. */
export async function copyImages(from: Engine, to: Engine, refs: readonly string[], signal: AbortSignal): Promise<void> {
  if (refs.length === 0) return;
  const query = refs.map((ref) => `names=${encodeURIComponent(ref)}`).join('&');
  await onOwnConnection(from, signal, async (source) => {
    const tar = await source.stream('GET', `/images/get?${query}`);
    await onOwnConnection(to, signal, async (target) => {
      for await (const { error } of jsonLines<{ error?: string }>(
        await target.stream('POST', '/images/load', { quiet: true }, tar),
      ))
        if (error)
          throw new LabError(
            'E_IMAGE_FILE',
            text(`the grading engine can't take ${refs.join(', ')}: ${error}`, `評分引擎無法載入 ${refs.join('、')}：${error}`),
            text('check whether its disk is full: `lab doctor`', '請用 `lab doctor` 檢查磁碟是否已滿'),
          );
    });
  });
}
