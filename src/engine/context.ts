import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Endpoint } from './api.ts';

/** What of Docker's own configuration (`config.json`) matters here. */
export interface DockerConfig {
  readonly currentContext?: string;
  /** By registry: `https://index.docker.io/v1/`, `ghcr.io`. `auth` is base64 of `user:password`. */
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  /** The program that keeps the passwords: `docker-credential-<word>`. */
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly cliPluginsExtraDirs?: readonly string[];
}

/** Docker's folder of settings: `$DOCKER_CONFIG`, else `~/.docker`. */
export const dockerConfigDir = (env: NodeJS.ProcessEnv, home: string): string => env.DOCKER_CONFIG || join(home, '.docker');

/** Docker's configuration; empty where there is none. Throws LabError E_ENGINE_UNREACHABLE where it can't be read. */
export async function loadDockerConfig(dir: string): Promise<DockerConfig> {
  const path = join(dir, 'config.json');
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return parsed && typeof parsed === 'object' ? (parsed as DockerConfig) : {};
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new LabError(
      'E_ENGINE_UNREACHABLE',
      text(`Docker's settings in ${path} can't be read`, `讀不懂 Docker 的設定檔 ${path}`),
      text('mend the file or move it away', '請修正這個檔案，或先把它移開'),
      { cause: error },
    );
  }
}

/**
 * The engine that a Docker context names. `contexts/meta/<sha256 of the name>/meta.json` and, with certificates,
 * `contexts/tls/<the same>/docker` (docker/cli, cli/context/store). Throws LabError E_ENGINE_UNREACHABLE without one.
 */
export async function loadContext(dir: string, name: string): Promise<Endpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(dir, 'contexts', 'meta', id, 'meta.json');
  let host: unknown;
  try {
    const meta = JSON.parse(await readFile(path, 'utf8')) as { Endpoints?: { docker?: { Host?: unknown } } };
    host = meta.Endpoints?.docker?.Host;
  } catch (error) {
    throw noContext(dir, name, error);
  }
  if (typeof host !== 'string' || !host) throw noContext(dir, name);
  const certificates = join(dir, 'contexts', 'tls', id, 'docker');
  const hasCertificates = await stat(certificates)
    .then((found) => found.isDirectory())
    .catch(() => false);
  return hasCertificates ? { host, certificates } : { host };
}

const noContext = (dir: string, name: string, cause?: unknown): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text(`Docker has no usable context '${name}' in ${dir}`, `Docker 在 ${dir} 裡沒有可用的 context「${name}」`),
    text(
      '`docker context ls` shows those there are; `docker context use default` or `unset DOCKER_CONTEXT` goes back to the usual one',
      '用 `docker context ls` 看有哪些；`docker context use default` 或 `unset DOCKER_CONTEXT` 可以改回平常用的那一個',
    ),
    { cause },
  );
