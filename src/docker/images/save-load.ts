import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { access, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { openPlain } from '../../platform/plain-file.ts';
import { ApiError } from '../api/api-error.ts';
import { readArchive } from '../api/archive.ts';
import { onOwnConnection } from '../api/connection.ts';
import { jsonLines } from '../api/engine-api.ts';
import type { Engine } from '../engine.ts';
import { findImage } from './ensure-images.ts';

interface Work {
  readonly progress: (line: Text) => void;
  readonly signal: AbortSignal;
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

/**
 * Writes images into one archive, which appears under its name only when complete. Resolves to its size in bytes. Throws LabError E_IMAGE_MISSING if
 * the engine lacks one, E_IMAGE_FILE if the file cannot be written, and what `assertSavable` throws.
 */
export async function saveImages(engine: Engine, refs: readonly string[], file: string, work: Work): Promise<number> {
  const found = await Promise.all(refs.map((ref) => findImage(engine, ref)));
  const absent = refs.filter((_, at) => !found[at]);
  if (absent.length > 0) throw notHere(absent);
  await assertSavable(file);
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  const onBytes = stepper((bytes) => work.progress(text(`saving: ${mb(bytes)} MB`, `儲存中：${mb(bytes)} MB`)), 20e6);
  const query = refs.map((ref) => `names=${encodeURIComponent(ref)}`).join('&');
  try {
    await onOwnConnection(engine, work.signal, async (api) => {
      const tar = await api.stream('GET', `/images/get?${query}`);
      await pipeline(tar, counted(onBytes), createWriteStream(partial, { flags: 'wx', flush: true }));
    });
    await readArchive(partial); // an engine that fails midway just stops writing
    await rename(partial, file);
    return (await stat(file)).size;
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof ApiError) throw cannotSave(error);
    throw isOfWriting(error) ? cannotWrite(file, error) : error;
  }
}

/** Whether images can be saved under this name; call it before fetching anything. Throws LabError E_USAGE. */
export async function assertSavable(file: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  if (existing && !existing.isFile()) throw notAFile(file);
  const folder = dirname(file);
  try {
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(folder), { code: 'ENOTDIR' });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw cannotWrite(file, error as NodeJS.ErrnoException);
  }
}

/**
 * Loads the images of an archive. Resolves to the references that the engine reports as loaded. Throws LabError E_IMAGE_FILE for a file that is not
 * an image archive.
 */
export async function loadImages(engine: Engine, file: string, work: Work): Promise<string[]> {
  const { bytes } = await readArchive(file);
  const onBytes = stepper((gone) => {
    const of = `${mb(gone)} / ${mb(bytes)} MB`;
    work.progress(text(`loading: ${of}`, `載入中：${of}`));
  }, bytes / 20);
  const loaded: string[] = [];
  const opened = await openPlain(file);
  try {
    await onOwnConnection(engine, work.signal, async (api) => {
      const source = opened.createReadStream({ start: 0, highWaterMark: 1 << 20, autoClose: false });
      const body = Readable.toWeb(Readable.from(counted(onBytes)(source)));
      const lines = await api.stream('POST', '/images/load', { quiet: true }, body);
      for await (const line of jsonLines<{ stream?: string; error?: string }>(lines)) {
        if (line.error) throw refused(file, line.error);
        const ref = /^Loaded image(?: ID)?: (\S+)/.exec(line.stream ?? '')?.[1];
        if (ref) loaded.push(ref);
      }
    });
  } catch (error) {
    throw error instanceof ApiError ? refused(file, error.message, error) : error;
  } finally {
    await opened.close();
  }
  return loaded;
}

/** Passes bytes on and reports how many have passed. */
const counted = (onBytes: (bytes: number) => void) =>
  async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let gone = 0;
    for await (const chunk of source) {
      yield chunk;
      gone += chunk.length;
      onBytes(gone);
    }
  };

/** Calls through only at each `step`. */
function stepper(call: (value: number) => void, step: number): (value: number) => void {
  let next = step;
  return (value) => {
    if (value < next) return;
    next = value + step;
    call(value);
  };
}

const notHere = (refs: readonly string[]) =>
  new LabError(
    'E_IMAGE_MISSING',
    text(`the engine has no ${refs.join(', ')}`, `引擎裡沒有 ${refs.join('、')}`),
    text('get them first: `lab images pull`', '請先取得：`lab images pull`'),
  );

const notAFile = (file: string) =>
  new LabError(
    'E_USAGE',
    text(`${file} is a folder or a device`, `${file} 是資料夾或裝置`),
    text('name a file', '請指定檔案名稱'),
  );

const makeRoom = text('free disk space, or choose another folder', '請清出空間，或寫入其他位置');

/** Errors of the file system, not of a connection. */
const isOfWriting = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && ['open', 'write', 'fsync', 'close', 'rename'].includes(String(error.syscall));

const cannotSave = (error: ApiError): LabError =>
  new LabError(
    'E_ENGINE_API',
    text(`the engine can't save the images: ${error.message}`, `引擎無法儲存映像檔：${error.message}`),
    text('check the engine: `lab doctor`', '請用 `lab doctor` 檢查引擎'),
    { cause: error },
  );

/** Error codes that are caused by the file name, not by a later event. */
const userPathErrors: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'ELOOP']);

function cannotWrite(file: string, error: NodeJS.ErrnoException): LabError {
  const { code, message } = error;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new LabError('E_IMAGE_FILE', text(`the disk is full: no space for ${file}`, `磁碟已滿，沒有空間寫入 ${file}`), makeRoom, {
        cause: error,
      })
    : new LabError(
        userPathErrors.has(code ?? '') ? 'E_USAGE' : 'E_IMAGE_FILE',
        text(`${file} can't be written (${code ?? message})`, `無法寫入 ${file}（${code ?? message}）`),
        text('name a file in a folder that exists and that you may write to', '請指定一個存在且可以寫入的資料夾'),
        { cause: error },
      );
}

const refused = (file: string, message: string, cause?: unknown): LabError =>
  /no space left/i.test(message)
    ? new LabError(
        'E_DISK_FULL',
        text(`the engine's disk is full: no space for ${file}`, `引擎的磁碟已滿，沒有空間存放 ${file}`),
        text('free disk space: `docker system df` shows what uses it', '清出空間：`docker system df` 可以查看空間的使用情形'),
        { cause },
      )
    : new LabError(
        'E_IMAGE_FILE',
        text(`the engine can't load ${file}: ${message}`, `引擎無法載入 ${file}：${message}`),
        text('give a file that `lab images save` or `docker save` wrote', '請使用 `lab images save` 或 `docker save` 產生的檔案'),
        { cause },
      );
