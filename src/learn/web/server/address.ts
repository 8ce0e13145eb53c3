import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { jsonText } from '../../../formats/untrusted-text.ts';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { replaceFile } from '../../../platform/atomic-file.ts';
import { type Lock, tryLock } from '../../../platform/lock.ts';
import { loadPlain } from '../../../platform/plain-file.ts';
import { type Homes, shortHash } from '../../../platform/state-dirs.ts';
import { onPath } from '../../../platform/system-error.ts';
import { urlOf } from './access.ts';

/**
 * The port and the secret of a folder's page: after a crash, the next server takes both, and an open page continues by itself. After the end of a server, the next one
 * takes the port only: a browser keeps the page's settings by it.
 */
export interface Address {
  readonly secret: Uint8Array;
  /** Of the server before; 0: there was none. */
  readonly port: number;
  /** Records the port on which the server listens. */
  listensOn(port: number): Promise<void>;
  /** The server ended as it should: its secret is not used again. The port is kept while the folder exists. */
  release(): Promise<void>;
}

/** Another server runs for this folder. */
export interface Taken {
  readonly url: string;
}

const stored = z.strictObject({
  version: z.literal(1),
  folder: z.string(),
  port: z.int().min(1).max(65_535),
  /** Omitted: the server has ended. */
  secret: z.base64url().length(43).optional(),
});
const secretBytes = 32;

const recordsIn = (state: string): string => join(state, 'web');

/** Takes the address of the page for a folder. Throws LabError E_STATE for a state folder that cannot be used. */
export async function takeAddress({ state }: Pick<Homes, 'state'>, folder: string): Promise<Address | Taken> {
  const path = join(recordsIn(state), `${shortHash(folder)}.json`);
  await onPath(path, () => mkdir(dirname(path), { recursive: true, mode: 0o700 }));
  const lock = await tryLock(`${path}.lock`);
  try {
    const known = await load(path, folder);
    if (!lock) {
      if (known?.secret) return { url: urlOf(known.secret, known.port) };
      throw starting();
    }
    return owned(path, folder, { secret: known?.secret ?? randomBytes(secretBytes), port: known?.port ?? 0 }, lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

function owned(path: string, folder: string, { secret, port }: Pick<Address, 'secret' | 'port'>, lock: Lock): Address {
  let latest = port;
  const write = (more: { readonly secret?: string } = {}) => {
    const record: z.infer<typeof stored> = { version: 1, folder, port: latest, ...more };
    return onPath(path, () => replaceFile(path, [`${jsonText(record)}\n`], 0o600));
  };
  return {
    ...{ secret, port },
    async listensOn(now) {
      latest = now;
      await write({ secret: Buffer.from(secret).toString('base64url') });
    },
    async release() {
      try {
        await rm(path, { force: true });
        if (latest > 0 && existsSync(folder)) await write();
      } finally {
        await lock.release();
      }
    },
  };
}

/** Removes the records of folders that do not exist any more, such as what a killed `lab run --web` left. */
export async function removeUnused({ state }: Pick<Homes, 'state'>): Promise<void> {
  const dir = recordsIn(state);
  const names = existsSync(dir) ? await readdir(dir) : [];
  for (const path of names.filter((name) => name.endsWith('.json')).map((name) => join(dir, name))) {
    const lock = await tryLock(`${path}.lock`);
    try {
      if (lock && !existsSync((await read(path))?.folder ?? '')) await rm(path, { force: true });
    } finally {
      await lock?.release();
    }
  }
}

/** Undefined: there is none, or what is there is not one for this folder. */
async function load(path: string, folder: string): Promise<{ readonly secret?: Uint8Array; readonly port: number } | undefined> {
  const { folder: of, port, secret } = (await read(path)) ?? {};
  if (of !== folder || port === undefined) return undefined;
  return { port, ...(secret === undefined ? {} : { secret: Buffer.from(secret, 'base64url') }) };
}

async function read(path: string): Promise<z.infer<typeof stored> | undefined> {
  const hint = text('remove it, then run the command again', '請移除它，再執行一次');
  const bytes = await loadPlain(path, { code: 'E_STATE', hint, maxBytes: 10_000, follow: false });
  try {
    return stored.safeParse(JSON.parse(bytes?.toString('utf8') ?? '')).data;
  } catch {
    return undefined; // not JSON
  }
}

const starting = (): LabError =>
  new LabError(
    'E_STATE',
    text('another page of this folder is starting', '這個資料夾的另一個頁面正在啟動'),
    text('run the command again in a moment: it shows the address', '請稍後再執行一次，就會顯示網址'),
  );
