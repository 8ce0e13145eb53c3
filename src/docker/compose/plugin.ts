import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { loadDockerConfig } from '../discovery/contexts.ts';

const run = promisify(execFile);

/** The program behind `docker compose`. */
export interface Plugin {
  readonly path: string;
  /** `2.26.1` */
  readonly version: string;
}

/** `v2.26.1-4+deb` → `2.26.1`. */
export const parseComposeVersion = (output: string): string | undefined => /\d+\.\d+\.\d+/.exec(output)?.[0];

/** Where `docker` looks for its plugins besides its configuration folder, in its order (docker/cli, cli-plugins/manager). */
const systemDirs = ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map((dir) => `${dir}/docker/cli-plugins`);

/**
 * The plugin that `docker compose` would start: the first one in Docker's order. Undefined if none is found this way or it does not report its
 * version; then only `docker` itself knows.
 */
export async function findPlugin(env: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Plugin | undefined> {
  const settings = env.DOCKER_CONFIG;
  if (process.platform === 'win32' || !settings) return undefined;
  if (!(await firstThere((env.PATH ?? '').split(delimiter), 'docker'))) return undefined;
  // settings that cannot be read: `docker` reports them itself
  const config = await loadDockerConfig(settings).catch(() => undefined);
  if (!config) return undefined;
  const dirs = [...(config.cliPluginsExtraDirs ?? []), join(settings, 'cli-plugins'), ...systemDirs];
  const path = await firstThere(dirs, 'docker-compose');
  if (!path) return undefined;
  try {
    const asked = { env: { ...process.env, ...env }, timeout: 20_000, ...(signal ? { signal } : {}) };
    const output: unknown = JSON.parse((await run(path, ['docker-cli-plugin-metadata'], asked)).stdout);
    const version =
      output && typeof output === 'object' && 'Version' in output ? parseComposeVersion(String(output.Version)) : undefined;
    return version === undefined ? undefined : { path, version: version };
  } catch {
    signal?.throwIfAborted();
    return undefined; // `docker compose version` reports what is wrong with it
  }
}

async function firstThere(dirs: readonly string[], name: string): Promise<string | undefined> {
  const paths = dirs.filter((dir) => dir !== '').map((dir) => join(dir, name));
  const there = await Promise.allSettled(paths.map((path) => access(path, constants.X_OK)));
  return paths[there.findIndex(({ status }) => status === 'fulfilled')];
}
