import { join } from 'node:path';
import { type Check, defineCheck } from '../lab/check.ts';
import type { Role } from '../lab/tutorial.ts';
import { failed, passed, type Verdict } from '../lab/verdict.ts';
import type { FileFacts, World } from '../lab/world.ts';
import { lookAtStack, nameOf, runningOf, type StackFacts, say } from './look.ts';
import { runProbe } from './probing.ts';

/** A file of the stack's folder that is mounted into a container. */
export interface MountedFile {
  readonly role: Role;
  readonly destination: string;
  /** Below the stack's folder. */
  readonly source: string;
}

interface MountFacts extends StackFacts {
  readonly file: FileFacts;
  /** SHA-256 of what the container reads there; empty where it reads nothing. */
  readonly inside: string;
}

/** Two checks on one look: mounted read-only; and the same bytes inside as on the host. */
export function mountedFile(name: string, mounted: MountedFile): [Check<MountFacts>, Check<MountFacts>] {
  const gather = async (world: World): Promise<MountFacts> => {
    const stack = await lookAtStack(world);
    const container = runningOf(stack, mounted.role)[0];
    const [file, said] = await Promise.all([
      world.file(mounted.source),
      // Digested inside: what an exec prints comes without control characters, such as Windows' line ends.
      container
        ? runProbe(
            world,
            container,
            `command -v sha256sum >/dev/null || exit 127; sha256sum 2>/dev/null <'${mounted.destination}'`,
          )
        : undefined,
    ]);
    return { ...stack, file, inside: said?.stdout.split(' ')[0] ?? '' };
  };
  return [
    defineCheck({
      id: `${name}-is-mounted-read-only`,
      claim: say('{source} is mounted read-only into {role}', '{source} 以唯讀方式掛載到 {role}', {
        source: mounted.source,
        role: mounted.role,
      }),
      gather,
      judge: (facts) => judgeReadOnly(facts, mounted),
    }),
    defineCheck({
      id: `${name}-is-the-same-file`,
      claim: say('{role} reads the same bytes as {source} on the host', '{role} 讀到的內容和主機上的 {source} 完全相同', {
        source: mounted.source,
        role: mounted.role,
      }),
      gather,
      judge: (facts) => judgeSameBytes(facts, mounted),
    }),
  ];
}

export function judgeReadOnly(facts: MountFacts, mounted: MountedFile): Verdict {
  const service = nameOf(facts, mounted.role);
  const mount = runningOf(facts, mounted.role)[0]?.mounts.find((one) => one.destination === mounted.destination);
  if (mount?.type === 'bind' && !mount.writable)
    return passed(say('at {destination}, read-only', '掛載於 {destination}，唯讀', { destination: mounted.destination }));
  return failed({
    expected: say('a read-only bind mount at {destination} of {service}', '{service} 的 {destination} 是唯讀的 bind mount', {
      destination: mounted.destination,
      service,
    }),
    actual: !mount
      ? say('nothing is mounted there', '那裡沒有掛載任何東西')
      : mount.type !== 'bind'
        ? say('a {type}', '是一個 {type}', { type: mount.type })
        : say('a writable bind mount', '可寫入的 bind mount'),
    help: say(
      'under `volumes:` of {service}: ./{source}:{destination}:ro',
      '在 {service} 的 `volumes:` 寫：./{source}:{destination}:ro',
      { ...mounted, service },
    ),
  });
}

export function judgeSameBytes(facts: MountFacts, mounted: MountedFile): Verdict {
  const service = nameOf(facts, mounted.role);
  if (facts.file.kind === 'file' && facts.file.sha256 === facts.inside)
    return passed(say('{size} bytes, the same', '{size} 位元組，內容相同', { size: facts.file.size }));
  return failed({
    expected: say('the bytes of {source}', '{source} 的內容', { source: mounted.source }),
    actual:
      facts.file.kind !== 'file'
        ? say('{source} on the host is no plain file', '主機上的 {source} 不是一般檔案', { source: mounted.source })
        : facts.inside === ''
          ? say('{service} reads nothing at {destination}', '{service} 在 {destination} 讀不到內容', {
              service,
              destination: mounted.destination,
            })
          : say(
              '{service} reads something else: the file was replaced after the container was made',
              '{service} 讀到的是別的內容：容器建立之後，檔案被換掉了',
              { service },
            ),
    help: say(
      'make the container anew: docker compose up -d --force-recreate {service}',
      '重新建立容器：docker compose up -d --force-recreate {service}',
      { service },
    ),
  });
}

interface FolderFacts extends StackFacts {
  /** The stack's folder; the engine may see it below another one (Docker Desktop's `/host_mnt`). */
  readonly dir: string;
}

/** A folder of the stack is mounted writable, so that what the container writes is on the host. */
export function mountedFolder(name: string, mounted: MountedFile): Check<FolderFacts> {
  return defineCheck({
    id: `${name}-is-mounted`,
    claim: say(
      '{destination} of {role} is the folder {source} on the host',
      '{role} 的 {destination} 就是主機上的 {source} 資料夾',
      { ...mounted },
    ),
    gather: async (world) => ({ ...(await lookAtStack(world)), dir: world.dir }),
    judge: (facts) => judgeFolder(facts, mounted),
  });
}

export function judgeFolder(facts: FolderFacts, mounted: MountedFile): Verdict {
  const service = nameOf(facts, mounted.role);
  const mount = runningOf(facts, mounted.role)[0]?.mounts.find((one) => one.destination === mounted.destination);
  if (mount?.type === 'bind' && mount.writable && mount.source.endsWith(join(facts.dir, mounted.source)))
    return passed(say('mounted, writable', '已掛載，可寫入'));
  return failed({
    expected: say('a bind mount of {source} at {destination}', '{source} 以 bind mount 掛載於 {destination}', { ...mounted }),
    actual: mount
      ? say('{type} {source}', '{type} {source}', { type: mount.type, source: mount.source })
      : say('nothing is mounted there', '那裡沒有掛載任何東西'),
    help: say(
      'under `volumes:` of {service}: ./{source}:{destination}',
      '在 {service} 的 `volumes:` 寫：./{source}:{destination}',
      { ...mounted, service },
    ),
  });
}
