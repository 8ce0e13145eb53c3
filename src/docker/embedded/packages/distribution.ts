import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAtLeast } from '../../../formats/version.ts';
import { type Text, text } from '../../../lab/text.ts';
import { readPlain } from '../../../platform/plain-file.ts';
import { findMirror, parseDeb822, parseSourcesList, type Source } from './apt-sources.ts';

/** The package archive for the engine and its images on this machine. */
export interface Archive {
  /** `trixie`, `noble` */
  readonly release: string;
  /** The host's own release. */
  readonly host: string;
  readonly arch: string;
  /** apt's sources in the one-line form, signed by the host's keyring. */
  readonly lines: readonly string[];
  /** Those of them that an image of this release uses. */
  readonly imageLines: readonly string[];
  readonly packages: readonly string[];
  /** Packages to take from the host's own release, because they need no newer libc than it has. */
  readonly fromHost: readonly string[];
}

/** `needsRoot`: with root, this machine could have one. */
export interface NotSupported {
  readonly ok: false;
  readonly reason: Text;
  readonly needsRoot?: true;
}
export type Supported = { readonly ok: true; readonly archive: Archive } | NotSupported;

const unsupported = (system: string): Supported => ({
  ok: false,
  reason: text(
    `the private engine works on Debian 12 and later and on Ubuntu 24.04 and later; this is ${system}`,
    `專用引擎支援 Debian 12 以上與 Ubuntu 24.04 以上，這台機器是 ${system}`,
  ),
});

/** Limit for a file of the system's settings. */
const maxBytes = 4_000_000;

const arches: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The oldest releases whose packages work: Debian 12, Ubuntu 24.04. */
const oldest: Readonly<Record<string, string>> = { debian: '12', ubuntu: '24' };

/** Whether this machine can have a private engine, and from which archive; otherwise why not. */
export async function findArchive(): Promise<Supported> {
  const arch = arches[process.arch];
  if (process.platform !== 'linux' || !arch) return unsupported(`${process.platform} ${process.arch}`);
  const release = parseRelease(await readPlain('/etc/os-release', { maxBytes }).then(String, () => ''));
  const known = await exists('/usr/bin/apt-get', '/usr/bin/dpkg');
  // testing and unstable have no version
  const fits =
    Object.hasOwn(oldest, release.id) && (release.version === '' || isAtLeast(release.version, oldest[release.id] ?? ''));
  if (!known || !fits) return unsupported(release.name || 'another Linux');
  if (process.getuid?.() !== 0) {
    const reason = text('the private engine needs root (try sudo)', '專用引擎需要 root 權限（可以用 sudo）');
    return { ok: false, reason, needsRoot: true };
  }
  const sources = await loadSources('/etc/apt');
  return {
    ok: true,
    archive: release.id === 'debian' ? debian(release.codename, arch, sources) : ubuntu(release.codename, arch, sources),
  };
}

const line = (keyring: string, uri: string, suite: string, components: string) =>
  `deb [signed-by=${keyring}] ${uri} ${suite} ${components}`;

/** Debian: always from trixie, whose Engine and Compose are tested; on bookworm (libc 2.36) trixie's runc (needs 2.38) does not work. */
export function debian(codename: string, arch: string, sources: readonly Source[]): Archive {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const main =
    findMirror(sources, (suite, uri) => suite === codename || uri.endsWith('/debian')) ?? 'http://deb.debian.org/debian';
  const security = findMirror(sources, (suite) => suite.includes('-security')) ?? 'http://deb.debian.org/debian-security';
  const suites = (name: string) => [line(keyring, main, name, 'main'), line(keyring, security, `${name}-security`, 'main')];
  const old = codename === 'bookworm';
  return {
    release: 'trixie',
    host: codename || 'sid',
    arch,
    lines: [...suites('trixie'), ...(old ? suites('bookworm') : [])],
    imageLines: suites('trixie'),
    packages: ['docker.io', 'docker-cli', 'containerd', 'docker-compose', 'docker-buildx', 'runc', 'tini', 'mmdebstrap'],
    fromHost: old ? ['runc'] : [],
  };
}

/** Ubuntu: from its own release, where the CLI is in docker.io and Compose is docker-compose-v2. Based on its archive, not tested. */
export function ubuntu(codename: string, arch: string, sources: readonly Source[]): Archive {
  const keyring = '/usr/share/keyrings/ubuntu-archive-keyring.gpg';
  const usual = arch === 'amd64' ? 'http://archive.ubuntu.com/ubuntu' : 'http://ports.ubuntu.com/ubuntu-ports';
  const main = findMirror(sources, (suite) => suite === codename) ?? usual;
  const lines = [codename, `${codename}-updates`].map((suite) => line(keyring, main, suite, 'main universe'));
  return {
    release: codename,
    host: codename,
    arch,
    lines,
    imageLines: lines,
    packages: ['docker.io', 'containerd', 'docker-compose-v2', 'docker-buildx', 'runc', 'tini', 'mmdebstrap'],
    fromHost: [],
  };
}

/** os-release(5). */
export function parseRelease(content: string): { id: string; version: string; codename: string; name: string } {
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(content)?.[1] ?? '';
  return { id: value('ID'), version: value('VERSION_ID'), codename: value('VERSION_CODENAME'), name: value('PRETTY_NAME') };
}

/** All of the host's apt sources, in both forms. */
async function loadSources(etc: string): Promise<Source[]> {
  const parts = await readdir(join(etc, 'sources.list.d')).catch(() => []);
  const paths = [join(etc, 'sources.list'), ...parts.map((part) => join(etc, 'sources.list.d', part))];
  const found = await Promise.all(
    paths.map(async (path) => {
      if (!/\.(list|sources)$/.test(path)) return [];
      const content = await readPlain(path, { maxBytes }).then(String, () => '');
      return path.endsWith('.list') ? parseSourcesList(content) : parseDeb822(content);
    }),
  );
  return found.flat();
}

const exists = async (...paths: readonly string[]): Promise<boolean> =>
  Promise.all(paths.map((path) => access(path))).then(
    () => true,
    () => false,
  );
