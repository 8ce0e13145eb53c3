import { oneLine } from '../../../formats/untrusted-text.ts';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import type { QueueAddress } from '../address.ts';

/** The result of commands. Converts a refusal by the server to LabError E_QUEUE. */
export async function answered<T>(work: Promise<T>, { shown }: QueueAddress): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'ReplyError') throw error;
    const said = oneLine(message, 200);
    const hint = message.startsWith('OOM')
      ? text(
          'its memory is full: give it more (maxmemory), or `lab queue purge`',
          '它的記憶體已滿：請加大 maxmemory，或執行 `lab queue purge`',
        )
      : text('check the log of the server', '請檢查伺服器的紀錄');
    throw new LabError(
      'E_QUEUE',
      text(`the queue server ${shown} refused a command: ${said}`, `佇列伺服器 ${shown} 拒絕了指令：${said}`),
      hint,
      { cause: error },
    );
  }
}
