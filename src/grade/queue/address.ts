import { isAbsolute } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';

/** Where a queue server listens, and how to log in. */
export interface QueueAddress {
  /** A host and port, or the path of a Unix socket. */
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  /** Undefined: the connection is not encrypted. `ca`: the authorities in PEM that may sign its certificate, in place of the usual ones. */
  readonly tls?: { readonly ca?: Buffer };
  /** It never leaves this machine. */
  readonly isLocal: boolean;
  /** The address for people, without the password. */
  readonly shown: string;
}

/** What an address in text form says. Files that it names are not read yet. */
export interface ParsedAddress extends Omit<QueueAddress, 'tls'> {
  readonly tls?: { readonly caFile?: string };
}

const plainSchemes = ['redis:', 'valkey:'];
const tlsSchemes = ['rediss:', 'valkeys:'];
const usualPort = 6379;
const maxSecretBytes = 4096;
const maxCaBytes = 4e6;

const invalid = (value: string, why: Text): LabError =>
  new LabError(
    'E_USAGE',
    text(
      `--queue can't be '${withoutPassword(value)}': ${why.en}`,
      `--queue 不能是「${withoutPassword(value)}」：${why['zh-TW']}`,
    ),
    text(
      'write redis://host:6379, rediss://user@host:6379 with TLS, or unix:/path/of/the.sock; the password is read from LAB_QUEUE_PASSWORD',
      '請寫成 redis://host:6379、使用 TLS 的 rediss://user@host:6379，或 unix:/path/of/the.sock；密碼會從 LAB_QUEUE_PASSWORD 讀取',
    ),
  );

/** The text of an address, also of an invalid one, with `***` in place of a password. */
export const withoutPassword = (value: string): string => value.replace(/^([a-z]+:\/\/)?([^@:]*):(.*)@/is, '$1$2:***@');

const decoded = (value: string): string | undefined => {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
};

/** Parses the address of a queue server: `redis://`, `rediss://`, `valkey://`, `valkeys://` or `unix:`. Throws LabError E_USAGE. */
export function parseQueueAddress(value: string): ParsedAddress {
  if (value.startsWith('unix:')) return parseSocket(value);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const encrypted = tlsSchemes.includes(url?.protocol ?? '');
  if (!url || (!encrypted && !plainSchemes.includes(url.protocol)))
    throw invalid(value, text('it is not the address of a queue server', '這不是佇列伺服器的位址'));
  // an IPv6 address has brackets in a URL only
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw invalid(value, text('it names no host', '沒有指定主機'));
  const path = /^\/?(\d{0,5})$/.exec(url.pathname);
  if (!path || url.hash !== '')
    throw invalid(value, text('after the host, only the number of a database is allowed', '主機之後只能寫資料庫編號'));
  const caFile = caFileOf(value, url.searchParams, encrypted);
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === undefined || password === undefined)
    throw invalid(
      value,
      text('its user or password is not encoded correctly (% is %25)', '使用者名稱或密碼的編碼不正確（% 要寫成 %25）'),
    );
  const port = url.port === '' ? usualPort : Number(url.port);
  const db = Number(path[1] ?? '');
  const shownUser = url.username === '' ? '' : `${url.username}@`;
  return {
    at: { host, port },
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    db,
    ...(encrypted ? { tls: caFile === undefined ? {} : { caFile } } : {}),
    isLocal: isLoopback(host),
    shown: `${url.protocol}//${shownUser}${url.hostname}:${port}${db === 0 ? '' : `/${db}`}`,
  };
}

function caFileOf(value: string, search: URLSearchParams, encrypted: boolean): string | undefined {
  for (const [name, file] of search) {
    if (name !== 'ca')
      throw invalid(
        value,
        text(`'${name}' is not known; only ca=/path/of/certificates is`, `不認得「${name}」，只能用 ca=/path/of/certificates`),
      );
    if (!encrypted) throw invalid(value, text('ca needs TLS: write rediss://', 'ca 必須搭配 TLS：請改用 rediss://'));
    return file;
  }
  return undefined;
}

function parseSocket(value: string): ParsedAddress {
  const path = value.replace(/^unix:(?:\/\/)?(?=\/)/, '');
  if (!isAbsolute(path)) throw invalid(value, text('the path of the socket must begin with /', 'socket 的路徑必須以 / 開頭'));
  return { at: { path }, db: 0, isLocal: true, shown: `unix:${path}` };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/**
 * Parses the address and reads what it names. A password that it does not contain is taken from `LAB_QUEUE_PASSWORD`, or from the file that
 * `LAB_QUEUE_PASSWORD_FILE` names, so that it need not be in the list of processes. Throws LabError E_USAGE.
 */
export async function loadQueueAddress(value: string, env: Readonly<Record<string, string | undefined>>): Promise<QueueAddress> {
  const { tls, ...parsed } = parseQueueAddress(value);
  const password = parsed.password ?? (env.LAB_QUEUE_PASSWORD || (await passwordFile(env.LAB_QUEUE_PASSWORD_FILE)));
  const ca = tls?.caFile === undefined ? undefined : await named(tls.caFile, maxCaBytes);
  return {
    ...parsed,
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: ca === undefined ? {} : { ca } } : {}),
  };
}

const passwordFile = async (path: string | undefined): Promise<string | undefined> =>
  path ? (await named(path, maxSecretBytes)).toString().replace(/\r?\n$/, '') : undefined;

async function named(path: string, maxBytes: number): Promise<Buffer> {
  const hint = text('check the path and the permissions of the file', '請檢查檔案的路徑和權限');
  const bytes = await loadPlain(path, { code: 'E_USAGE', hint, maxBytes });
  if (bytes) return bytes;
  throw new LabError('E_USAGE', text(`${path} does not exist`, `${path} 不存在`), hint);
}
