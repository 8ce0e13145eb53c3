import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type DockerfileBase, readBase, tcpPorts } from '../../formats/dockerfile-base.ts';
import type { ServiceClues } from '../../lab/infer-roles.ts';
import type { ProxySpec } from '../../lab/stack.ts';
import { readText } from '../policy/read-file.ts';
import type { NormalBuild, NormalMount, NormalService, NormalStack } from '../policy/sanitized-stack.ts';

/** The most that is read of each file, and of how many files of a folder. */
const caps = { bytes: 64 * 1024, files: 32 };

/** What a submission's services are, from what the policy permits of its files; `dir` is the submission's folder, absolute. */
export function cluesOf({ services }: NormalStack, dir: string, proxy: ProxySpec | undefined): ServiceClues[] {
  return Object.entries(services).map(([name, service]) => {
    const { build } = service;
    const base = build && readBase(build.dockerfileText, build.target);
    const image = service.named ?? service.image ?? (build && base && namedBase(build, base));
    const conf = proxy && confOf(service, dir, proxy);
    return {
      name,
      ...(image === undefined ? {} : { image }),
      ...(build ? { build: `${build.context} ${build.dockerfile} ${build.target ?? ''}` } : {}),
      dependsOn: Object.keys(service.dependsOn),
      settings: settingsOf(service),
      published: service.ports.map(({ hostPort, containerPort }) => ({ hostPort, containerPort })),
      exposed: tcpPorts([...service.expose, ...(base?.exposed ?? [])]),
      mounts: bindsOf(service.mounts),
      ...(conf ? { conf } : {}),
    };
  });
}

const settingsOf = ({ command, entrypoint, environment }: NormalService): string =>
  [entrypoint, command, Object.values(environment)]
    .flat(2)
    .filter((word) => word !== null)
    .join(' ');

const bindsOf = (mounts: readonly NormalMount[]) =>
  mounts.flatMap((mount) => (mount.type === 'bind' ? [{ source: mount.source, target: mount.target }] : []));

/** The image that a build starts from, as the submission names it. */
const namedBase = ({ origin }: NormalBuild, { image, line }: DockerfileBase): string | undefined =>
  origin.replaced[origin.lines[line - 1] ?? 0]?.named ?? image;

/** The text of the proxy configuration that a service mounts, or copies into its image; undefined: none. */
function confOf({ mounts, build }: NormalService, dir: string, { confDir }: ProxySpec): string | undefined {
  const mounted = bindsOf(mounts).filter(({ target }) => `${target}/`.startsWith(`${confDir}/`));
  const paths = mounted.map(({ source }) => source);
  const copied = build?.dockerfileText.includes(confDir) ? filesIn(dir, build.context).filter(isConf) : [];
  const texts = [...paths.flatMap((path) => textsAt(dir, path)), ...copied.flatMap((path) => textsAt(dir, path))];
  return texts.length > 0 ? texts.join('\n') : undefined;
}

const isConf = (path: string): boolean => /\.(?:conf|template)$/.test(path);

/** The text of a file, or of each file of a folder; files that cannot be read are left out. */
function textsAt(dir: string, path: string): string[] {
  const one = readText(join(dir, path), caps.bytes);
  if ('text' in one) return [one.text];
  if (one.problem !== 'not-a-file') return [];
  return filesIn(dir, path).flatMap((file) => {
    const read = readText(join(dir, file), caps.bytes);
    return 'text' in read ? [read.text] : [];
  });
}

/** Paths of the first files of a folder; none if it cannot be read. */
function filesIn(dir: string, path: string): string[] {
  try {
    return readdirSync(join(dir, path), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .slice(0, caps.files)
      .map(({ name }) => posix.join(path, name));
  } catch {
    return [];
  }
}
