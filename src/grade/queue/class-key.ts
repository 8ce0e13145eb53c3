import { randomBytes } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { openPlain, readOpened, whyUnread } from '../../platform/plain-file.ts';

/** The key with which coordinator and workers encrypt what they put on a queue server. It never is on the server. */

const keyBytes = 32;
const maxFileBytes = 1000;

/** Reads the key in a file. With `create`, a new one is written if the file does not exist. Throws LabError E_USAGE. */
export async function loadClassKey(path: string, { create = false } = {}): Promise<Buffer> {
  const existing = await readKey(path);
  if (existing) return existing;
  if (!create)
    throw invalid(
      text(`${path} does not exist`, `${path} 不存在`),
      text('copy the key file from the machine that runs `lab grade --queue`', '請從執行 `lab grade --queue` 的機器複製金鑰檔'),
    );
  return createKey(path);
}

/** Writes a new key, complete or not at all. Another program may be faster: then its key counts. */
async function createKey(path: string): Promise<Buffer> {
  const key = randomBytes(keyBytes);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, path);
    return key;
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readKey(path) : undefined;
    if (other) return other;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readKey(path: string): Promise<Buffer | undefined> {
  try {
    const handle = await openPlain(path);
    try {
      const { mode } = await handle.stat();
      if ((mode & 0o077) !== 0)
        throw invalid(
          text(`${path} can be read by other users`, `其他使用者也能讀取 ${path}`),
          text(`make it private: chmod 600 ${path}`, `請改成私人檔案：chmod 600 ${path}`),
        );
      return parseKey(path, (await readOpened(handle, path, maxFileBytes)).toString());
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof LabError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw invalid(whyUnread(path, error), text('check the path and the permissions', '請檢查路徑和權限'), error);
  }
}

function parseKey(path: string, written: string): Buffer {
  const key = Buffer.from(written.trim(), 'base64');
  if (key.length === keyBytes && key.toString('base64') === written.trim()) return key;
  throw invalid(
    text(`${path} contains no class key`, `${path} 裡沒有班級金鑰`),
    text(
      'it must be the file that `lab grade --queue` created; copy it again, or name a file that does not exist for a new key',
      '必須是 `lab grade --queue` 建立的檔案；請重新複製，或指定一個不存在的檔案來產生新的金鑰',
    ),
  );
}

const invalid = (message: Text, hint: Text, cause?: unknown): LabError =>
  new LabError(
    'E_USAGE',
    text(`class key: ${message.en}`, `班級金鑰：${message['zh-TW']}`),
    hint,
    cause === undefined ? {} : { cause },
  );
