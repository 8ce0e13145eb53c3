import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { createFile } from '../../platform/atomic-file.ts';
import { loadPlain } from '../../platform/plain-file.ts';

const keyBytes = 32;

/**
 * Loads a class key: 32 bytes, base64. `create`: a file that does not exist is created, readable only by its owner. Throws LabError E_USAGE for a file
 * that does not exist, is no key, or that other users can read.
 */
export async function loadClassKey(path: string, { create }: { readonly create: boolean }): Promise<Buffer> {
  const hint = text('check the path and the permissions of the file', '請檢查檔案的路徑和權限');
  const written = await loadPlain(path, { code: 'E_USAGE', hint, maxBytes: 4096 });
  if (!written) return create ? await createKey(path) : missing(path);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new LabError(
      'E_USAGE',
      text(`other users can read the class key ${path}`, `其他使用者可以讀取班級金鑰 ${path}`),
      text(`run \`chmod 600 ${path}\``, `請執行 \`chmod 600 ${path}\``),
    );
  const base64 = written.toString('latin1').trim();
  const key = Buffer.from(base64, 'base64');
  if (key.length === keyBytes && key.toString('base64') === base64) return key;
  throw new LabError(
    'E_USAGE',
    text(`${path} is not a class key`, `${path} 不是班級金鑰`),
    text('name a new file: `lab grade` creates the key', '請指定一個新的檔案：`lab grade` 會建立金鑰'),
  );
}

async function createKey(path: string): Promise<Buffer> {
  const key = randomBytes(keyBytes);
  await createFile(path, `${key.toString('base64')}\n`, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new LabError(
      'E_USAGE',
      text(`the class key ${path} can't be created: ${error.message}`, `無法建立班級金鑰 ${path}：${error.message}`),
      text('name a file in a folder that you may write to', '請指定一個可以寫入的資料夾裡的檔案'),
      { cause: error },
    );
  });
  return key;
}

function missing(path: string): never {
  throw new LabError(
    'E_USAGE',
    text(`there is no class key ${path}`, `沒有班級金鑰 ${path}`),
    text(
      'copy the key file of the machine with `lab grade` to this machine',
      '請把執行 `lab grade` 那台機器上的金鑰檔複製到這台機器',
    ),
  );
}
