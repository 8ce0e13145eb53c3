import { basename, dirname, extname, join, relative } from 'node:path';
import { type Check, defineCheck } from '../lab/check.ts';
import type { Mount, Replica } from '../lab/facts.ts';
import { failed, passed, type Verdict } from '../lab/verdict.ts';
import type { FileFacts, World } from '../lab/world.ts';
import { bakedInCause } from './causes/files.ts';
import { readInside } from './evidence/probes.ts';
import { gatherStack, nameOf, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

/** A path of the stack's folder that is mounted into a container. */
export interface Mounted<R extends string = string> {
  readonly role: R;
  /** A key of the stack's `files`. */
  readonly file: string;
  /** The expected path in the container. */
  readonly destination: string;
  /** An alternative path in the container. */
  readonly or?: string;
}

interface SourceFacts extends StackFacts {
  /**
   * The stack's folder with links resolved, like the sources of the mounts; the engine may see it below another folder (Docker
   * Desktop's `/host_mnt`).
   */
  readonly dir: string;
  /** The path of the stack's own file below `dir`. */
  readonly source: string;
}

interface MountFacts extends SourceFacts {
  /** The file that was compared: below the stack's folder, if it is there. */
  readonly path?: string;
  readonly file: FileFacts;
  /** SHA-256 of the file in the container; empty if it cannot be read. */
  readonly inside: string;
}

const lookAtSource =
  ({ role, file }: Mounted) =>
  async (world: World): Promise<SourceFacts> => {
    const stack = await gatherStack(world);
    const replicas = stack.replicas.map((one) => (one.service === nameOf(stack, role) ? followed(world, one) : one));
    return {
      ...stack,
      replicas: await Promise.all(replicas),
      dir: await world.realPath(world.dir),
      source: world.spec.files?.[file] ?? file,
    };
  };

/** Resolves the sources of bind mounts to real paths: the engine may know a folder by a link. */
const followed = async (world: World, one: Replica): Promise<Replica> => {
  const real = async (mount: Mount) => (mount.type === 'bind' ? { ...mount, source: await world.realPath(mount.source) } : mount);
  return { ...one, mounts: await Promise.all(one.mounts.map(real)) };
};

const mountsOf = (facts: StackFacts, role: string): readonly Mount[] => runningOf(facts, role)[0]?.mounts ?? [];

/** The mount of a file: the file itself, or the folder that contains it. */
function mountOf(facts: StackFacts, { role, destination, or }: Mounted): { mount: Mount; whole: boolean } | undefined {
  const mounts = mountsOf(facts, role);
  for (const place of [destination, ...(or ? [or] : [])]) {
    const itself = mounts.find((one) => one.destination === place);
    const folder = mounts.find((one) => one.destination === dirname(place));
    if (itself ?? folder) return { mount: (itself ?? folder) as Mount, whole: !itself };
  }
  return undefined;
}

/** A path on the host, relative to the stack's folder; undefined if it is outside. */
function below(dir: string, source: string): string | undefined {
  const at = `${source}/`.indexOf(`${dir}/`);
  return at < 0 ? undefined : relative(dir, source.slice(at));
}

/**
 * Computes the digest inside, because exec output has no control characters such as Windows line endings. For a folder, of the
 * first file with the same extension.
 */
const digestScript = (mount: Mount, whole: boolean, { destination }: Mounted): string => {
  const files = whole ? `'${mount.destination}'/*${extname(destination)}` : `'${mount.destination}'`;
  return `command -v sha256sum >/dev/null || exit 127; for f in ${files}; do [ -f "$f" ] && sha256sum <"$f" && echo "$f" && break; done`;
};

/** Two checks that share one look: the mount is read-only, and the file has the same bytes inside as on the host. */
export function mountedFile<R extends string>(name: string, mounted: Mounted<R>): [Check<MountFacts, R>, Check<MountFacts, R>] {
  const gather = async (world: World): Promise<MountFacts> => {
    const facts = await lookAtSource(mounted)(world);
    const container = runningOf(facts, mounted.role)[0];
    const found = mountOf(facts, mounted);
    if (!container || !found) return { ...facts, file: { kind: 'absent' }, inside: '' };
    const { mount, whole } = found;
    const result = await readInside(world, container, digestScript(mount, whole, mounted));
    const [inside = '', at = ''] = result.stdout.split('\n').map((line, index) => (index === 0 ? line.split(' ')[0] : line));
    const from = below(facts.dir, mount.source);
    if (from === undefined) return { ...facts, file: { kind: 'absent' }, inside };
    const path = whole ? join(from, basename(at)) : from;
    return { ...facts, path, file: await world.file(path), inside };
  };
  return [
    defineCheck({
      id: `${name}-is-mounted-read-only`,
      roles: [mounted.role],
      claim: textWith("{role}'s configuration is mounted read-only from the host", '{role} 的設定檔以唯讀方式從主機掛載', {
        role: mounted.role,
      }),
      gather,
      judge: (facts) => judgeReadOnly(facts, mounted),
      explain: (world, facts) =>
        mountOf(facts, mounted)
          ? Promise.resolve(undefined)
          : bakedInCause(world, {
              service: nameOf(facts, mounted.role),
              source: facts.source,
              destination: mounted.destination,
            }),
    }),
    defineCheck({
      id: `${name}-is-the-same-file`,
      roles: [mounted.role],
      claim: textWith('{role} reads the same bytes as that file has on the host', '{role} 讀到的內容和主機上的該檔案完全相同', {
        role: mounted.role,
      }),
      gather,
      judge: (facts) => judgeSameBytes(facts, mounted),
    }),
  ];
}

function judgeReadOnly(facts: SourceFacts, mounted: Mounted): Verdict {
  const service = nameOf(facts, mounted.role);
  const names = { destination: mounted.destination, source: facts.source, service };
  const mount = mountOf(facts, mounted)?.mount;
  if (mount?.type === 'bind' && !mount.writable)
    return passed(textWith('at {destination}, read-only', '掛載於 {destination}，唯讀', { destination: mount.destination }));
  const elsewhere = mountsOf(facts, mounted.role).find((one) => below(facts.dir, one.source) === facts.source);
  return failed({
    expected: textWith('a read-only bind mount at {destination} of {service}', '{service} 的 {destination} 是唯讀的 bind mount', {
      ...names,
      destination: mount?.destination ?? mounted.destination,
    }),
    actual: mount
      ? mount.type === 'bind'
        ? textWith('a writable bind mount', '可寫入的 bind mount')
        : textWith('a {type}', '是一個 {type}', { type: mount.type })
      : elsewhere
        ? textWith('{source} is mounted at {elsewhere}', '{source} 掛載到了 {elsewhere}', {
            ...names,
            elsewhere: elsewhere.destination,
          })
        : textWith('nothing is mounted there', '該位置沒有掛載任何內容'),
    help: isWritable(mount)
      ? textWith('add `:ro` to that line: ./{from}:{to}:ro', '在那一行的最後加上 `:ro`：./{from}:{to}:ro', {
          from: below(facts.dir, mount.source) ?? facts.source,
          to: mount.destination,
        })
      : textWith(
          'under `volumes:` of {service}: ./{source}:{destination}:ro',
          '在 {service} 的 `volumes:` 寫：./{source}:{destination}:ro',
          names,
        ),
  });
}

const isWritable = (mount: Mount | undefined): mount is Mount => mount?.type === 'bind' && mount.writable;

function judgeSameBytes(facts: MountFacts, mounted: Mounted): Verdict {
  const service = nameOf(facts, mounted.role);
  const source = facts.path ?? facts.source;
  const names = { service, source, destination: mounted.destination };
  const isRunning = runningOf(facts, mounted.role).length > 0;
  if (facts.file.kind === 'file' && facts.file.sha256 === facts.inside)
    return passed(
      textWith('{source}: {size} bytes, the same', '{source}：{size} 位元組，內容相同', { source, size: facts.file.size }),
    );
  return failed({
    expected: textWith('the bytes of {source}', '{source} 的內容', names),
    actual: !isRunning
      ? textWith('{service} is not running', '{service} 沒有在執行', names)
      : facts.inside === ''
        ? textWith('{service} reads nothing at {destination}', '{service} 在 {destination} 讀不到內容', names)
        : facts.path === undefined
          ? textWith('what {service} reads is no file of this folder', '{service} 讀到的不是這個資料夾裡的檔案', names)
          : facts.file.kind !== 'file'
            ? textWith('{source} on the host is no plain file', '主機上的 {source} 不是一般檔案', names)
            : textWith(
                '{service} reads something else: the file was replaced after the container was made',
                '{service} 讀到的是其他內容：容器建立之後，檔案已被取代',
                names,
              ),
    help: !isRunning
      ? textWith(
          'compose.yaml needs a service {service} that mounts {source} and keeps running',
          'compose.yaml 需要服務 {service}：它要掛載 {source}，並持續執行',
          names,
        )
      : facts.path === undefined
        ? textWith(
            'under `volumes:` of {service}: ./{source}:{destination}:ro, then docker compose up -d',
            '在 {service} 的 `volumes:` 寫：./{source}:{destination}:ro，再執行 docker compose up -d',
            names,
          )
        : textWith(
            'recreate the container: docker compose up -d --force-recreate {service}',
            '重新建立容器：docker compose up -d --force-recreate {service}',
            names,
          ),
  });
}

/** A folder of the stack is mounted writable, so that files written by the container are on the host. */
export function mountedFolder<R extends string>(name: string, mounted: Mounted<R>): Check<SourceFacts, R> {
  return defineCheck({
    id: `${name}-is-mounted`,
    roles: [mounted.role],
    claim: textWith('{destination} of {role} is a folder on the host', '{role} 的 {destination} 是主機上的資料夾', {
      ...mounted,
    }),
    gather: lookAtSource(mounted),
    judge: (facts) => judgeFolder(facts, mounted),
  });
}

function judgeFolder(facts: SourceFacts, { role, destination }: Mounted): Verdict {
  const names = { service: nameOf(facts, role), source: facts.source, destination };
  const mount = mountsOf(facts, role).find((one) => one.destination === destination);
  const right = mount !== undefined && below(facts.dir, mount.source) === facts.source;
  if (mount?.type === 'bind' && mount.writable && right) return passed(textWith('mounted, writable', '已掛載，可寫入'));
  return failed({
    expected: textWith(
      'a writable bind mount of {source} at {destination}',
      '{source} 以可寫入的 bind mount 掛載於 {destination}',
      names,
    ),
    actual: !mount
      ? textWith('nothing is mounted there', '該位置沒有掛載任何內容')
      : mount.type !== 'bind'
        ? textWith('a {type} ({from})', '是一個 {type}（{from}）', { type: mount.type, from: mount.source })
        : right
          ? textWith('it is mounted read-only', '以唯讀方式掛載')
          : textWith('another folder: {from}', '另一個資料夾：{from}', { from: mount.source }),
    help: textWith(
      'under `volumes:` of {service}: ./{source}:{destination}',
      '在 {service} 的 `volumes:` 寫：./{source}:{destination}',
      names,
    ),
  });
}
