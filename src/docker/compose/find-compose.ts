import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isAtLeast } from '../../formats/version.ts';
import { LabError } from '../../lab/error.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Endpoint } from '../api/engine-api.ts';
import { dockerConfigDir } from '../discovery/contexts.ts';
import { installHint, type System } from '../discovery/install-hint.ts';
import type { Compose } from './compose.ts';
import { findPlugin, parseComposeVersion } from './plugin.ts';

const run = promisify(execFile);

/** The oldest Compose version that the labs' commands support. */
const oldest = '1.29';

/**
 * Environment variables that make Docker's programs use the same engine as the API. For them an empty value equals none, so these can override an
 * environment that names another engine.
 */
export function endpointEnv(endpoint: Endpoint, env: NodeJS.ProcessEnv, home: string | undefined): Record<string, string> {
  const config = dockerConfigDir(env, home);
  return {
    PATH: env.PATH ?? '',
    ...(home === undefined ? {} : { HOME: home }),
    ...(config === undefined ? {} : { DOCKER_CONFIG: config }),
    DOCKER_HOST: endpoint.host,
    DOCKER_CONTEXT: '',
    DOCKER_TLS: '',
    DOCKER_TLS_VERIFY: endpoint.certificates ? '1' : '',
    DOCKER_CERT_PATH: endpoint.certificates ?? '',
  };
}

/** The Compose to use: `docker compose`, else `docker-compose` of either version. Throws LabError E_COMPOSE_MISSING. */
export async function findCompose(
  env: Readonly<Record<string, string>>,
  options: { system: System; signal?: AbortSignal },
): Promise<Compose> {
  const plugin = await findPlugin(env, options.signal);
  if (plugin && isSupported(plugin.version)) return { line: 'docker compose', version: plugin.version, plugin: plugin.path, env };
  const tried: Text[] = [];
  for (const line of ['docker compose', 'docker-compose']) {
    const [program = '', ...subcommand] = line.split(' ');
    const why = (en: string, zhTW: string) => tried.push(text(`\`${line}\`: ${en}`, `\`${line}\`：${zhTW}`));
    let output: string;
    try {
      const asked = { env: { ...process.env, ...env }, timeout: 20_000, ...(options.signal ? { signal: options.signal } : {}) };
      output = (await run(program, [...subcommand, 'version', '--short'], asked)).stdout;
    } catch (error) {
      options.signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        why(`program \`${program}\` not found`, `找不到程式 \`${program}\``);
      else why('does not run', '無法執行');
      continue;
    }
    const version = parseComposeVersion(output);
    if (version && isSupported(version)) return { line, version, env };
    if (version) why(`${version} is older than ${oldest}`, `${version} 比 ${oldest} 舊`);
    else why('reports no version', '沒有回報版本');
  }
  const { en, 'zh-TW': zhTW } = joinTexts(tried, text('; ', '；'));
  throw new LabError(
    'E_COMPOSE_MISSING',
    text(`Docker Compose was not found (${en})`, `找不到 Docker Compose（${zhTW}）`),
    installHint(options.system),
  );
}

const isSupported = (version: string): boolean => isAtLeast(version, oldest);
