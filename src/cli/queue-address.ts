import { loadQueueAddress, type QueueAddress } from '../grade/queue/address.ts';
import { text } from '../lab/text.ts';
import type { Cli } from './context.ts';
import { usage } from './usage.ts';

/** The queue server that `--queue` or `LAB_QUEUE` names. `command`: `lab queue`. Throws LabError E_USAGE. */
export async function queueAddressOf(
  command: string,
  queue: string | undefined,
  { env }: Pick<Cli, 'env'>,
): Promise<QueueAddress> {
  const value = queue ?? env.LAB_QUEUE;
  if (value) return loadQueueAddress(value, env);
  throw usage(
    text(
      `${command}: name the queue with --queue redis://HOST, or in the variable LAB_QUEUE`,
      `${command}：請用 --queue redis://主機 指定佇列，或設定環境變數 LAB_QUEUE`,
    ),
    command,
  );
}
