import { execFile } from 'node:child_process';
import { loadDockerConfig } from '../discovery/contexts.ts';
import type { DockerConfig } from '../discovery/docker-config.ts';

/** How Docker Hub is called where passwords are kept. */
const hub = 'https://index.docker.io/v1/';

interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/**
 * What `docker login` left for a registry, as the value of the header X-Registry-Auth: from the helper that Docker's
 * settings name, else from the settings themselves. Undefined: not logged in.
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

/** `https://ghcr.io/v2/` and `ghcr.io` are one registry, and so are all of Docker Hub's names. */
const hostOf = (key: string): string => {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
};

/** The login that Docker's settings hold themselves; an `auth` is base64 of `user:password`. */
export function storedLogin(config: DockerConfig, registry: string): Login | undefined {
  const entry = Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === registry)?.[1];
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken };
  if (!entry?.auth) return undefined;
  const plain = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = plain.indexOf(':');
  return colon > 0 ? { username: plain.slice(0, colon), password: plain.slice(colon + 1) } : undefined;
}

/** `docker-credential-<word> get` reads the registry from stdin and prints JSON (docker/docker-credential-helpers). */
async function askHelper(
  config: DockerConfig,
  registry: string,
  env: Readonly<Record<string, string>>,
): Promise<Login | undefined> {
  const own = Object.entries(config.credHelpers ?? {}).find(([key]) => hostOf(key) === registry)?.[1];
  const word = own ?? config.credsStore;
  if (!word || !/^[\w.-]+$/.test(word)) return undefined;
  const output = await new Promise<string>((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: 10_000 };
    const child = execFile(`docker-credential-${word}`, ['get'], options, (error, stdout) => resolve(error ? '' : stdout));
    child.stdin?.on('error', () => {}); // a helper that is not there has no ear
    child.stdin?.end(registry === 'docker.io' ? hub : registry);
  });
  try {
    const { Username, Secret } = JSON.parse(output) as { Username: string; Secret: string };
    return Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
  } catch {
    return undefined; // no login kept there
  }
}
