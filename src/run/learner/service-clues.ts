import { readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { OwnFolder } from '../../docker/learner-project.ts';
import { readBase, tcpPorts } from '../../formats/dockerfile-base.ts';
import { filled } from '../../formats/interpolate.ts';
import type { ServiceClues } from '../../lab/infer-roles.ts';
import type { BindMount, ProxySpec } from '../../lab/stack.ts';
import { text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';

/** What the services of a learner's Compose file are. Reads Dockerfiles and the proxy's configuration; files that are absent are left out. */
export async function cluesIn({ file, dir, env }: OwnFolder, proxy: ProxySpec | undefined): Promise<ServiceClues[]> {
  const word = (value: unknown): string =>
    typeof value === 'string' ? filled(value, env) : typeof value === 'number' ? String(value) : '';
  return Promise.all(
    Object.entries(file.services).map(async ([name, written]): Promise<ServiceClues> => {
      const service: Readonly<Record<string, unknown>> = { ...written };
      const build = buildOf(service['build'], word);
      const base = build && readBase((await textOf(join(dir, build.context, build.dockerfile))) ?? '', build.target);
      const image = build ? base?.image : word(service['image']);
      const mounts = list(service['volumes']).flatMap((one) => mountOf(one, word));
      const conf = proxy && (await confOf(dir, mounts, proxy));
      return {
        name,
        ...(image ? { image } : {}),
        ...(build ? { build: `${build.context} ${build.dockerfile}` } : {}),
        dependsOn: keysOf(service['depends_on']),
        settings: [service['command'], service['entrypoint'], service['environment']].flatMap(valuesOf).map(word).join(' '),
        published: list(service['ports']).flatMap((one) => portOf(one, word)),
        exposed: tcpPorts([...list(service['expose']).map(word), ...(base?.exposed ?? [])]),
        mounts,
        ...(conf ? { conf } : {}),
      };
    }),
  );
}

type Word = (value: unknown) => string;
type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const keysOf = (value: unknown): string[] =>
  isMapping(value) ? Object.keys(value) : list(value).filter((one) => typeof one === 'string');
const valuesOf = (value: unknown): unknown[] =>
  isMapping(value) ? Object.values(value) : Array.isArray(value) ? value : [value];

interface Build {
  readonly context: string;
  readonly dockerfile: string;
  readonly target: string;
}

function buildOf(build: unknown, word: Word): Build | undefined {
  if (typeof build === 'string') return { context: word(build), dockerfile: 'Dockerfile', target: '' };
  if (!isMapping(build)) return undefined;
  const [context, dockerfile, target = ''] = ['context', 'dockerfile', 'target'].map((key) => word(build[key]));
  return { context: context || '.', dockerfile: dockerfile || 'Dockerfile', target };
}

/** A bind mount of the folder, in short or long form; none: a volume, or a path outside. */
function mountOf(written: unknown, word: Word): BindMount[] {
  const [source = '', target = ''] = isMapping(written)
    ? [written['type'] === 'bind' ? word(written['source']) : '', word(written['target'])]
    : word(written).split(':');
  if (!/^\.\.?(?:\/|$)/.test(source) || target === '') return [];
  const path = posix.normalize(source).replace(/\/$/, '');
  return path.startsWith('..') ? [] : [{ source: path, target }];
}

/** `8000:80`, `127.0.0.1:8000:80/tcp`, and the long form. */
function portOf(written: unknown, word: Word): { hostPort: number; containerPort: number }[] {
  const [, host, container] = isMapping(written)
    ? [undefined, word(written['published']), word(written['target'])]
    : (/^(?:.*:)?(\d+):(\d+)(?:\/tcp)?$/.exec(word(written)) ?? []);
  return container === undefined || container === '' ? [] : [{ hostPort: Number(host || 0), containerPort: Number(container) }];
}

async function confOf(dir: string, mounts: readonly BindMount[], { confDir }: ProxySpec): Promise<string | undefined> {
  const mounted = mounts.filter(({ target }) => `${target}/`.startsWith(`${confDir}/`));
  const paths = await Promise.all(mounted.map(({ source }) => filesAt(join(dir, source))));
  const texts = (await Promise.all(paths.flat().map(textOf))).filter((one) => one !== undefined);
  return texts.length > 0 ? texts.join('\n') : undefined;
}

/** The file itself, or the files of the folder; none: it does not exist. */
async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found ? [path] : [];
  return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => join(path, name));
}

const textOf = async (path: string): Promise<string | undefined> =>
  (await loadPlain(path, { code: 'E_PROJECT_INVALID', hint: replaceIt, maxBytes: 4_000_000 }))?.toString();

const replaceIt = text('replace it with a readable regular file, or remove it', '請改放可以讀取的一般檔案，或移除它');
