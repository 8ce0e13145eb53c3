import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInvisible } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';

/** A repository that the teacher named. */
export interface Repository {
  /** What git is given. It may contain a password. */
  readonly url: string;
  /** Without passwords: for people, files and errors. */
  readonly shown: string;
  /** The only transport that git may use for it. */
  readonly transport: 'https' | 'http' | 'ssh' | 'file';
  /** Of a repository on this machine: its absolute path. */
  readonly path?: string;
  /** The same for two addresses of one repository that differ in the login only. */
  readonly key: string;
}

const longest = 1000;
/** `git@host:path`; not `ext::…`, and not a path of Windows. */
const scp = /^(?:[A-Za-z0-9_][\w.-]*@)?([A-Za-z0-9][\w.-]+):(?!:|\/\/|-)[^\\]+$/;

/** The address of a repository; paths that begin with a dot are relative to `folder`. */
export function parseRepository(written: string, folder: string): Repository | { readonly wrong: Text } {
  if (written === '' || written.length > longest || isInvisible(written) || /\s/.test(written)) return { wrong: shape };
  if (/^(?:https?|ssh):\/\//i.test(written)) return atUrl(written);
  if (/^file:\/\/\//i.test(written)) return atPath(pathOf(written));
  if (/^\.{0,2}\//.test(written)) return atPath(resolve(folder, written));
  if (scp.test(written)) return { url: written, shown: written, transport: 'ssh', key: keyOf(written) };
  return { wrong: shape };
}

const shape = text(
  'expected the address of a repository: https://…, ssh://…, git@host:path, file:///…, or a path that begins with / or ./',
  '應為儲存庫的位址：https://…、ssh://…、git@host:path、file:///…，或以 / 或 ./ 開頭的路徑',
);

function atUrl(written: string): Repository | { readonly wrong: Text } {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || !/^[\w[]/.test(url.hostname) || url.pathname.length < 2 || /[?#]/.test(written)) return { wrong: shape };
  const transport = url.protocol.slice(0, -1) as 'https' | 'http' | 'ssh';
  const key = keyOf(`${url.protocol}//${url.host.toLowerCase()}${url.pathname}`);
  return { url: written, shown: masked(written), transport, key };
}

function atPath(path: string | undefined): Repository | { readonly wrong: Text } {
  return path === undefined ? { wrong: shape } : { url: path, shown: path, transport: 'file', path, key: keyOf(path) };
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

const keyOf = (address: string): string =>
  createHash('sha256')
    .update(address.replace(/\/+$/, '').replace(/\.git$/, ''))
    .digest('hex')
    .slice(0, 24);

/** A text without the logins in its addresses: a token can be the user or the password. */
export const masked = (written: string): string =>
  written.replaceAll(/\b(https?:\/\/)[^/\s]*@/gi, '$1***@').replaceAll(/\b(ssh:\/\/[^/\s:@]*):[^/\s]*@/gi, '$1:***@');
