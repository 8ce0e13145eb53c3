import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { createFile } from '../../platform/atomic-file.ts';
import { openPlain, readOpened, whyUnread } from '../../platform/plain-file.ts';
import { isSystemError } from '../../platform/system-error.ts';

/** The secret from which pseudonyms follow. */
export interface PseudonymKey {
  readonly secret: Buffer;
  /** The key file, absolute. */
  readonly path: string;
}

const content = /^labwright pseudonym key 1: ([0-9a-f]{64})\n?$/;

/**
 * Reads the key file, or creates it with mode 0600 if it does not exist. Throws LabError E_USAGE if it is in the output folder, another kind of file, or
 * readable by other users.
 */
export async function openKey(path: string, out: string): Promise<PseudonymKey> {
  const folder = await realpath(dirname(path)).catch((error: unknown) => {
    throw refused(
      whyUnread(dirname(path), error),
      text('create that folder, or name another file', '請建立該資料夾，或指定別的檔案'),
    );
  });
  const file = join(folder, basename(path));
  if (isWithin(await realOf(out), file))
    throw refused(
      text(`the key file ${path} is in the output folder`, `金鑰檔 ${path} 在輸出資料夾裡`),
      text(
        'keep it elsewhere: whoever has it can compute the pseudonyms of the class',
        '請放在別的地方：有這個檔案的人就能算出全班的代號',
      ),
    );
  try {
    const secret = randomBytes(32);
    const isNew = await createFile(file, `labwright pseudonym key 1: ${secret.toString('hex')}\n`, 0o600);
    return { secret: isNew ? secret : await read(file, path), path: file };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw refused(
      text(`the key file ${path} cannot be used: ${error.message}`, `無法使用金鑰檔 ${path}：${error.message}`),
      text('name a file in a folder that you may write to', '請指定你可以寫入的資料夾裡的檔案'),
    );
  }
}

/** The path without links, as far as it exists. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(resolve(path));
    return parent === resolve(path) ? parent : join(await realOf(parent), basename(path));
  }
}

function isWithin(folder: string, file: string): boolean {
  const below = relative(folder, file);
  return !isAbsolute(below) && !/^\.\.(?:[\\/]|$)/.test(below);
}

async function read(file: string, path: string): Promise<Buffer> {
  const unread = (error: unknown) => {
    throw refused(whyUnread(path, error), another);
  };
  const handle = await openPlain(file, { follow: false }).catch(unread);
  try {
    const { mode } = await handle.stat();
    // Windows reports no permissions of other users
    if (platform() !== 'win32' && (mode & 0o077) !== 0)
      throw refused(
        text(
          `the key file ${path} is accessible to other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
          `其他使用者可以存取金鑰檔 ${path}（權限 ${(mode & 0o777).toString(8).padStart(4, '0')}）`,
        ),
        text(`chmod 600 ${path}`, `chmod 600 ${path}`),
      );
    const written = (await readOpened(handle, path, 4096).catch(unread)).toString();
    const [, hex] = content.exec(written) ?? [];
    if (hex === undefined)
      throw refused(text(`${path} is not a key file of lab grade`, `${path} 不是 lab grade 的金鑰檔`), another);
    return Buffer.from(hex, 'hex');
  } finally {
    await handle.close();
  }
}

const another = text(
  'name a key file that `lab grade --pseudonyms` created, or a file that does not exist yet',
  '請指定 `lab grade --pseudonyms` 建立的金鑰檔，或還不存在的檔案',
);

const refused = (message: Text, hint: Text): LabError => new LabError('E_USAGE', message, hint);
