import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Endpoint } from './api.ts';
import type { Compose } from './compose.ts';
import { dockerConfigDir } from './context.ts';
import { installHint, type System } from './install-hint.ts';

const run = promisify(execFile);

/** The oldest Compose that the labs' commands work with. */
const oldest = [1, 29] as const;

/**
 * What the environment must say for Docker's programs to talk to the very engine that the API talks to. An empty value
 * is to them the same as none, so that these can be laid over an environment that names another engine.
 */
export function endpointEnv(endpoint: Endpoint, env: NodeJS.ProcessEnv, home: string): Record<string, string> {
  return {
    PATH: env.PATH ?? '',
    HOME: home,
    DOCKER_CONFIG: dockerConfigDir(env, home),
    DOCKER_HOST: endpoint.host,
    DOCKER_CONTEXT: '',
    DOCKER_TLS: '',
    DOCKER_TLS_VERIFY: endpoint.certificates ? '1' : '',
    DOCKER_CERT_PATH: endpoint.certificates ?? '',
  };
}

/** `v2.26.1-4+deb` → `2.26.1`. */
export const parseComposeVersion = (said: string): string | undefined => /\d+\.\d+\.\d+/.exec(said)?.[0];

/** The Compose to use: `docker compose`, else `docker-compose` of either age. Throws LabError E_COMPOSE_MISSING. */
export async function findCompose(
  env: Readonly<Record<string, string>>,
  options: { system: System; signal?: AbortSignal },
): Promise<Compose> {
  const tried: string[] = [];
  for (const line of ['docker compose', 'docker-compose']) {
    const [file = '', ...words] = line.split(' ');
    let said: string;
    try {
      const asked = { env: { ...process.env, ...env }, timeout: 20_000, ...(options.signal ? { signal: options.signal } : {}) };
      said = (await run(file, [...words, 'version', '--short'], asked)).stdout;
    } catch (error) {
      options.signal?.throwIfAborted();
      tried.push(`${line}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not on PATH' : 'does not run'}`);
      continue;
    }
    const version = parseComposeVersion(said);
    if (version && isSupported(version)) return { line, version, env };
    tried.push(`${line}: ${version ? `${version}, older than ${oldest.join('.')}` : 'tells no version'}`);
  }
  throw new LabError(
    'E_COMPOSE_MISSING',
    text(`Docker Compose was not found (${tried.join('; ')})`, `找不到 Docker Compose（${tried.join('；')}）`),
    installHint(options.system),
  );
}

const isSupported = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
};
