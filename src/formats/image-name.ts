/** The parts of an image name, as Docker reads it: `redis:8.0` → docker.io, library/redis, 8.0. */
export interface ImageName {
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

const hub = 'docker.io';

/** A first part with a dot or a colon, or `localhost`, is a registry (distribution/reference, splitDockerDomain). */
export function parseImageName(written: string): ImageName {
  const [name = '', digest] = written.split('@', 2);
  const slash = name.indexOf('/');
  const first = slash > 0 ? name.slice(0, slash) : '';
  const named = /[.:]/.test(first) || first === 'localhost';
  const rest = named ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const path = colon > 0 ? rest.slice(0, colon) : rest;
  const registry = named && first !== 'index.docker.io' ? first : hub;
  return {
    registry,
    repository: registry === hub && !path.includes('/') ? `library/${path}` : path,
    ...(colon > 0 ? { tag: rest.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Other addresses of the images of Docker Hub, with the same digests: the registry, and what precedes the repository there. */
const copiesOfHub: Readonly<Record<string, string>> = {
  'registry-1.docker.io': '',
  'registry.hub.docker.com': '',
  'mirror.gcr.io': '',
  'public.ecr.aws': 'docker/',
};

/** The repository of Docker Hub that this is, under whatever address; undefined: it is of another registry. */
function onHub({ registry, repository }: ImageName): string | undefined {
  if (registry === hub) return repository;
  const before = Object.hasOwn(copiesOfHub, registry) ? copiesOfHub[registry] : undefined;
  if (before === undefined || !repository.startsWith(before)) return undefined;
  const path = repository.slice(before.length);
  return path.includes('/') ? path : before === '' ? `library/${path}` : undefined;
}

/** The name without tag and digest, as short as Docker accepts it: `redis` for `mirror.gcr.io/library/redis:8`. */
export function repositoryOf(written: string): string {
  const name = parseImageName(written);
  return onHub(name)?.replace(/^library\//, '') ?? `${name.registry}/${name.repository}`;
}

/** The same with tag and digest; with the tag `latest` if it has neither: images with the same short name are the same image. */
export function shortName(written: string): string {
  const { tag, digest } = parseImageName(written);
  const version = tag === undefined ? (digest === undefined ? ':latest' : '') : `:${tag}`;
  return `${repositoryOf(written)}${version}${digest === undefined ? '' : `@${digest}`}`;
}

/** The last part of the name: `redis` for `docker.io/bitnami/redis:8@sha256:…`. */
export const baseName = (written: string): string => parseImageName(written).repository.split('/').at(-1)?.toLowerCase() ?? '';
