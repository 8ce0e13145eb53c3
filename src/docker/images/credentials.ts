import { execFile } from 'node:child_process';
import { loadDockerConfig } from '../discovery/contexts.ts';
import type { DockerConfig } from '../discovery/docker-config.ts';

/** The name of Docker Hub in stored logins. */
const hub = 'https://index.docker.io/v1/';

interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/**
 * What `docker login` stored for a registry, as the value of the header X-Registry-Auth: from the helper that Docker's settings name, else from the
 * settings themselves. Undefined: not logged in.
 */
export async function registryAuth(env: Readonly<Record<string, string>>, registry: string): Promise<string | undefined> {
  const dir = env.DOCKER_CONFIG;
  const config = dir ? await loadDockerConfig(dir).catch(() => ({})) : {};
  const login = (await askHelper(config, registry, env)) ?? storedLogin(config, registry);
  if (!login) return undefined;
  return encodeAuth({ ...login, serveraddress: registry === 'docker.io' ? hub : registry });
}

/** base64url with its padding: the engine refuses it without. */
export const encodeAuth = (auth: object): string =>
  Buffer.from(JSON.stringify(auth), 'utf8').toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** `https://ghcr.io/v2/` and `ghcr.io` are one registry; so are all names of Docker Hub. */
const hostOf = (key: string): string => {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
};

/** The login in Docker's settings themselves; an `auth` is base64 of `user:password`. */
export function storedLogin(config: DockerConfig, registry: string): Login | undefined {
  const entry = Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === registry)?.[1];
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken };
  if (!entry?.auth) return undefined;
  const plain = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = plain.indexOf(':');
  return colon > 0 ? { username: plain.slice(0, colon), password: plain.slice(colon + 1) } : undefined;
}

/** `docker-credential-<name> get` reads the registry from stdin and prints JSON (docker/docker-credential-helpers). */
async function askHelper(
  config: DockerConfig,
  registry: string,
  env: Readonly<Record<string, string>>,
): Promise<Login | undefined> {
  const own = Object.entries(config.credHelpers ?? {}).find(([key]) => hostOf(key) === registry)?.[1];
  const helper = own ?? config.credsStore;
  if (!helper || !/^[\w.-]+$/.test(helper)) return undefined;
  const output = await new Promise<string>((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: 10_000 };
    const child = execFile(`docker-credential-${helper}`, ['get'], options, (error, stdout) => resolve(error ? '' : stdout));
    child.stdin?.on('error', () => {}); // a missing helper reads nothing
    child.stdin?.end(registry === 'docker.io' ? hub : registry);
  });
  try {
    const { Username, Secret } = JSON.parse(output) as { Username: string; Secret: string };
    return Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
  } catch {
    return undefined; // no login stored there
  }
}
