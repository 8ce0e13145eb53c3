import { resolve } from 'node:path';
import { loadQueueAddress, type QueueAddress } from '../grade/queue/address.ts';
import { openQueue } from '../grade/queue/bull/open-queue.ts';
import { loadClassKey } from '../grade/queue/class-key.ts';
import { type QueueServer, usualTimes } from '../grade/queue/port.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Cli } from './context.ts';
import { usage } from './usage.ts';

export interface QueueOptions {
  /** Left out: `LAB_QUEUE`. */
  readonly queue?: string;
  readonly classKey?: string;
}

/** A queue server and the key with which bodies on it are encrypted. */
export interface OpenedQueue extends AsyncDisposable {
  readonly server: QueueServer;
  /** Left out: the queue is local. */
  readonly key?: Buffer;
  /** The address, without the password. */
  readonly shown: string;
}

/**
 * Connects to the queue that the options name. `create`: a class key that does not exist is created. Throws LabError E_USAGE for invalid options,
 * and E_QUEUE if the server cannot be used.
 */
export async function openQueueOf(cli: Cli, options: QueueOptions, command: string, create: boolean): Promise<OpenedQueue> {
  const { signal, cwd } = cli;
  const address = await queueAddressOf(command, options.queue, cli);
  const { classKey } = options;
  if (classKey === undefined && !address.isLocal) throw keyNeeded(address, create);
  const key = classKey === undefined ? undefined : await loadClassKey(resolve(cwd, classKey), { create });
  const server = await openQueue(address, { times: usualTimes, signal });
  return {
    server,
    ...(key ? { key } : {}),
    shown: address.shown,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

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

const keyNeeded = ({ shown }: QueueAddress, create: boolean): LabError =>
  new LabError(
    'E_USAGE',
    text(
      `${shown} is not on this machine, so submissions must be encrypted, which needs a class key`,
      `${shown} 不在這台機器上，作業必須加密，因此需要班級金鑰`,
    ),
    create
      ? text('add --class-key FILE: the file is created if it does not exist', '請加上 --class-key 檔案：檔案不存在時會自動建立')
      : text(
          'add --class-key FILE, a copy of the file that `lab grade --class-key` created',
          '請加上 --class-key 檔案，也就是 `lab grade --class-key` 所建立檔案的複本',
        ),
  );
