import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonText, singleLine } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import type { Cli } from '../context.ts';
import { promptsOn } from './prompts.ts';

/**
 * Asks once for each tutorial outside the package whether its commands may run: they have the user's rights. Without a terminal, or with `--yes`, it only says
 * so. Throws LabError E_USAGE if the answer is no.
 */
export async function assertTrusted(cli: Cli, path: string): Promise<void> {
  const file = fileOf(cli);
  const known = await load(file);
  if (known.includes(path)) return;
  const notice = text(
    `the commands of ${path} run on this machine, with your rights`,
    `${path} 的指令會在這台機器上以你的權限執行`,
  );
  const { ask } = promptsOn(cli);
  if (ask) {
    const isAllowed = await ask(text(`${notice.en}; continue?`, `${notice['zh-TW']}；要繼續嗎？`));
    if (!isAllowed)
      throw new LabError(
        'E_USAGE',
        text('nothing was run', '沒有執行任何指令'),
        text(`read ${path} first, then give the command again`, `請先閱讀 ${path}，再執行一次`),
      );
  } else cli.err.write(`${singleLine(notice[cli.lang])}\n`);
  await onPath(file, () => mkdir(cli.homes.state, { recursive: true }));
  await onPath(file, () => replaceFile(file, [`${jsonText([...known, path], 2)}\n`]));
}

const fileOf = ({ homes }: Pick<Cli, 'homes'>): string => join(homes.state, 'trusted.json');

/** Whether the user allowed this tutorial's commands before. */
export const isTrusted = async (cli: Pick<Cli, 'homes'>, path: string): Promise<boolean> =>
  (await load(fileOf(cli))).includes(path);

/** A file that is not valid is as none: the question is asked again. */
async function load(file: string): Promise<readonly string[]> {
  try {
    const written = (await readPlain(file, { maxBytes: 1_000_000 })).toString('utf8');
    // it takes longer to load than all that `lab list` needs
    const { z } = await import('zod');
    return z.array(z.string()).parse(JSON.parse(written));
  } catch {
    return [];
  }
}
