import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Endpoint } from '../api/engine-api.ts';
import { dockerConfigDir, loadContext, loadCurrentContext } from './contexts.ts';

/** Where Docker is depends on these: the environment, the home folder, the system. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Undefined: there is none. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Possible endpoints of Docker. `chosen`: this one endpoint was named, so no other is tried, as Docker itself does. */
export interface Places {
  readonly chosen?: 'DOCKER_HOST' | 'DOCKER_CONTEXT' | 'currentContext';
  readonly endpoints: readonly Endpoint[];
}

/**
 * The endpoints to try, in Docker's own order: DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json, else the usual sockets. Throws
 * LabError E_ENGINE_UNREACHABLE for a context that does not exist.
 */
export async function locate(at: Surroundings): Promise<Places> {
  const { env, home } = at;
  if (env.DOCKER_HOST) return { chosen: 'DOCKER_HOST', endpoints: [hostEndpoint(env.DOCKER_HOST, env, home)] };
  const dir = dockerConfigDir(env, home);
  const byEnv = env.DOCKER_CONTEXT;
  const name = byEnv || (dir && (await loadCurrentContext(dir)));
  if (name && name !== 'default') {
    return { chosen: byEnv ? 'DOCKER_CONTEXT' : 'currentContext', endpoints: [await loadContext(dir, name)] };
  }
  return { endpoints: usualSockets(at).map((host) => ({ host })) };
}

/** DOCKER_HOST with the certificates that DOCKER_TLS_VERIFY and DOCKER_CERT_PATH name. A plain `host:2375` means tcp, as in Docker. */
function hostEndpoint(value: string, env: NodeJS.ProcessEnv, home: string | undefined): Endpoint {
  const host = value.includes('://') ? value : value.startsWith('/') ? `unix://${value}` : `tcp://${value}`;
  const wantsTls = Boolean(env.DOCKER_TLS_VERIFY || env.DOCKER_TLS) && host.startsWith('tcp:');
  // absolute, because Docker's programs are started in other folders than this one
  const certificates = env.DOCKER_CERT_PATH ? resolve(env.DOCKER_CERT_PATH) : dockerConfigDir(env, home);
  return wantsTls && certificates !== undefined ? { host, certificates } : { host };
}

/** Docker's own socket first, then those of rootless Docker, Docker Desktop, Colima, Rancher Desktop and OrbStack. */
export function usualSockets({ env, home, platform }: Surroundings): string[] {
  if (platform === 'win32') return ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/dockerDesktopLinuxEngine'];
  const sockets = [
    '/var/run/docker.sock',
    // a relative value counts as unset (XDG Base Directory Specification)
    ...(env.XDG_RUNTIME_DIR && isAbsolute(env.XDG_RUNTIME_DIR) ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    ...(home === undefined
      ? []
      : [
          '.docker/run/docker.sock',
          '.docker/desktop/docker.sock',
          '.colima/default/docker.sock',
          '.rd/docker.sock',
          '.orbstack/run/docker.sock',
        ].map((path) => join(home, path))),
  ];
  return [...new Set(sockets)].map((path) => `unix://${path}`);
}

/** Whether anything exists at the path of a local socket. Undefined for other endpoints: only a request shows it. */
export async function socketExists(host: string): Promise<boolean | undefined> {
  if (!host.startsWith('unix://')) return undefined;
  return stat(host.slice('unix://'.length)).then(
    () => true,
    // a parent folder that we may not enter: the socket may exist
    (error: NodeJS.ErrnoException) => error.code === 'EACCES',
  );
}
