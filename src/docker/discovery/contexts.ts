import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import type { Endpoint } from '../api/engine-api.ts';
import type { DockerConfig } from './docker-config.ts';

/** Docker's configuration folder as an absolute path: `$DOCKER_CONFIG`, else `~/.docker`. Undefined: neither is known. */
export const dockerConfigDir = (env: NodeJS.ProcessEnv, home: string | undefined): string | undefined =>
  env.DOCKER_CONFIG ? resolve(env.DOCKER_CONFIG) : home && join(home, '.docker');

const mostBytes = 4_000_000;

/**
 * Docker's configuration; empty if there is none, and without fields whose type is not Docker's. Throws LabError E_ENGINE_UNREACHABLE if the file
 * cannot be read or is not a JSON object.
 */
export async function loadDockerConfig(dir: string): Promise<DockerConfig> {
  const path = configPath(dir);
  const bytes = await loadPlain(path, { code: 'E_ENGINE_UNREACHABLE', hint: readable, maxBytes: mostBytes });
  // the docker CLI treats an empty file as absent
  if (!bytes || bytes.toString().trim() === '') return {};
  const { dockerConfig } = await import('./docker-config.ts');
  const { success, data } = dockerConfig.safeParse(parseJson(path, bytes));
  if (!success) throw invalid(path, noObject);
  return data;
}

const configPath = (dir: string): string => join(dir, 'config.json');

/** The name of Docker's current context; undefined: none is set. Throws LabError E_ENGINE_UNREACHABLE if it is not a string, and as `loadDockerConfig` does. */
export async function loadCurrentContext(dir: string): Promise<string | undefined> {
  const { currentContext } = await loadDockerConfig(dir);
  if (currentContext === undefined || currentContext === null) return undefined;
  if (typeof currentContext !== 'string') throw invalid(configPath(dir), noString('currentContext'));
  return currentContext;
}

/**
 * The engine of a Docker context: `contexts/meta/<sha256 of the name>/meta.json` and, with certificates, `contexts/tls/<the same>/docker`
 * (docker/cli, cli/context/store). Throws LabError E_ENGINE_UNREACHABLE if it does not exist. `dir` undefined: no folder can contain one.
 */
export async function loadContext(dir: string | undefined, name: string): Promise<Endpoint> {
  if (dir === undefined) throw noContext('~/.docker', name);
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(dir, 'contexts', 'meta', id, 'meta.json');
  const bytes = await loadPlain(path, { code: 'E_ENGINE_UNREACHABLE', hint: readable, maxBytes: mostBytes });
  if (!bytes) throw noContext(dir, name);
  const { contextMeta } = await import('./docker-config.ts');
  const { data, error } = contextMeta.safeParse(parseJson(path, bytes));
  if (error) {
    const field = error.issues[0]?.path.join('.') ?? '';
    throw invalid(path, field === '' ? noObject : field.endsWith('.Host') ? noString(field) : noObjectAt(field));
  }
  const host = data.Endpoints.docker.Host;
  const certificates = join(dir, 'contexts', 'tls', id, 'docker');
  const hasCertificates = await stat(certificates)
    .then((found) => found.isDirectory())
    .catch(() => false);
  return hasCertificates ? { host, certificates } : { host };
}

function parseJson(path: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw invalid(path, text('not valid JSON', '不是有效的 JSON'), error);
  }
}

const noObject = text('not a JSON object', '不是 JSON 物件');
const noObjectAt = (field: string): Text => text(`\`${field}\` is not an object`, `\`${field}\` 不是物件`);
const noString = (field: string): Text => text(`\`${field}\` is not a non-empty string`, `\`${field}\` 不是非空字串`);

const invalid = (path: string, why: Text, cause?: unknown): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text(`Docker's settings in ${path}: ${why.en}`, `Docker 的設定檔 ${path}：${why['zh-TW']}`),
    text(
      'fix the file or move it away; or name the engine in DOCKER_HOST',
      '請修正這個檔案，或將它移到其他位置；也可以用 DOCKER_HOST 指定引擎',
    ),
    { cause },
  );

const readable = text(
  'put a readable regular file there, or set DOCKER_CONFIG to another folder',
  '請改放可以讀取的一般檔案，或把 DOCKER_CONFIG 設成別的資料夾',
);

const noContext = (dir: string, name: string): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text(`Docker has no usable context '${name}' in ${dir}`, `Docker 在 ${dir} 裡沒有可用的 context「${name}」`),
    text(
      '`docker context ls` lists the contexts; `docker context use default` or `unset DOCKER_CONTEXT` selects the default one',
      '用 `docker context ls` 列出所有 context；`docker context use default` 或 `unset DOCKER_CONTEXT` 可以改回預設的 context',
    ),
  );
